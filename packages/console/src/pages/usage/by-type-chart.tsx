import { Group, Text } from '@mantine/core';
import type { Usage } from '@visavis/client';
import { useId } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { shortDay, usageTexts as texts } from '../../texts/usage.ts';
import { LOOKS, type SessionTypeName, TYPES } from './session-types.ts';
import { Swatch, Textures } from './textures.tsx';
import classes from './usage.module.css';

type Day = Usage['days'][number];

/** Sessions or minutes of every day, a stack of types each. */
export function ByTypeChart({ days, measure }: { days: Day[]; measure: 'sessions' | 'minutes' }) {
  const id = useId();
  const idOf = (type: SessionTypeName) => `${id}-${type}`;
  const shown = TYPES.filter((type) => days.some((day) => day[measure][type] > 0));
  return (
    <>
      <Group gap="md" component="ul" m={0} p={0}>
        {shown.map((type) => (
          <Group key={type} component="li" gap={6} fz="sm" wrap="nowrap">
            <Swatch type={type} />
            {LOOKS[type].label}
          </Group>
        ))}
      </Group>
      <div className={classes.chart}>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={days} margin={{ top: 8, right: 4, bottom: 0, left: -16 }} barCategoryGap="18%">
            <Textures idOf={idOf} />
            <CartesianGrid vertical={false} stroke="var(--mantine-color-default-border)" />
            <XAxis
              dataKey="date"
              tickFormatter={shortDay}
              minTickGap={24}
              tickLine={false}
              stroke="var(--mantine-color-dimmed)"
              tick={{ fill: 'var(--mantine-color-dimmed)' }}
            />
            <YAxis
              allowDecimals={measure === 'minutes'}
              tickLine={false}
              axisLine={false}
              tick={{ fill: 'var(--mantine-color-dimmed)' }}
              tickFormatter={texts.number}
            />
            <Tooltip
              cursor={{ fill: 'var(--mantine-color-default-border)', fillOpacity: 0.5 }}
              content={({ active, payload }) => {
                const day = payload?.[0]?.payload as Day | undefined;
                return active && day ? <DayTooltip day={day} measure={measure} types={shown} /> : null;
              }}
            />
            {shown.map((type) => (
              <Bar
                key={type}
                dataKey={(day: Day) => day[measure][type]}
                name={LOOKS[type].label}
                stackId="types"
                fill={`url(#${idOf(type)})`}
                stroke="var(--visavis-card)"
                strokeWidth={1}
                isAnimationActive={false}
                maxBarSize={48}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
    </>
  );
}

function DayTooltip({ day, measure, types }: { day: Day; measure: 'sessions' | 'minutes'; types: readonly SessionTypeName[] }) {
  return (
    <div className={classes.tooltip}>
      <Text fw={600} size="sm">
        {shortDay(day.date)}
      </Text>
      <dl>
        {types.map((type) => (
          <Line key={type} type={type} value={day[measure][type]} />
        ))}
        <dt />
        <dt>{texts.total}</dt>
        <dd>{texts.number(day[measure].total)}</dd>
      </dl>
    </div>
  );
}

function Line({ type, value }: { type: SessionTypeName; value: number }) {
  return (
    <>
      <dt>
        <Swatch type={type} />
      </dt>
      <dt>{LOOKS[type].label}</dt>
      <dd>{texts.number(value)}</dd>
    </>
  );
}
