import { Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { usageTexts as texts } from '../../texts/usage.ts';
import classes from './usage.module.css';

/** The numbers of a chart; the first column names the row. */
export interface Numbers {
  columns: string[];
  rows: Array<[name: string, ...values: Array<number | string>]>;
}

interface ChartCardProps {
  title: string;
  hint?: string;
  numbers: Numbers;
  /** Shown instead of the chart where there is nothing to show. */
  empty?: string | undefined;
  actions?: ReactNode;
  children: ReactNode;
}

/** A chart whose numbers are one click away, as a table. */
export function ChartCard({ title, hint, numbers, empty, actions, children }: ChartCardProps) {
  const [isTable, setTable] = useState(false);
  return (
    <Paper component="section" withBorder radius="lg" p={{ base: 'md', sm: 'lg' }} bg="var(--visavis-card)" aria-label={title}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="xs">
          <div className={classes.heading}>
            <Title order={2} size="h4">
              {title}
            </Title>
            {hint && (
              <Text size="sm" c="dimmed" maw={640}>
                {hint}
              </Text>
            )}
          </div>
          <Group gap="xs">
            {actions}
            {empty === undefined && (
              <Button
                variant="default"
                size="xs"
                leftSection={isTable ? <IconChartBar size={16} aria-hidden /> : <IconTable size={16} aria-hidden />}
                aria-label={isTable ? texts.showChartOf(title) : texts.showTableOf(title)}
                onClick={() => setTable(!isTable)}
              >
                {isTable ? texts.showChart : texts.showTable}
              </Button>
            )}
          </Group>
        </Group>
        {empty !== undefined ? (
          <Text c="dimmed">{empty}</Text>
        ) : isTable ? (
          <NumbersTable title={title} numbers={numbers} />
        ) : (
          children
        )}
      </Stack>
    </Paper>
  );
}

function NumbersTable({ title, numbers }: { title: string; numbers: Numbers }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls with the keyboard must get here (WCAG 2.1.1)
    <section className={classes.scrolled} tabIndex={0} aria-label={title}>
      <Table stickyHeader striped>
        <Table.Thead>
          <Table.Tr>
            {numbers.columns.map((column, at) => (
              <Table.Th key={column} scope="col" ta={at === 0 ? 'start' : 'end'}>
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {numbers.rows.map(([name, ...values]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500}>
                {name}
              </Table.Th>
              {values.map((value, at) => (
                <Table.Td key={numbers.columns[at + 1]} ta="end" className={classes.number ?? ''}>
                  {typeof value === 'number' ? texts.number(value) : value}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
