import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { type ApiExample, ShowAsCode } from './show-as-code.tsx';

interface PageProps {
  title: string;
  /** One sentence about what is done here. */
  description?: ReactNode;
  /** Links back to where this page belongs. */
  above?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  /** The calls behind this page, shown on demand. */
  code?: ApiExample[];
  /** The whole width instead of a readable column. */
  wide?: boolean;
  children: ReactNode;
}

/** The frame of every page: its title, what can be done, and the content. */
export function Page({ title, description, above, actions, code, wide = false, children }: PageProps) {
  useDocumentTitle(`${title} – Visavis`);
  return (
    <Box maw={wide ? 1680 : 1120} mx="auto" w="100%">
      <Stack gap="lg">
        <Stack gap={8}>
          {above}
          <Group justify="space-between" align="flex-start" gap="sm">
            <Title order={1} size="h2">
              {title}
            </Title>
            <Group gap="xs">
              {code && <ShowAsCode examples={code} />}
              {actions}
            </Group>
          </Group>
          {description && (
            <Text c="dimmed" maw={720}>
              {description}
            </Text>
          )}
        </Stack>
        {children}
      </Stack>
    </Box>
  );
}
