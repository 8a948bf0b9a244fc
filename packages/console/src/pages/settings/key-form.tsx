import { Button, Checkbox, Group, Modal, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Key, MadeKey, Scope } from '@visavis/client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { FormProblem, fieldProblems } from '../../layout/form-problems.tsx';
import { notifyDone } from '../../layout/notify.tsx';
import { CopyField } from '../../layout/secret.tsx';
import { useSignedInUser } from '../../sign-in/signed-in-user.ts';
import { keyTexts as texts } from '../../texts/keys.ts';
import { shellTexts } from '../../texts/shell.ts';

const FIELDS = ['name', 'scopes', 'rate_limit'] as const;
const SCOPES: readonly Scope[] = ['sessions', 'agents', 'avatars', 'admin'];

interface KeyFormProps {
  /** The key that is edited; undefined: a new one is made. */
  edited: Key | undefined;
  onDone: (made?: MadeKey) => void;
}

/** Name, scopes and rate limit of a key. */
export function KeyForm({ edited, onDone }: KeyFormProps) {
  const user = useSignedInUser();
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: {
      name: edited?.name ?? '',
      scopes: edited?.scopes ?? (['sessions', 'agents', 'avatars'] as Scope[]),
      rate_limit: (edited?.rate_limit ?? '') as number | '',
      test: false,
    },
    validate: {
      name: (name) => (name.trim() === '' ? texts.nameMissing : null),
      scopes: (scopes) => (scopes.length === 0 ? texts.scopesMissing : null),
    },
  });
  const save = useMutation({
    mutationFn: async ({ test, rate_limit, ...values }: typeof form.values): Promise<MadeKey | undefined> => {
      const body = { ...values, rate_limit: rate_limit === '' ? null : rate_limit };
      if (!edited) return api.keys.create({ ...body, test });
      await api.keys.update(edited.key_id, body);
      return undefined;
    },
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: ['keys'] });
      if (!made) notifyDone(shellTexts.saved);
      onDone(made);
    },
    onError: (error) => form.setErrors(fieldProblems(error, FIELDS)),
  });
  const offered = SCOPES.filter((scope) => scope !== 'admin' || user.role === 'administrator');

  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <FormProblem error={save.error} fields={FIELDS} />
        <TextInput
          label={texts.name}
          description={texts.nameHint}
          placeholder={texts.namePlaceholder}
          maxLength={200}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group label={texts.scopes} {...form.getInputProps('scopes')}>
          <Stack gap="xs" mt="xs">
            {offered.map((scope) => (
              <Checkbox key={scope} value={scope} label={texts.scope[scope][0]} description={texts.scope[scope][1]} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label={texts.rateLimitLabel}
          description={texts.rateLimitHint}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          maw={240}
          {...form.getInputProps('rate_limit')}
        />
        {!edited && (
          <Switch label={texts.testLabel} description={texts.testHint} {...form.getInputProps('test', { type: 'checkbox' })} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onDone()}>
            {shellTexts.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {edited ? texts.save : texts.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A new key, the one time it is shown: the dialog closes only when it was stored. */
export function NewKeyDialog({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  const [isStored, setStored] = useState(false);
  return (
    <Modal
      opened
      onClose={onClose}
      title={texts.createdTitle}
      size="lg"
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={isStored}
    >
      <Stack>
        <CopyField label={texts.theKey} description={texts.createdHint} value={made.key} />
        <Group justify="space-between">
          <Checkbox label={texts.stored} checked={isStored} onChange={(event) => setStored(event.currentTarget.checked)} />
          <Button disabled={!isStored} onClick={onClose}>
            {texts.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
