import { setMaxListeners } from 'node:events';
import pino from 'pino';
import type { SpokenPart, TimedWord } from '../core/speech/speech.ts';
import { createLocalSpeech, type LocalSpeech, type LocalSpeechOptions } from '../providers/local-speech/local-speech.ts';
import { type HeardEvent, type SpeechEndpoint, startListening, startSpeaking } from '../providers/local-speech/speech-client.ts';
import { ensureSpeechModels } from './test-model.ts';

// The local speech with its real models, for tests: what is said to it and what it hears.

const never = new AbortController().signal;
setMaxListeners(0, never);

/** Where a speech that runs answers. */
export function endpointOf(speech: LocalSpeech): SpeechEndpoint {
  const endpoint = speech.endpoint();
  if (!endpoint) throw new Error('The speech process does not answer');
  return endpoint;
}

/** A local speech with the default models, not started yet. */
export async function createRealSpeech(options: Partial<LocalSpeechOptions> = {}): Promise<LocalSpeech> {
  const { store, reason } = await ensureSpeechModels();
  if (!store) throw new Error(reason);
  return createLocalSpeech({ modelStore: store, models: [], logger: pino({ level: 'silent' }), ...options });
}

export interface Said {
  voice: string;
  /** Mono, 24 kHz. */
  samples: Int16Array;
  words: TimedWord[];
  parts: SpokenPart[];
}

/** Has a voice say a text. */
export async function say(
  endpoint: SpeechEndpoint,
  text: string,
  { voice = 'local/samuel', speed = 1, signal = never } = {},
): Promise<Said> {
  const speaking = await startSpeaking(endpoint, { voice, speed, signal });
  speaking.say(text);
  speaking.end();
  const parts: SpokenPart[] = [];
  for await (const event of speaking.events) if ('samples' in event) parts.push(event);
  const samples = joined(parts.map((part) => part.samples));
  return { voice: speaking.voice, samples, words: parts.flatMap((part) => part.words), parts };
}

/** Everything that is heard in 16 kHz audio. */
export async function hear(
  endpoint: SpeechEndpoint,
  samples: Int16Array,
  { live = false, language = undefined as string | undefined, signal = never } = {},
): Promise<HeardEvent[]> {
  const listening = await startListening(endpoint, { language, live, signal });
  const sending = listening
    .send(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength))
    .then(() => listening.end());
  const events: HeardEvent[] = [];
  for await (const event of listening.events) events.push(event);
  await sending;
  return events;
}

/** What was said, as far as it is final. */
export const textOf = (events: readonly HeardEvent[]): string =>
  events.flatMap((event) => (event.type === 'final' ? [event.text] : [])).join(' ');

/** The words of a text without punctuation. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

/** Words put in, left out or changed (Levenshtein) on the way from what was said to what was heard. */
export function wordErrors(said: string, heard: string): number {
  const [from, to] = [wordsOf(said), wordsOf(heard)];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [i, word] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      next.push(Math.min((row[j] ?? 0) + (word === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

export function joined(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

export const silence = (seconds: number, rate: number): Int16Array => new Int16Array(Math.round(seconds * rate));

/** Good enough for speech that is to be recognised: straight lines between the samples. */
export function atRate(samples: Int16Array, from: number, to: number): Int16Array {
  return Int16Array.from({ length: Math.floor((samples.length * to) / from) }, (_, at) => {
    const place = (at * from) / to;
    const index = Math.floor(place);
    const left = samples[index] ?? 0;
    return Math.round(left + ((samples[index + 1] ?? left) - left) * (place - index));
  });
}
