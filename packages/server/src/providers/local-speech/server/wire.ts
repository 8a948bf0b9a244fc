import { z } from 'zod';

// What goes over the loopback WebSockets of the speech process. Audio travels in binary frames: signed 16 bit little-endian mono,
// 16 kHz towards `/listen`, 24 kHz from `/speak`.

const Failure = z.object({
  type: z.literal('error'),
  code: z.enum(['speech-busy', 'no-speech-model', 'failed']),
  message: z.string(),
});
export type Failure = z.infer<typeof Failure>;

const TimeSpan = z.object({ start: z.number(), end: z.number() });
const TimedWord = TimeSpan.extend({
  text: z.string(),
  phonemes: z.array(TimeSpan.extend({ phoneme: z.string() })).optional(),
});

/** To `/listen`, beside the audio. */
export const ListenRequest = z.discriminatedUnion('type', [
  /** First of all. `live`: somebody is speaking now, and results so far are wanted. */
  z.object({ type: z.literal('start'), language: z.string().optional(), live: z.boolean() }),
  /** Finish the utterance in hand; answered with `flushed`. */
  z.object({ type: z.literal('flush') }),
  /** No more audio; answered with `end`. */
  z.object({ type: z.literal('end') }),
]);
export type ListenRequest = z.infer<typeof ListenRequest>;

/** From `/listen`. */
export const ListenEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('speech-start'), at: z.number() }),
  TimeSpan.extend({ type: z.literal('partial'), text: z.string() }),
  TimeSpan.extend({
    type: z.literal('final'),
    text: z.string(),
    language: z.string().optional(),
    words: z.array(TimedWord).optional(),
  }),
  z.object({ type: z.literal('speech-end'), at: z.number() }),
  z.object({ type: z.literal('flushed') }),
  z.object({ type: z.literal('end') }),
  Failure,
]);
export type ListenEvent = z.infer<typeof ListenEvent>;

/** To `/speak`. */
export const SpeakRequest = z.discriminatedUnion('type', [
  /** First of all; answered with `voice`. */
  z.object({ type: z.literal('start'), voice: z.string().optional(), speed: z.number() }),
  z.object({ type: z.literal('text'), text: z.string() }),
  /** Say what has come so far; answered with `flushed`. */
  z.object({ type: z.literal('flush') }),
  /** No more text; answered with `end`. */
  z.object({ type: z.literal('end') }),
]);
export type SpeakRequest = z.infer<typeof SpeakRequest>;

/** From `/speak`. */
export const SpeakEvent = z.discriminatedUnion('type', [
  /** Who speaks: another voice than asked for, where that is not to be had. */
  z.object({ type: z.literal('voice'), voice: z.string() }),
  /** The words of the binary frame that follows. */
  z.object({ type: z.literal('part'), words: z.array(TimedWord) }),
  z.object({ type: z.literal('flushed') }),
  z.object({ type: z.literal('end') }),
  Failure,
]);
export type SpeakEvent = z.infer<typeof SpeakEvent>;
