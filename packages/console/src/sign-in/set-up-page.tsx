import { Alert, Anchor, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { ApiError } from '@visavis/client';
import { useState } from 'react';
import { fieldProblems } from '../layout/form-problems.tsx';
import { messageOf } from '../layout/states.tsx';
import { setUpTexts as texts } from '../texts/set-up.ts';
import { shellTexts } from '../texts/shell.ts';
import { setUp } from './session.ts';
import { type SetUpLink, setUpLink } from './set-up-link.ts';
import { SetUpModels } from './set-up-models.tsx';
import classes from './set-up-page.module.css';

const FIELDS = ['email', 'name', 'password'] as const;
/** As the API asks for, in characters. */
const PASSWORD_LENGTH = 10;

/** Behind set-up links and invitations: who one is, and then one is in. */
export function SetUpPage() {
  useDocumentTitle(`${setUpLink ? texts.title : texts.missingTitle} – ${shellTexts.product}`);
  const isFirstRun = setUpLink !== undefined && setUpLink.email === undefined;
  return (
    <main className={classes.page}>
      <div className={classes.columns} data-two={isFirstRun || undefined}>
        <Paper withBorder radius="lg" p={{ base: 'lg', sm: 'xl' }} bg="var(--visavis-card)">
          <img src="/icon.svg" width={40} height={40} alt="" />
          {setUpLink ? <SetUpForm link={setUpLink} /> : <LinkMissing />}
        </Paper>
        {isFirstRun && <SetUpModels />}
      </div>
    </main>
  );
}

function LinkMissing() {
  return (
    <Stack mt="xs">
      <Title order={1} size="h2">
        {texts.missingTitle}
      </Title>
      <Text c="dimmed">{texts.missing}</Text>
      <Anchor href="/">{texts.toSignIn}</Anchor>
    </Stack>
  );
}

function SetUpForm({ link }: { link: SetUpLink }) {
  const navigate = useNavigate();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { email: link.email ?? '', name: '', password: '' },
    validate: {
      email: (value) => (/^[^\s@]+@[^\s@]+$/.test(value.trim()) ? null : texts.emailWrong),
      password: (value) => ([...value].length < PASSWORD_LENGTH ? texts.passwordShort : null),
    },
  });
  const focusOn = (errors: Record<string, unknown>) => {
    const first = FIELDS.find((name) => errors[name]);
    if (first) form.getInputNode(first)?.focus();
  };

  const submit = async ({ email, name, password }: typeof form.values) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await setUp({ token: link.token, email: email.trim(), password, ...(name.trim() && { name: name.trim() }) });
      await navigate({ to: '/', replace: true });
    } catch (error) {
      const atFields = problemsAtFields(error);
      form.setErrors(atFields);
      focusOn(atFields);
      if (Object.keys(atFields).length === 0) setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={form.onSubmit((values) => void submit(values), focusOn)} noValidate>
      <Stack mt="xs">
        <Stack gap={4}>
          <Title order={1} size="h2">
            {texts.title}
          </Title>
          <Text c="dimmed">{texts.subtitle}</Text>
        </Stack>
        {problem !== undefined && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {problem}
          </Alert>
        )}
        <TextInput
          label={texts.email}
          type="email"
          autoComplete="username"
          size="md"
          autoFocus={link.email === undefined}
          readOnly={link.email !== undefined}
          maxLength={254}
          {...(link.email !== undefined && { description: texts.emailInvited })}
          {...form.getInputProps('email')}
        />
        <TextInput
          label={texts.name}
          autoComplete="name"
          size="md"
          autoFocus={link.email !== undefined}
          maxLength={200}
          {...form.getInputProps('name')}
        />
        <PasswordInput
          label={texts.password}
          description={texts.passwordHint}
          autoComplete="new-password"
          size="md"
          maxLength={200}
          visibilityToggleButtonProps={{ 'aria-label': texts.showPassword, tabIndex: 0, 'aria-hidden': false }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" size="md" loading={busy}>
          {texts.submit}
        </Button>
      </Stack>
    </form>
  );
}

function problemsAtFields(error: unknown): Record<string, string> {
  if (error instanceof ApiError && error.code === 'email-taken') return { email: texts.emailTaken };
  return fieldProblems(error, FIELDS);
}

/** What an answer of the server means to the person in front of the page. */
function problemOf(error: unknown): string {
  if (error instanceof ApiError && error.code === 'set-up-link-invalid') return texts.linkInvalid;
  if (error instanceof ApiError && error.code === 'origin-not-allowed') return texts.originUnknown(location.origin);
  return messageOf(error);
}
