import { z } from 'zod';
import { Done, Timestamp } from './common.ts';
import { EndedReason } from './end-reasons.ts';
import { PictureQuality } from './realtime.ts';
import { SessionType } from './sessions.ts';

/** Entries kept of a session, its end not counted. */
export const TIMELINE_ENTRIES = 500;

/** Why nobody is connected any more. */
export const LeftReason = z.enum([
  'said-goodbye',
  'connection-lost',
  'connection-closed',
  'switched-to-chat',
  'worker-lost',
  'server-restarting',
  'server-lost',
]);
export type LeftReason = z.infer<typeof LeftReason>;

const created = z.object({ type: z.literal('created'), session_type: SessionType, warnings: z.array(z.string()) });
const joined = z.object({ type: z.literal('joined') });
const left = z.object({ type: z.literal('left'), reason: LeftReason });
const switched = z.object({ type: z.literal('switched'), session_type: SessionType });
/** A reply was cut off; `message_id` where some of it was heard, or read, and so is stored. */
const interrupted = z.object({
  type: z.literal('interrupted'),
  message_id: z.int().optional(),
  spoken_ms: z.number().min(0).optional(),
});
/** No reply was made to a message: the code that its sender was answered with. */
const replyFailed = z.object({ type: z.literal('reply-failed'), code: z.string() });
/** One failed call of a provider; the next one of the chain was tried then. */
const providerFailed = z.object({
  type: z.literal('provider-failed'),
  provider: z.string(),
  stage: z.enum(['listening', 'thinking', 'speaking']),
  kind: z.string(),
});
/** How good the pictures are from then on, as in the event `video.quality`. */
const picture = z.object({ type: z.literal('picture'), ...PictureQuality.shape });
/** What the user was told, in words. */
const notice = z.object({ type: z.literal('notice'), code: z.string(), text: z.string() });
const ended = z.object({ type: z.literal('ended'), reason: EndedReason });

/** What is kept of what happened in a session, without its time. */
export const TimelineEvent = z.discriminatedUnion('type', [
  created,
  joined,
  left,
  switched,
  interrupted,
  replyFailed,
  providerFailed,
  picture,
  notice,
  ended,
]);
export type TimelineEvent = z.infer<typeof TimelineEvent>;

const at = {
  at: Timestamp,
  after_ms: z.int().meta({ description: 'Since the session started' }),
};

/** The same as clients are told it. */
export const TimelineEntry = z
  .discriminatedUnion('type', [
    created.extend(at),
    joined.extend({ ...at, again: z.boolean().meta({ description: 'Somebody had joined before' }) }),
    left.extend(at),
    switched.extend(at),
    interrupted.extend(at),
    replyFailed.extend(at),
    providerFailed.extend(at),
    picture.extend(at),
    notice.extend(at),
    ended.extend(at),
  ])
  .meta({ id: 'TimelineEntry' });

export const TimelineAnswer = Done.extend({
  timeline: z.array(TimelineEntry).meta({ description: 'Oldest first; `ended` is always the last' }),
  left_out: z.int().meta({ description: `How many entries are not kept: those after the first ${TIMELINE_ENTRIES}` }),
});
