import { z } from 'zod';
import { Done, Id, PageQuery, Timestamp } from './common.ts';

export const MESSAGE_CHARACTERS = 16_000;
const Text = z
  .string()
  .min(1)
  .max(MESSAGE_CHARACTERS)
  .refine((text) => text.trim().length > 0, 'must not be empty');

export const SendMessage = z
  .object({
    message: Text.optional().meta({ description: 'What the user says; this or `content` is required' }),
    content: Text.optional().meta({ description: 'Synonym of `message`' }),
    stream: z.boolean().optional().meta({ description: 'Answer with server-sent events' }),
  })
  .refine((body) => body.message !== undefined || body.content !== undefined, { path: ['message'], error: 'is required' })
  .transform((body) => ({ message: body.message ?? body.content ?? '', stream: body.stream ?? false }));

const sinceTheTurn = (what: string) => z.number().optional().meta({ description: what });

/**
 * When each stage of a turn was reached, in ms. A typed message counts from its arrival, a spoken one from the user's last sound; so
 * each is at least as large as the one above it (but `transcript`, which may come before `speech_end`), and differences are the stages.
 */
export const TurnLatency = z.object({
  speech_end: sinceTheTurn('The end of the speech was noticed (voice activity)'),
  transcript: sinceTheTurn('The final transcript was there'),
  turn_end: sinceTheTurn('The turn was taken to be over'),
  first_token: z.number().optional(),
  first_audio_made: sinceTheTurn('The voice gave its first sound'),
  first_audio_sent: sinceTheTurn('The first sound was handed to the transport'),
  first_audio_heard: sinceTheTurn('The client reported to have played it'),
  total: z.number().optional().meta({ description: 'The reply was whole, or heard to its end' }),
});
export type TurnLatency = z.infer<typeof TurnLatency>;

export const Latency = TurnLatency.extend({ first_token: z.number(), total: z.number() }).meta({ description: 'Milliseconds' });

export const MessageItem = z
  .object({
    message_id: Id,
    role: z.enum(['user', 'assistant', 'tool', 'system']),
    content: z.string(),
    created_at: Timestamp,
    source: z.enum(['text', 'speech']),
    answered: z.boolean(),
    interrupted: z.boolean(),
    spoken_ms: z.int().optional().meta({ description: 'Of a spoken reply: how long it was heard' }),
    said_at_ms: z.int().optional().meta({
      description:
        'Of what was spoken: when it began, in ms since 1970; minus the recording’s `x-recording-started-at` it is the place in the recording',
    }),
    latency_ms: TurnLatency.optional(),
  })
  .meta({ id: 'Message' });

export const Reply = z
  .object({
    message_id: Id,
    role: z.literal('assistant'),
    content: z.string(),
    created_at: Timestamp,
    interrupted: z.boolean(),
    latency_ms: Latency,
  })
  .meta({ id: 'Reply' });

export const MessageAnswer = Done.extend({ message: MessageItem, reply: Reply });
export const MessageList = Done.extend({ messages: z.array(MessageItem), next_cursor: z.string().optional() });
export const MessageQuery = PageQuery;
