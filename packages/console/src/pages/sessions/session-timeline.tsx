import { Group, Paper, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import {
  IconAlertTriangle,
  IconFlag,
  IconHandStop,
  IconInfoCircle,
  IconLogin2,
  IconLogout2,
  type IconProps,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import type { Session, TimelineEntry } from '@visavis/client';
import { type ComponentType, Fragment } from 'react';
import { LoadError } from '../../layout/states.tsx';
import { clock, language } from '../../texts/catalogue.ts';
import { endReasonSentence } from '../../texts/end-reasons.ts';
import { timelineTexts as texts } from '../../texts/session-timeline.ts';
import { sessionTexts } from '../../texts/sessions.ts';
import { useTimeline } from './session-queries.ts';
import classes from './session-timeline.module.css';
import { endedBecause, TYPE_ICONS } from './session-words.tsx';

/** What happened in a session besides what was said: who came and went, what failed, how it ended. */
export function SessionTimeline({ session }: { session: Session }) {
  const isLive = session.status === 'active';
  const query = useTimeline(session.session_id, isLive);
  return (
    <Paper component="section" withBorder radius="lg" p="md" bg="var(--visavis-card)" aria-label={texts.title}>
      <Title order={2} size="h5">
        {texts.title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {texts.hint}
      </Text>
      {query.isPending && <TimelineSkeleton />}
      {query.isError && <LoadError error={query.error} retry={() => void query.refetch()} />}
      {query.data?.timeline.length === 0 && <Text size="sm">{texts.empty}</Text>}
      {query.data && query.data.timeline.length > 0 && (
        <ol className={classes.timeline}>
          {numbered(query.data.timeline).map(({ number, entry }) => (
            <Fragment key={number}>
              {entry.type === 'ended' && <LeftOut count={query.data.left_out} />}
              <Entry entry={entry} />
            </Fragment>
          ))}
          {isLive && <LeftOut count={query.data.left_out} />}
          {isLive && (
            <li className={classes.entry} data-tone="live">
              <span className={classes.time} />
              <span className={classes.mark}>
                <span className={classes.pulse} />
              </span>
              <Text size="sm" c="dimmed">
                {texts.goingOn}
              </Text>
            </li>
          )}
        </ol>
      )}
    </Paper>
  );
}

/** Entries stay where they are: more of them come at the end. */
const numbered = (timeline: readonly TimelineEntry[]) => timeline.map((entry, index) => ({ number: index + 1, entry }));

function Entry({ entry }: { entry: TimelineEntry }) {
  const { icon: Icon, tone, words, more } = shownAs(entry);
  const after = clock(Math.floor(entry.after_ms / 1000));
  return (
    <li className={classes.entry} data-tone={tone}>
      <time className={classes.time} dateTime={entry.at} title={new Date(entry.at).toLocaleString()}>
        <VisuallyHidden>{texts.after(after)}</VisuallyHidden>
        <span aria-hidden>{after}</span>
      </time>
      <span className={classes.mark}>
        <Icon size={16} aria-hidden />
      </span>
      <div className={classes.words}>
        <Text size="sm" fw={550}>
          {words}
        </Text>
        {more && (
          <Text size="sm" c="dimmed">
            {more}
          </Text>
        )}
      </div>
    </li>
  );
}

function LeftOut({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <li className={classes.leftOut}>
      <Text size="sm" c="dimmed">
        {texts.leftOut(count)}
      </Text>
    </li>
  );
}

interface Shown {
  icon: ComponentType<IconProps>;
  /** `bad`: something failed; `poor`: less than was wished; `plain`: the course of things. */
  tone: 'plain' | 'poor' | 'bad';
  words: string;
  more?: string | undefined;
}

function shownAs(entry: TimelineEntry): Shown {
  switch (entry.type) {
    case 'created': {
      const missing = entry.warnings.map((warning) => sessionTexts.warnings[warning] ?? warning);
      return {
        icon: TYPE_ICONS[entry.session_type],
        tone: 'plain',
        words: texts.created[entry.session_type],
        more: missing.join(' '),
      };
    }
    case 'switched':
      return { icon: TYPE_ICONS[entry.session_type], tone: 'plain', words: texts.switched[entry.session_type] };
    case 'joined':
      return { icon: IconLogin2, tone: 'plain', words: entry.again ? texts.joinedAgain : texts.joined };
    case 'left': {
      const [words, more] = texts.left[entry.reason];
      return { icon: IconLogout2, tone: LEFT_TONES[entry.reason] ?? 'plain', words, more };
    }
    case 'interrupted':
      return { icon: IconHandStop, tone: 'plain', words: texts.interrupted, more: interruption(entry) };
    case 'reply-failed':
      return {
        icon: IconAlertTriangle,
        tone: 'bad',
        words: texts.replyFailed,
        more: texts.replyFailures[entry.code] ?? entry.code,
      };
    case 'provider-failed':
      return {
        icon: IconAlertTriangle,
        tone: entry.kind === 'all-failed' ? 'bad' : 'poor',
        words: texts.providerFailed[entry.stage](entry.provider),
        more: texts.failures[entry.kind] ?? entry.kind,
      };
    case 'picture': {
      const restored = entry.level === 'full';
      const size = entry.level === 'audio-only' ? '' : texts.pictureSize(Math.round(entry.fps), entry.width, entry.height);
      return {
        icon: entry.level === 'audio-only' ? IconVideoOff : IconVideo,
        tone: restored ? 'plain' : 'poor',
        words: texts.picture[entry.level],
        more: [texts.pictureReasons[entry.reason], size].filter(Boolean).join(' '),
      };
    }
    case 'notice':
      return { icon: IconInfoCircle, tone: 'poor', words: texts.notice, more: entry.text };
    case 'ended':
      return {
        icon: IconFlag,
        tone: 'plain',
        words: `${texts.ended}: ${endedBecause(entry.reason)}`,
        more: endReasonSentence(entry.reason),
      };
  }
}

const LEFT_TONES: Partial<Record<Extract<TimelineEntry, { type: 'left' }>['reason'], Shown['tone']>> = {
  'connection-lost': 'poor',
  'worker-lost': 'bad',
  'server-lost': 'bad',
};

function interruption({ message_id, spoken_ms }: Extract<TimelineEntry, { type: 'interrupted' }>): string {
  if (message_id === undefined) return texts.interruptedUnheard;
  if (spoken_ms === undefined) return texts.interruptedWritten;
  return texts.interruptedAfter(
    (spoken_ms / 1000).toLocaleString(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 }),
  );
}

function TimelineSkeleton() {
  return (
    <Stack gap="sm" aria-hidden>
      {[60, 45, 70].map((width) => (
        <Group key={width} gap="sm" wrap="nowrap">
          <Skeleton height={28} width={28} circle />
          <Skeleton height={18} width={`${width}%`} />
        </Group>
      ))}
    </Stack>
  );
}
