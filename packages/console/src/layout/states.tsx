import { Alert, Button, Center, Loader, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, type IconProps } from '@tabler/icons-react';
import { TimeoutError, UnreachableError } from '@visavis/client';
import type { ComponentType, ReactNode } from 'react';
import { shellTexts as texts } from '../texts/shell.ts';

/** While something loads that is not there yet; said to screen readers, too. */
export function Loading({ label = texts.loading }: { label?: string }) {
  return (
    <Center py="xl" role="status" aria-label={label}>
      <Loader type="dots" />
    </Center>
  );
}

interface EmptyStateProps {
  icon: ComponentType<IconProps>;
  title: string;
  children?: ReactNode;
  /** What to do about it. */
  action?: ReactNode;
}

/** A list without anything in it says what it is for, and how to begin. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <Paper withBorder p="xl" radius="lg">
      <Stack align="center" gap="sm" py="lg" ta="center">
        <ThemeIcon size={56} radius="xl" variant="light" aria-hidden>
          <Icon size={28} />
        </ThemeIcon>
        <Title order={2} size="h4">
          {title}
        </Title>
        {children && (
          <Text c="dimmed" maw={480}>
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Paper>
  );
}

/** Whether the server could not be reached, or did not answer in time. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof UnreachableError || error instanceof TimeoutError;
}

/** What an error says to people: the server's own words where it answered. */
export function messageOf(error: unknown): string {
  if (isUnreachable(error)) return texts.unreachable;
  return error instanceof Error ? error.message : String(error);
}

/** Something could not be loaded, and can be tried again. */
export function LoadError({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={texts.failedTitle} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{messageOf(error)}</Text>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {texts.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  /** Shown instead of the dots, in the shape of what comes. */
  skeleton?: ReactNode;
  children: (data: T) => ReactNode;
}

/** What a query brought, or that it is loading, or why it failed. What was loaded once stays while it is loaded anew. */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return skeleton ?? <Loading />;
  return <LoadError error={query.error} retry={() => void query.refetch()} />;
}
