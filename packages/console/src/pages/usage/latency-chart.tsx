import { Group, SegmentedControl, Text } from '@mantine/core';
import { useState } from 'react';
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { shortDay, usageTexts as texts } from '../../texts/usage.ts';
import { ChartCard } from './chart-card.tsx';
import type { QualityDay } from './quality.ts';
import classes from './usage.module.css';

type Kind = 'text' | 'speech';

/** p50 and p95 differ in colour, in the line, and in the marks on it. */
const P50 = { colour: '#0072b2', dash: '0' };
const P95 = { colour: '#d55e00', dash: '6 4' };
const TICK = { fill: 'var(--mantine-color-dimmed)' };

/** How long answers took to begin, day by day. */
export function LatencyCard({ days }: { days: QualityDay[] }) {
  const has = (kind: Kind) => days.some(({ latency }) => latency[kind] !== null);
  const [chosen, setKind] = useState<Kind>();
  const kind = chosen ?? (has('speech') ? 'speech' : 'text');
  const rows = days.map(({ date, latency }) => ({ date, ...latency[kind] }));
  return (
    <ChartCard
      title={texts.latency}
      hint={kind === 'text' ? texts.latencyText : texts.latencySpeech}
      numbers={{
        columns: [texts.day, texts.p50, texts.p95, texts.answers],
        rows: rows
          .toReversed()
          .filter((row) => row.replies !== undefined)
          .map(({ date, p50_ms = 0, p95_ms = 0, replies = 0 }) => [
            shortDay(date),
            Math.round(p50_ms),
            Math.round(p95_ms),
            replies,
          ]),
      }}
      empty={has(kind) ? undefined : texts.noLatency}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={texts.latencyKind}
          value={kind}
          onChange={(value) => setKind(value as Kind)}
          data={[
            { value: 'speech', label: texts.spoken },
            { value: 'text', label: texts.written },
          ]}
        />
      }
    >
      <Group gap="md" fz="sm">
        <Key look={P50} label={texts.p50Name} shape="circle" />
        <Key look={P95} label={texts.p95Name} shape="square" />
      </Group>
      <div className={classes.chart}>
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={rows} margin={{ top: 8, right: 12, bottom: 0, left: 4 }}>
            <CartesianGrid vertical={false} stroke="var(--mantine-color-default-border)" />
            <XAxis dataKey="date" tickFormatter={shortDay} minTickGap={24} tickLine={false} stroke={TICK.fill} tick={TICK} />
            <YAxis tickLine={false} axisLine={false} tick={TICK} tickFormatter={texts.ms} width={64} />
            <Tooltip
              content={({ active, payload }) => {
                const row = payload?.[0]?.payload as (typeof rows)[number] | undefined;
                return active && row?.p50_ms !== undefined ? <DayTooltip {...row} /> : null;
              }}
            />
            <Line
              dataKey="p50_ms"
              stroke={P50.colour}
              strokeWidth={2}
              dot={{ r: 3, fill: P50.colour }}
              connectNulls
              isAnimationActive={false}
            />
            <Line
              dataKey="p95_ms"
              stroke={P95.colour}
              strokeWidth={2}
              strokeDasharray={P95.dash}
              dot={SquareDot}
              connectNulls
              isAnimationActive={false}
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
    </ChartCard>
  );
}

function SquareDot({ cx, cy, value, index }: { cx?: number; cy?: number; value?: number; index?: number }) {
  if (cx === undefined || cy === undefined || typeof value !== 'number') return <g key={index} />;
  return <rect key={index} x={cx - 3} y={cy - 3} width={6} height={6} fill={P95.colour} />;
}

function Key({ look, label, shape }: { look: typeof P50; label: string; shape: 'circle' | 'square' }) {
  return (
    <Group gap={6} wrap="nowrap">
      <svg width={28} height={12} aria-hidden="true" focusable="false">
        <path d="M0 6 H28" stroke={look.colour} strokeWidth={2} strokeDasharray={look.dash} />
        {shape === 'circle' ? (
          <circle cx={14} cy={6} r={4} fill={look.colour} />
        ) : (
          <rect x={10} y={2} width={8} height={8} fill={look.colour} />
        )}
      </svg>
      {label}
    </Group>
  );
}

function DayTooltip({
  date,
  p50_ms = 0,
  p95_ms = 0,
  replies = 0,
}: {
  date: string;
  p50_ms?: number;
  p95_ms?: number;
  replies?: number;
}) {
  return (
    <div className={classes.tooltip}>
      <Text fw={600} size="sm">
        {shortDay(date)}
      </Text>
      <Text size="sm">{`${texts.p50Name}: ${texts.ms(p50_ms)}`}</Text>
      <Text size="sm">{`${texts.p95Name}: ${texts.ms(p95_ms)}`}</Text>
      <Text size="sm" c="dimmed">{`${texts.answers}: ${texts.number(replies)}`}</Text>
    </div>
  );
}
