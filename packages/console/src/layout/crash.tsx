import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { shellTexts as texts } from '../texts/shell.ts';

/** What is shown where a page throws while it renders. */
export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override render() {
    if (!this.state.crashed) return this.props.children;
    return (
      <Center mih="100dvh" p="md">
        <Stack align="center" ta="center" gap="sm" role="alert">
          <Title order={1} size="h2">
            {texts.crashTitle}
          </Title>
          <Text c="dimmed">{texts.crash}</Text>
          <Button onClick={() => location.reload()}>{texts.reload}</Button>
        </Stack>
      </Center>
    );
  }
}
