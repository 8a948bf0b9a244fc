import { SimpleGrid, Text } from '@mantine/core';
import { usageTexts as texts } from '../../texts/usage.ts';
import { ChartCard } from './chart-card.tsx';
import { LatencyCard } from './latency-chart.tsx';
import { type Count, endReasonsOf, failuresOf, type QualityDay } from './quality.ts';
import classes from './usage.module.css';

/** How fast agents answered, how sessions ended, and what failed. */
export function QualitySection({ days }: { days: QualityDay[] }) {
  const replies = days.reduce((sum, day) => sum + day.replies, 0);
  const interrupted = days.reduce((sum, day) => sum + day.interrupted, 0);
  return (
    <>
      <LatencyCard days={days} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <CountsCard title={texts.endReasons} counts={endReasonsOf(days)} column={texts.reason} empty={texts.noEnded} />
        <CountsCard
          title={texts.errors}
          hint={texts.repliesHint(replies, interrupted)}
          counts={failuresOf(days)}
          column={texts.error}
          empty={texts.noErrors}
        />
      </SimpleGrid>
    </>
  );
}

interface CountsCardProps {
  title: string;
  hint?: string;
  counts: Count[];
  /** What the first column of the table is called. */
  column: string;
  empty: string;
}

function CountsCard({ title, hint, counts, column, empty }: CountsCardProps) {
  const most = Math.max(1, ...counts.map(([, count]) => count));
  return (
    <ChartCard
      title={title}
      {...(hint !== undefined && { hint })}
      numbers={{ columns: [column, texts.count], rows: counts }}
      empty={counts.length === 0 ? empty : undefined}
    >
      <ul className={classes.bars}>
        {counts.map(([name, count]) => (
          <li key={name} className={classes.bar}>
            <span>{name}</span>
            <Text span fw={600} size="sm" className={classes.number ?? ''}>
              {texts.number(count)}
            </Text>
            <div className={classes.track} aria-hidden="true">
              <div className={classes.fill} style={{ width: `${(count / most) * 100}%` }} />
            </div>
          </li>
        ))}
      </ul>
    </ChartCard>
  );
}
