import { Alert, Anchor, Divider, Paper, Stack, Text, Title } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Session } from '@visavis/client';
import { CodeBlock } from '../../layout/show-as-code.tsx';
import { dateTime } from '../../texts/catalogue.ts';
import { endReasonSentence } from '../../texts/end-reasons.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import classes from './session.module.css';
import { Duration, endedBecause } from './session-words.tsx';

/** What there is to know about a session besides what was said. */
export function SessionDetails({ session }: { session: Session }) {
  const why = session.end_reason ? endReasonSentence(session.end_reason) : undefined;
  return (
    <Stack gap="md" className={classes.aside ?? ''}>
      <Paper component="section" withBorder radius="lg" p="md" bg="var(--visavis-card)" aria-label={texts.details}>
        <Title order={2} size="h5" mb="sm">
          {texts.details}
        </Title>
        <dl className={classes.facts}>
          <dt>{texts.id}</dt>
          <dd>#{session.session_id}</dd>
          <dt>{texts.agent}</dt>
          <dd>
            <Anchor component={Link} to="/agents/$agentId" params={{ agentId: String(session.agent_id) } as never} size="sm">
              {session.agent_name}
            </Anchor>
          </dd>
          <dt>{texts.type}</dt>
          <dd>{texts.types[session.session_type]}</dd>
          <dt>{texts.started}</dt>
          <dd>{dateTime(session.started_at)}</dd>
          {session.ended_at && (
            <>
              <dt>{texts.endedAt}</dt>
              <dd>{dateTime(session.ended_at)}</dd>
            </>
          )}
          <dt>{texts.duration}</dt>
          <dd>
            <Duration session={session} />
          </dd>
          <dt>{texts.language}</dt>
          <dd>{session.language}</dd>
          {session.usage && (
            <>
              <dt>{texts.messagesCount}</dt>
              <dd>{texts.messageCounts(session.usage.user_messages, session.usage.replies)}</dd>
            </>
          )}
          <dt>{texts.avatar}</dt>
          <dd>{session.avatar_name ?? texts.none}</dd>
          <dt>{texts.voice}</dt>
          <dd>{session.voice_id ?? texts.none}</dd>
        </dl>
        <Divider my="sm" />
        <Text size="sm" c="dimmed">
          {texts.endReason}
        </Text>
        <Text fw={600}>{session.status === 'active' ? texts.stillLive : endedBecause(session.end_reason)}</Text>
        {why && <Text size="sm">{why}</Text>}
      </Paper>
      {session.warnings.length > 0 && (
        <Alert variant="light" color="yellow" icon={<IconInfoCircle aria-hidden />} title={texts.notices}>
          <Stack gap={4}>
            {session.warnings.map((warning) => (
              <Text key={warning} size="sm">
                {texts.warnings[warning] ?? warning}
              </Text>
            ))}
          </Stack>
        </Alert>
      )}
      <Paper component="section" withBorder radius="lg" p="md" bg="var(--visavis-card)" aria-label={texts.metadata}>
        <Title order={2} size="h5" mb="sm">
          {texts.metadata}
        </Title>
        {Object.keys(session.metadata ?? {}).length > 0 ? (
          <CodeBlock code={JSON.stringify(session.metadata, undefined, 2)} />
        ) : (
          <Text size="sm" c="dimmed">
            {texts.noMetadata}
          </Text>
        )}
      </Paper>
    </Stack>
  );
}
