import { ActionIcon, Badge, Collapse, Group, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconKeyboard, IconMicrophone, IconPlayerPlayFilled, IconStopwatch, IconTool } from '@tabler/icons-react';
import type { Message, Session } from '@visavis/client';
import { stagesOf } from '@visavis/client/live';
import { memo, useState } from 'react';
import { TurnWaterfall } from '../../components/turn-waterfall.tsx';
import { clock, dateTime, language } from '../../texts/catalogue.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import type { Place } from './message-places.ts';
import classes from './session.module.css';
import type { Draft } from './use-live-events.ts';

interface TranscriptProps {
  session: Session;
  messages: readonly Message[];
  places: ReadonlyMap<number, Place>;
  /** The message that is being played. */
  playedId: number | undefined;
  /** Absent where nothing can be played. */
  onPlay: ((startMs: number) => void) | undefined;
  draft: Draft;
}

/** Who said what, when and how. */
export function Transcript({ session, messages, places, playedId, onPlay, draft }: TranscriptProps) {
  const isLive = session.status === 'active';
  if (messages.length === 0 && !draft.user && !draft.reply) {
    return (
      <Text c="dimmed" py="md">
        {isLive ? texts.noMessages : texts.noMessagesEnded}
      </Text>
    );
  }
  return (
    <ol className={classes.transcript} aria-label={texts.conversation} aria-live={isLive ? 'polite' : undefined}>
      {messages.map((message) => (
        <MessageLine
          key={message.message_id}
          message={message}
          speaker={message.role === 'assistant' ? session.agent_name : texts[message.role]}
          startMs={places.get(message.message_id)?.startMs}
          sinceStartMs={Math.max(0, Date.parse(message.created_at) - Date.parse(session.started_at))}
          isPlayed={message.message_id === playedId}
          onPlay={onPlay}
        />
      ))}
      {draft.user && <DraftLine by="user" speaker={texts.user} state={texts.speaking} text={draft.user} />}
      {draft.reply && <DraftLine by="assistant" speaker={session.agent_name} state={texts.writing} text={draft.reply} />}
    </ol>
  );
}

interface MessageLineProps {
  message: Message;
  speaker: string;
  /** Where it is in the recording. */
  startMs: number | undefined;
  sinceStartMs: number;
  isPlayed: boolean;
  onPlay: ((startMs: number) => void) | undefined;
}

const MessageLine = memo(function MessageLine({ message, speaker, startMs, sinceStartMs, isPlayed, onPlay }: MessageLineProps) {
  const [timing, setTiming] = useState(false);
  const { role, content, source, interrupted, answered, spoken_ms, latency_ms } = message;
  const hasTiming = latency_ms !== undefined && stagesOf(latency_ms).length > 0;
  const time = clock((startMs ?? sinceStartMs) / 1000);
  const body = <span className={classes.words}>{content}</span>;
  return (
    <li
      className={classes.message}
      data-role={role}
      data-played={isPlayed || undefined}
      aria-current={isPlayed ? 'true' : undefined}
    >
      <Group gap={8} mb={2} wrap="nowrap" className={classes.head ?? ''}>
        <Text span fw={650} size="sm" truncate>
          {speaker}
        </Text>
        <Text
          span
          size="xs"
          c="dimmed"
          component="time"
          dateTime={message.created_at}
          title={dateTime(message.created_at)}
          className={classes.time ?? ''}
        >
          {time}
        </Text>
        <SourceIcon role={role} source={source} isSpoken={source === 'speech' || (spoken_ms ?? 0) > 0} />
        {isPlayed && <span className={classes.sounding} role="img" aria-label={texts.playingNow} />}
        <Group gap={2} ml="auto" wrap="nowrap">
          {hasTiming && (
            <Tooltip label={texts.showTiming}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={texts.showTiming}
                aria-expanded={timing}
                onClick={() => setTiming(!timing)}
              >
                <IconStopwatch size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
          {onPlay && startMs !== undefined && (
            <Tooltip label={texts.playFrom(time)}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={texts.playFrom(time)}
                onClick={() => onPlay(startMs)}
              >
                <IconPlayerPlayFilled size={14} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      </Group>
      {onPlay && startMs !== undefined ? (
        // The button above says what this does; here a click on the words is enough.
        <UnstyledButton
          component="div"
          className={classes.playable ?? ''}
          tabIndex={-1}
          onClick={() => window.getSelection()?.isCollapsed !== false && onPlay(startMs)}
        >
          {body}
        </UnstyledButton>
      ) : (
        body
      )}
      {interrupted && (
        <Group gap={8} mt={6}>
          <Badge color="orange" variant="light" size="sm" className={classes.cutOff ?? ''}>
            {texts.interrupted}
          </Badge>
          <Text size="xs" c="dimmed">
            {texts.interruptedHint}
            {spoken_ms !== undefined &&
              ` (${texts.heardFor((spoken_ms / 1000).toLocaleString(language, { maximumFractionDigits: 1 }))})`}
          </Text>
        </Group>
      )}
      {role === 'user' && !answered && (
        <Group gap={8} mt={6}>
          <Badge color="gray" variant="light" size="sm">
            {texts.notAnswered}
          </Badge>
          <Text size="xs" c="dimmed">
            {texts.notAnsweredHint}
          </Text>
        </Group>
      )}
      {hasTiming && (
        <Collapse expanded={timing}>
          <div className={classes.timing}>{timing && <TurnWaterfall latency={latency_ms} />}</div>
        </Collapse>
      )}
    </li>
  );
});

function SourceIcon({ role, source, isSpoken }: { role: Message['role']; source: Message['source']; isSpoken: boolean }) {
  if (role === 'tool' || role === 'system') return <IconTool size={15} className={classes.source} aria-hidden />;
  const spoken = role === 'user' ? source === 'speech' : isSpoken;
  const Icon = spoken ? IconMicrophone : IconKeyboard;
  const label = spoken ? texts.bySpeech : texts.byText;
  return (
    <Tooltip label={label}>
      <Icon size={15} className={classes.source} role="img" aria-label={label} />
    </Tooltip>
  );
}

function DraftLine({ by, speaker, state, text }: { by: Message['role']; speaker: string; state: string; text: string }) {
  return (
    <li className={classes.message} data-role={by} data-draft aria-hidden>
      <Group gap={8} mb={2}>
        <Text span fw={650} size="sm">
          {speaker}
        </Text>
        <Text span size="xs" c="dimmed">
          {state}
        </Text>
      </Group>
      <span className={classes.words}>{text}</span>
    </li>
  );
}
