import { Button, Paper, SegmentedControl, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconChartBar, IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Usage } from '@visavis/client';
import { type ReactNode, useState } from 'react';
import { api } from '../../api.ts';
import { download } from '../../layout/download.ts';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { shortDay, usageTexts as texts } from '../../texts/usage.ts';
import { ByTypeChart } from './by-type-chart.tsx';
import { ChartCard } from './chart-card.tsx';
import { readQuality } from './quality.ts';
import { QualitySection } from './quality-section.tsx';
import { LOOKS, TYPES } from './session-types.ts';
import classes from './usage.module.css';
import { usageCsv } from './usage-csv.ts';

const RANGES = [7, 30, 90] as const;
/** What is live is asked for again after this time, in ms. */
const REFRESH_MS = 10_000;

/** What the agents of who is signed in did, and may do. */
export function UsagePage() {
  const [days, setDays] = useState<number>(30);
  const usage = useQuery({
    queryKey: ['usage', days],
    queryFn: ({ signal }) => api.usage.read({ days }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const code: ApiExample[] = [
    { title: 'Read your usage', method: 'GET', path: `/usage?days=${days}`, sdk: `await client.usage.read({ days: ${days} })` },
  ];
  return (
    <Page
      title={texts.title}
      description={texts.description}
      code={code}
      actions={
        <Button
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
          disabled={!usage.data}
          onClick={() => usage.data && download(texts.fileName(days), usageCsv(usage.data.days), 'text/csv;charset=utf-8')}
        >
          {texts.download}
        </Button>
      }
    >
      <SegmentedControl
        aria-label={texts.range}
        value={String(days)}
        onChange={(value) => setDays(Number(value))}
        data={RANGES.map((n) => ({ value: String(n), label: texts.days(n) }))}
        w="fit-content"
      />
      <Loaded query={usage} skeleton={<UsageSkeleton />}>
        {(data) => <Figures usage={data} days={days} />}
      </Loaded>
    </Page>
  );
}

function Figures({ usage, days }: { usage: Usage; days: number }) {
  const { live, limits, totals } = usage;
  const liveNow = TYPES.filter((type) => live[type] > 0).map((type) => `${LOOKS[type].label} ${live[type]}`);
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="md">
        <Figure title={texts.live} value={texts.number(live.total)} hint={texts.liveOf(limits.concurrent_sessions)}>
          {liveNow.length > 0 ? liveNow.join(', ') : texts.nothingLive}
        </Figure>
        <Figure title={texts.sessions} value={texts.number(totals.sessions.total)} hint={texts.inPeriod(days)} />
        <Figure title={texts.minutes} value={texts.number(totals.minutes.total)} hint={texts.inPeriod(days)} />
        <Figure title={texts.messages} value={limitText(limits.messages_per_minute)} hint={texts.messagesHint}>
          {`${texts.requests}: ${limitText(limits.requests_per_minute)}`}
        </Figure>
      </SimpleGrid>
      {totals.sessions.total === 0 ? (
        <EmptyState
          icon={IconChartBar}
          title={texts.emptyTitle}
          action={
            <Button component={Link} to="/agents" variant="light">
              {texts.toAgents}
            </Button>
          }
        >
          {texts.empty}
        </EmptyState>
      ) : (
        <>
          <PerDay usage={usage} />
          <Quality days={days} />
        </>
      )}
    </Stack>
  );
}

function Quality({ days }: { days: number }) {
  const quality = useQuery({
    queryKey: ['usage', 'quality', days],
    queryFn: async ({ signal }) => (await readQuality(days, signal)) ?? null,
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={quality} skeleton={<Skeleton height={420} radius="lg" />}>
      {(found) => found && <QualitySection days={found} />}
    </Loaded>
  );
}

const limitText = (limit: number | null) => (limit === null ? texts.noLimit : texts.number(limit));

interface FigureProps {
  title: string;
  value: string;
  hint: string;
  children?: ReactNode;
}

function Figure({ title, value, hint, children }: FigureProps) {
  return (
    <Paper withBorder radius="lg" p="md" bg="var(--visavis-card)">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text fz={28} fw={650} lh={1.3} className={classes.number ?? ''}>
        {value}
      </Text>
      <Text size="sm" c="dimmed">
        {hint}
      </Text>
      {children && (
        <Text size="sm" mt={4}>
          {children}
        </Text>
      )}
    </Paper>
  );
}

function PerDay({ usage }: { usage: Usage }) {
  const [measure, setMeasure] = useState<'sessions' | 'minutes'>('sessions');
  return (
    <ChartCard
      title={texts.perDay}
      numbers={{
        columns: [texts.day, ...TYPES.map((type) => LOOKS[type].label), texts.total],
        rows: usage.days
          .toReversed()
          .map((day) => [shortDay(day.date), ...TYPES.map((type) => day[measure][type]), day[measure].total]),
      }}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={texts.measure}
          value={measure}
          onChange={(value) => setMeasure(value as typeof measure)}
          data={[
            { value: 'sessions', label: texts.sessions },
            { value: 'minutes', label: texts.minutes },
          ]}
        />
      }
    >
      <ByTypeChart days={usage.days} measure={measure} />
    </ChartCard>
  );
}

function UsageSkeleton() {
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="md">
        {['live', 'sessions', 'minutes', 'limits'].map((name) => (
          <Skeleton key={name} height={134} radius="lg" />
        ))}
      </SimpleGrid>
      <Skeleton height={420} radius="lg" />
    </Stack>
  );
}
