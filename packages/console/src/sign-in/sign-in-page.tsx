import { Accordion, Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { messageOf } from '../layout/states.tsx';
import { shellTexts, signInTexts as texts } from '../texts/shell.ts';
import { signIn } from './session.ts';

/** The way in, for people who have an account. */
export function SignInPage() {
  useDocumentTitle(`${texts.title} – ${shellTexts.product}`);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.trim() === '' ? texts.emailMissing : null),
      password: (value) => (value === '' ? texts.passwordMissing : null),
    },
  });

  const submit = async ({ email, password }: { email: string; password: string }) => {
    setBusy(true);
    setProblem(undefined);
    await signIn(email.trim(), password).catch(setProblem);
    setBusy(false);
  };

  return (
    <Center component="main" mih="100dvh" p="md" bg="var(--visavis-page)">
      <Paper withBorder radius="lg" p="xl" w="100%" maw={420} bg="var(--visavis-card)">
        <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
          <Stack>
            <Stack gap={4}>
              <img src="/icon.svg" width={40} height={40} alt="" />
              <Title order={1} size="h2" mt="xs">
                {texts.title}
              </Title>
              <Text c="dimmed">{texts.subtitle}</Text>
            </Stack>
            {problem !== undefined && (
              <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
                {messageOf(problem)}
              </Alert>
            )}
            <TextInput label={texts.email} type="email" autoComplete="username" size="md" {...form.getInputProps('email')} />
            <PasswordInput label={texts.password} autoComplete="current-password" size="md" {...form.getInputProps('password')} />
            <Button type="submit" size="md" loading={busy}>
              {texts.submit}
            </Button>
            <Accordion variant="default" chevronPosition="left">
              <Accordion.Item value="help" bd={0}>
                <Accordion.Control px={0}>
                  <Text size="sm">{texts.noAccount}</Text>
                </Accordion.Control>
                <Accordion.Panel>
                  <Text size="sm" c="dimmed">
                    {texts.noAccountHint}
                  </Text>
                </Accordion.Panel>
              </Accordion.Item>
            </Accordion>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
