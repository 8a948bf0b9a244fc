import { Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { shellTexts as texts } from '../texts/shell.ts';
import classes from './rows.module.css';

/** A list of things, one below the other, that reads on a phone as on a wide screen. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Paper component="ul" withBorder radius="lg" className={classes.rows ?? ''} aria-label={label}>
      {children}
    </Paper>
  );
}

interface RowProps {
  title: ReactNode;
  /** Beside the title. */
  badges?: ReactNode;
  /** Short facts below it. */
  facts?: ReactNode[];
  /** Buttons at the end of the row. */
  actions?: ReactNode;
  /** More, below all of that. */
  children?: ReactNode;
}

export function Row({ title, badges, facts = [], actions, children }: RowProps) {
  return (
    <li className={classes.row}>
      <div className={classes.line}>
        <Stack gap={4} miw={0}>
          <Group gap={8}>
            <Text span fw={600} className={classes.title ?? ''}>
              {title}
            </Text>
            {badges}
          </Group>
          {facts.length > 0 && <div className={classes.facts}>{facts.filter(Boolean).map(asFact)}</div>}
        </Stack>
        {actions && (
          <Group gap="xs" wrap="nowrap" className={classes.actions ?? ''}>
            {actions}
          </Group>
        )}
      </div>
      {children}
    </li>
  );
}

function asFact(fact: ReactNode, at: number) {
  return <span key={at}>{fact}</span>;
}

/** The place of rows that are still loading: nothing moves when they come. */
export function RowsSkeleton({ rows = 3 }: { rows?: number }) {
  return (
    <Paper withBorder radius="lg" role="status" aria-label={texts.loading}>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={at} className={classes.row}>
          <Skeleton height={16} width="min(220px, 60%)" mb={10} mt={4} />
          <Skeleton height={12} width="min(420px, 90%)" mb={4} />
        </div>
      ))}
    </Paper>
  );
}
