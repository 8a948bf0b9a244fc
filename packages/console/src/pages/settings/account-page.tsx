import { Button, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLogout } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { ApiError } from '@visavis/client';
import type { ReactNode } from 'react';
import { api } from '../../api.ts';
import { FormProblem, fieldProblems } from '../../layout/form-problems.tsx';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { restore, signOut } from '../../sign-in/session.ts';
import { useSignedInUser } from '../../sign-in/signed-in-user.ts';
import { accountTexts as texts } from '../../texts/account.ts';
import { shellTexts } from '../../texts/shell.ts';

const CODE: ApiExample[] = [
  { title: 'Whose key this is, and what it may do', method: 'GET', path: '/auth/me', sdk: 'await client.auth.me()' },
];

/** Name and password of who is signed in. */
export function AccountPage() {
  return (
    <Page title={texts.title} description={texts.description} code={CODE}>
      <Profile />
      <Password />
      <Section title={texts.leaveTitle} hint={texts.leaveHint}>
        <Group>
          <Button
            variant="default"
            leftSection={<IconLogout size={18} aria-hidden />}
            onClick={() => void signOut().catch((error: unknown) => notifyFailure(error))}
          >
            {texts.leave}
          </Button>
        </Group>
      </Section>
    </Page>
  );
}

function Section({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Paper withBorder radius="lg" p={{ base: 'md', sm: 'lg' }} bg="var(--visavis-card)">
      <Stack gap="md" maw={560}>
        <div>
          <Title order={2} size="h4">
            {title}
          </Title>
          {hint && (
            <Text size="sm" c="dimmed">
              {hint}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Paper>
  );
}

function Profile() {
  const user = useSignedInUser();
  const form = useForm({ initialValues: { name: user.name ?? '' } });
  const save = useMutation({
    mutationFn: ({ name }: typeof form.values) => api.auth.updateMe({ name: name.trim() || null }),
    onSuccess: async () => {
      form.resetDirty();
      await restore();
      notifyDone(shellTexts.saved);
    },
    onError: (error) => form.setErrors(fieldProblems(error, ['name'])),
  });
  return (
    <Section title={texts.profile}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack>
          <FormProblem error={save.error} fields={['name']} />
          <TextInput
            label={texts.name}
            description={texts.nameHint}
            autoComplete="name"
            maxLength={200}
            {...form.getInputProps('name')}
          />
          <TextInput label={texts.email} description={texts.emailHint} value={user.email ?? ''} readOnly variant="filled" />
          <TextInput
            label={texts.role}
            value={user.role === 'administrator' ? texts.administrator : texts.member}
            readOnly
            variant="filled"
          />
          <Group>
            <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
              {texts.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

const PASSWORD_FIELDS = ['current_password', 'new_password'] as const;

function Password() {
  const { email } = useSignedInUser();
  const form = useForm({
    initialValues: { current_password: '', new_password: '' },
    validate: {
      current_password: (value) => (value === '' ? texts.currentMissing : null),
      new_password: (value) => ([...value].length < 10 ? texts.nextShort : null),
    },
  });
  const change = useMutation({
    mutationFn: (values: typeof form.values) => api.auth.changePassword(values),
    onSuccess: async () => {
      form.reset();
      await restore();
      notifyDone(texts.changed);
    },
    onError: (error) =>
      form.setErrors(
        error instanceof ApiError && error.code === 'wrong-credentials'
          ? { current_password: texts.wrongPassword }
          : fieldProblems(error, PASSWORD_FIELDS),
      ),
  });
  const isWrongPassword = change.error instanceof ApiError && change.error.code === 'wrong-credentials';
  return (
    <Section title={texts.passwordTitle} hint={texts.passwordHint}>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
        <Stack>
          <FormProblem error={isWrongPassword ? null : change.error} fields={PASSWORD_FIELDS} />
          {/* For password managers: whose password this is. */}
          <input type="text" name="username" autoComplete="username" value={email ?? ''} readOnly hidden />
          <PasswordInput label={texts.current} autoComplete="current-password" {...form.getInputProps('current_password')} />
          <PasswordInput
            label={texts.next}
            description={texts.nextHint}
            autoComplete="new-password"
            {...form.getInputProps('new_password')}
          />
          <Group>
            <Button type="submit" loading={change.isPending}>
              {texts.change}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
