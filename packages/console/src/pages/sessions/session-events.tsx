import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { Message, Session } from '@visavis/client';
import { CodeBlock } from '../../layout/show-as-code.tsx';
import { LoadError } from '../../layout/states.tsx';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import classes from './session.module.css';
import type { LiveEvents } from './use-live-events.ts';

interface SessionEventsProps {
  session: Session;
  messages: readonly Message[];
  live: LiveEvents;
}

/** What clients of a live session are told, and everything that the API says, as it says it. */
export function SessionEvents({ session, messages, live }: SessionEventsProps) {
  const isLive = session.status === 'active';
  return (
    <Stack>
      {(isLive || live.events.length > 0) && (
        <Paper component="section" withBorder radius="lg" p="md" bg="var(--visavis-card)" aria-label={texts.events}>
          <Title order={2} size="h5">
            {texts.events}
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            {texts.eventsLive}
          </Text>
          {live.error !== undefined && isLive && <LoadError error={live.error} />}
          {isLive && live.events.length === 0 && <Text size="sm">{texts.noEvents}</Text>}
          <ol className={classes.events} reversed>
            {live.events.map(({ number, at, event: { type, ...data } }) => (
              <li key={number} className={classes.event}>
                <Group justify="space-between" gap="xs">
                  <Text size="sm" fw={600}>
                    {type}
                  </Text>
                  <Text size="xs" c="dimmed" className={classes.time ?? ''}>
                    {new Date(at).toLocaleTimeString()}
                  </Text>
                </Group>
                {Object.keys(data).length > 0 && <div className={classes.eventData}>{JSON.stringify(data)}</div>}
              </li>
            ))}
          </ol>
        </Paper>
      )}
      <Paper component="section" withBorder radius="lg" p="md" bg="var(--visavis-card)" aria-label={texts.allData}>
        <Title order={2} size="h5" mb="sm">
          {texts.allData}
        </Title>
        <CodeBlock code={JSON.stringify({ session, messages }, undefined, 2)} />
      </Paper>
    </Stack>
  );
}
