import { Badge } from '@mantine/core';
import { IconMessage, IconMicrophone, IconMoodSmile, type IconProps, IconVideo } from '@tabler/icons-react';
import type { SessionSummary, SessionTypeName } from '@visavis/client';
import { type ComponentType, useEffect, useState } from 'react';
import { clock } from '../../texts/catalogue.ts';
import { endReasonWords } from '../../texts/end-reasons.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import classes from './sessions.module.css';

export const TYPE_ICONS: Record<SessionTypeName, ComponentType<IconProps>> = {
  agent_chat: IconMessage,
  agent_voice: IconMicrophone,
  agent_video: IconVideo,
  webrtc_video: IconMoodSmile,
};

/** Says that a conversation is going on now. */
export function LiveBadge() {
  return (
    <Badge
      color="teal"
      variant="light"
      leftSection={<span className={classes.pulse} aria-hidden />}
      className={classes.liveBadge ?? ''}
    >
      {texts.live}
    </Badge>
  );
}

/** How a session ended, in a word or two. */
export function endedBecause(reason: string | null | undefined): string {
  if (!reason) return texts.completed;
  return endReasonWords(reason);
}

/** How long a session lasted, or has lasted, as a clock shows it. */
export function Duration({ session }: { session: Pick<SessionSummary, 'status' | 'started_at' | 'duration'> }) {
  const isLive = session.status === 'active';
  const now = useNow(isLive);
  if (!isLive) return session.duration === null ? '–' : clock(session.duration);
  return (
    <span role="timer" aria-label={texts.running}>
      {clock((now - Date.parse(session.started_at)) / 1000)}
    </span>
  );
}

/** The time, in ms since 1970, a second after another as long as it matters. */
function useNow(ticking: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!ticking) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}
