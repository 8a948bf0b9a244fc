import { Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import type { Message, Session } from '@visavis/client';
import { answeredAfterMs, stagesOf } from '@visavis/client/live';
import { TurnWaterfall } from '../../components/turn-waterfall.tsx';
import { clock, language } from '../../texts/catalogue.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';

/** How long each turn took, and where the time went; all on the same scale. */
export function SessionTiming({ session, messages }: { session: Session; messages: readonly Message[] }) {
  const turns = messages.flatMap((message) => {
    const { latency_ms: latency } = message;
    const stages = latency && stagesOf(latency);
    return latency && stages && stages.length > 0 ? [{ message, latency, lastMs: stages.at(-1)?.toMs ?? 0 }] : [];
  });
  if (turns.length === 0) {
    return (
      <Text c="dimmed" py="md">
        {texts.noTurns}
      </Text>
    );
  }
  const scaleMs = Math.max(...turns.map(({ lastMs }) => lastMs));
  const answers = turns.flatMap(({ latency }) => answeredAfterMs(latency) ?? []).sort((one, other) => one - other);
  return (
    <Stack>
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
        <Figure label={texts.turns} value={String(turns.length)} />
        <Figure label={texts.median} value={inSeconds(median(answers))} />
        <Figure label={texts.slowest} value={inSeconds(answers.at(-1) ?? 0)} />
        <Figure label={texts.interruptions} value={String(messages.filter(({ interrupted }) => interrupted).length)} />
      </SimpleGrid>
      {turns.map(({ message, latency }) => (
        <Paper key={message.message_id} withBorder radius="lg" p="md" bg="var(--visavis-card)">
          <Text size="sm" c="dimmed" mb={6} lineClamp={1}>
            {texts.turnOf(clock((Date.parse(message.created_at) - Date.parse(session.started_at)) / 1000))}: {message.content}
          </Text>
          <TurnWaterfall latency={latency} scaleMs={scaleMs} />
        </Paper>
      ))}
    </Stack>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <Paper withBorder radius="lg" p="sm" bg="var(--visavis-card)">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={650} size="lg">
        {value}
      </Text>
    </Paper>
  );
}

/** Of sorted figures; of an even number of them the mean of the middle two. */
function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

const inSeconds = (ms: number) =>
  texts.secondsValue((ms / 1000).toLocaleString(language, { maximumFractionDigits: 2, minimumFractionDigits: 2 }));
