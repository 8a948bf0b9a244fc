import { Button, Checkbox, Fieldset, Group, Modal, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Invited, User } from '@visavis/client';
import { api } from '../../api.ts';
import { FormProblem, fieldProblems } from '../../layout/form-problems.tsx';
import { notifyDone } from '../../layout/notify.tsx';
import { CopyField } from '../../layout/secret.tsx';
import { dateTime } from '../../texts/catalogue.ts';
import { shellTexts } from '../../texts/shell.ts';
import { userTexts as texts } from '../../texts/users.ts';

const FIELDS = ['email', 'name', 'role', 'limits'] as const;

interface UserFormProps {
  /** Whose role and limits are changed; undefined: somebody is invited. */
  edited: User | undefined;
  onDone: (invited?: Invited) => void;
}

/** Who somebody is, and what they may use. */
export function UserForm({ edited, onDone }: UserFormProps) {
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: {
      email: edited?.email ?? '',
      name: edited?.name ?? '',
      role: edited?.role ?? ('member' as User['role']),
      concurrent: limitValue(edited?.limits.concurrent_sessions),
      messages: limitValue(edited?.limits.messages_per_minute),
    },
    validate: { email: (email) => (edited || /^\S+@\S+\.\S+$/.test(email.trim()) ? null : texts.emailBad) },
  });
  const save = useMutation({
    mutationFn: async ({ email, name, role, concurrent, messages }: typeof form.values): Promise<Invited | undefined> => {
      const limits = {
        ...(concurrent !== '' && { concurrent_sessions: concurrent === 'none' ? null : concurrent }),
        ...(messages !== '' && { messages_per_minute: messages === 'none' ? null : messages }),
      };
      const body = { name: name.trim() || null, role, limits };
      if (!edited) return api.users.invite({ email: email.trim(), ...body });
      await api.users.update(edited.user_id, body);
      return undefined;
    },
    onSuccess: async (invited) => {
      await queryClient.invalidateQueries({ queryKey: ['users'] });
      if (!invited) notifyDone(shellTexts.saved);
      onDone(invited);
    },
    onError: (error) => form.setErrors(fieldProblems(error, FIELDS)),
  });

  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <FormProblem error={save.error} fields={FIELDS} />
        {!edited && (
          <TextInput label={texts.email} type="email" autoComplete="off" data-autofocus {...form.getInputProps('email')} />
        )}
        <TextInput label={texts.name} description={texts.nameHint} maxLength={200} {...form.getInputProps('name')} />
        <Radio.Group label={texts.role} {...form.getInputProps('role')}>
          <Stack gap="xs" mt="xs">
            <Radio value="member" label={texts.member} description={texts.memberHint} />
            <Radio value="administrator" label={texts.administrator} description={texts.administratorHint} />
          </Stack>
        </Radio.Group>
        <Fieldset legend={texts.limits}>
          <Stack gap="sm">
            <LimitField label={texts.concurrentLabel} min={0} {...limitProps(form, 'concurrent')} />
            <LimitField label={texts.messagesLabel} min={1} {...limitProps(form, 'messages')} />
            {form.errors.limits && (
              <Text size="sm" c="var(--mantine-color-error)">
                {form.errors.limits}
              </Text>
            )}
          </Stack>
        </Fieldset>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onDone()}>
            {shellTexts.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {edited ? texts.save : texts.sendInvite}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A number, none (""), or no limit at all. */
type Limit = number | '' | 'none';

const limitValue = (limit: number | null | undefined): Limit => (limit === undefined ? '' : (limit ?? 'none'));

function limitProps(
  form: {
    values: { concurrent: Limit; messages: Limit };
    setFieldValue: (name: 'concurrent' | 'messages', value: Limit) => void;
  },
  name: 'concurrent' | 'messages',
) {
  return { value: form.values[name], onChange: (value: Limit) => form.setFieldValue(name, value) };
}

interface LimitFieldProps {
  label: string;
  min: number;
  value: Limit;
  onChange: (value: Limit) => void;
}

function LimitField({ label, min, value, onChange }: LimitFieldProps) {
  return (
    <Group align="flex-end" gap="md">
      <NumberInput
        label={label}
        description={texts.limitHint}
        min={min}
        max={1_000_000}
        allowDecimal={false}
        disabled={value === 'none'}
        value={value === 'none' ? '' : value}
        onChange={(entered) => onChange(typeof entered === 'number' ? entered : '')}
        flex="1 1 200px"
      />
      <Checkbox
        label={texts.noLimit}
        aria-label={`${label}: ${texts.noLimit}`}
        checked={value === 'none'}
        onChange={(event) => onChange(event.currentTarget.checked ? 'none' : '')}
        pb={8}
      />
    </Group>
  );
}

/** The link of an invitation, the one time it is shown. */
export function InvitationDialog({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={texts.linkTitle} size="lg" closeOnClickOutside={false}>
      <Stack>
        <Text size="sm">{texts.linkHint(invited.user.email ?? '', dateTime(invited.expires_at))}</Text>
        <CopyField label={texts.link} value={invited.invite_url} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{texts.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
