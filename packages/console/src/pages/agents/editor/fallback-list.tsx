import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import classes from './editor.module.css';
import { useAgentFields } from './form.tsx';
import { valueAt } from './validation.ts';

/** What takes the place of a model, of ears or of a voice; fields that nobody chose are left out. */
export interface Choice {
  provider?: string | undefined;
  model?: string | undefined;
  voice?: string | undefined;
}

/** The API takes no more. */
const MOST = 4;

interface FallbackListProps {
  /** Of the list: `properties.llm.fallbacks`. */
  path: string;
  label: string;
  hint: string;
  /** What a new one begins as. */
  initial: Choice;
  /** The fields of one; `nth` counts from 1. */
  fields: (choice: Choice, change: (next: Choice) => void, nth: number) => ReactNode;
}

/** What is tried when the first choice fails, in order. */
export function FallbackList({ path, label, hint, initial, fields }: FallbackListProps) {
  const form = useAgentFields();
  const stored = valueAt(form.values, path);
  const choices: Choice[] = Array.isArray(stored) ? stored : [];
  const keep = (next: Choice[]) => form.setFieldValue(path, next.length > 0 ? next.map(withoutEmpty) : undefined);
  const move = (from: number, to: number) => {
    const next = [...choices];
    next.splice(to, 0, ...next.splice(from, 1));
    keep(next);
  };
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      <div>
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      </div>
      {choices.length > 0 && (
        <ol className={classes.fallbacks}>
          {choices.map((choice, at) => {
            const problem = Object.entries(form.errors).find(([field]) => field.startsWith(`${path}.${at}`))?.[1];
            const nth = at + 1;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a fallback is its place in the order
              <li key={at} className={classes.fallback}>
                <Text size="sm" c="dimmed" aria-hidden className={classes.fallbackPlace ?? ''}>
                  {nth}
                </Text>
                <div className={classes.fallbackFields}>
                  {fields(choice, (next) => keep(choices.map((one, place) => (place === at ? next : one))), nth)}
                </div>
                <Group gap={4} wrap="nowrap">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={texts.fallbackEarlier(label, nth)}
                    disabled={at === 0}
                    onClick={() => move(at, at - 1)}
                  >
                    <IconArrowUp size={16} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={texts.fallbackLater(label, nth)}
                    disabled={nth === choices.length}
                    onClick={() => move(at, at + 1)}
                  >
                    <IconArrowDown size={16} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={texts.fallbackRemove(label, nth)}
                    onClick={() => keep(choices.filter((_, place) => place !== at))}
                  >
                    <IconTrash size={16} aria-hidden />
                  </ActionIcon>
                </Group>
                {problem && (
                  <Text size="xs" c="var(--mantine-color-error)" className={classes.fallbackProblem ?? ''} role="alert">
                    {problem}
                  </Text>
                )}
              </li>
            );
          })}
        </ol>
      )}
      {choices.length < MOST && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => keep([...choices, initial])}
          aria-label={texts.fallbackAddTo(label)}
        >
          {texts.fallbackAdd}
        </Button>
      )}
    </Stack>
  );
}

function withoutEmpty(choice: Choice): Choice {
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined && value !== ''));
}
