import { z } from 'zod';
import { type CallableVoice, SpeechFailure, VOICE_RATE } from '../../core/speech/callable-speech.ts';
import { createClauseVoice, type VendorPiece } from './clause-voice.ts';
import { createPcmReader } from './pcm.ts';
import { openVendorSocket } from './vendor-socket.ts';
import type { Mark } from './word-times.ts';

export interface ElevenLabsOptions {
  /** As in `https://api.elevenlabs.io`; a `/v1` at its end is understood. */
  baseUrl: string;
  apiKey: string;
  voice: string;
  model: string;
  /** 1 is the voice's own pace; the vendor takes 0.7..1.2. */
  speed: number;
  /** As in `en` or `en-GB`. */
  language: string;
  privateNetwork: boolean;
}

const FIRST_AUDIO_MS = 2_500;
const NEXT_AUDIO_MS = 2_500;
const SLOWEST = 0.7;
const FASTEST = 1.2;
/** The models that take a `language_code`: the others refuse it. */
const TAKES_LANGUAGE = /_(turbo|flash)_v2_5$/;
/** Seconds without text until the vendor hangs up; a language model with a slow tool needs its time. */
const INACTIVITY_SECONDS = 180;

const Alignment = z.object({
  chars: z.array(z.string()),
  charStartTimesMs: z.array(z.number()),
  charDurationsMs: z.array(z.number()).optional(),
  charsDurationsMs: z.array(z.number()).optional(),
});
const Message = z.object({
  audio: z.string().nullish(),
  isFinal: z.boolean().nullish(),
  alignment: Alignment.nullish(),
  error: z.unknown().optional(),
  code: z.unknown().optional(),
});

/**
 * An ElevenLabs voice over the `stream-input` WebSocket (https://elevenlabs.io/docs/api-reference/websocket), one connection a reply.
 * Not LiveKit's plugin 1.9: a connection that hangs is never given up, and all later replies wait for it (`plugin-faults.test.ts`).
 */
export function createElevenLabsVoice(options: ElevenLabsOptions): CallableVoice {
  return createClauseVoice({
    provider: 'elevenlabs',
    firstAudioMs: FIRST_AUDIO_MS,
    nextAudioMs: NEXT_AUDIO_MS,
    language: options.language,
    tellsTimes: true,
    say: (texts, signal) => say(options, texts, signal),
  });
}

async function* say(
  { baseUrl, apiKey, voice, model, speed, language, privateNetwork }: ElevenLabsOptions,
  texts: AsyncIterable<string>,
  signal: AbortSignal,
): AsyncGenerator<VendorPiece> {
  const url = new URL(`${baseUrl.replace(/\/v1$/, '')}/v1/text-to-speech/${encodeURIComponent(voice)}/stream-input`);
  url.searchParams.set('model_id', model);
  url.searchParams.set('output_format', `pcm_${VOICE_RATE}`);
  // Clauses come whole: nothing is gained by waiting for more.
  url.searchParams.set('auto_mode', 'true');
  url.searchParams.set('sync_alignment', 'true');
  url.searchParams.set('inactivity_timeout', String(INACTIVITY_SECONDS));
  const code = language.split('-')[0];
  if (TAKES_LANGUAGE.test(model) && code) url.searchParams.set('language_code', code);
  const socket = await openVendorSocket({ url, headers: { 'xi-api-key': apiKey }, privateNetwork, signal });
  const settings = speed === 1 ? {} : { voice_settings: { speed: Math.min(Math.max(speed, SLOWEST), FASTEST) } };
  socket.send({ text: ' ', ...settings });
  const sending = (async () => {
    for await (const text of texts) socket.send({ text, flush: true });
    socket.send({ text: '' });
  })();
  sending.catch(() => undefined);

  const samplesOf = createPcmReader();
  const place = createAlignmentPlace();
  let samples = 0;
  try {
    for await (const raw of socket.messages) {
      const message = Message.safeParse(raw);
      if (!message.success) throw new SpeechFailure('bad-answer', 'The answer is none of ElevenLabs’');
      const { audio, alignment, isFinal, error, code: status } = message.data;
      if (error !== undefined && error !== null) throw failureOf(error, status);
      const piece = audio ? samplesOf(Buffer.from(audio, 'base64')) : new Int16Array(0);
      const marks = alignment ? place(marksOf(alignment), samples / VOICE_RATE) : [];
      samples += piece.length;
      if (piece.length > 0 || marks.length > 0) yield { samples: piece, marks };
      if (isFinal) return;
    }
  } finally {
    socket.close();
  }
}

function marksOf({ chars, charStartTimesMs, charDurationsMs, charsDurationsMs }: z.infer<typeof Alignment>): Mark[] {
  const durations = charDurationsMs ?? charsDurationsMs ?? [];
  return chars.map((text, index) => {
    const start = (charStartTimesMs[index] ?? 0) / 1000;
    return { text, start, end: start + (durations[index] ?? 0) / 1000 };
  });
}

/** A start so much before the last end can only be counted from somewhere else. */
const JUMP_BACK_SECONDS = 0.1;

/**
 * The vendor's documentation counts times from the chunk they come with; its newer servers count from the start of the whole. Both are understood:
 * times that go on after those before are counted from the start.
 */
function createAlignmentPlace(): (marks: Mark[], chunkSeconds: number) => Mark[] {
  let lastEnd = 0;
  let fromStart = true;
  return (marks, chunkSeconds) => {
    const [first] = marks;
    if (first && first.start < lastEnd - JUMP_BACK_SECONDS) fromStart = false;
    lastEnd = marks.at(-1)?.end ?? lastEnd;
    const offset = fromStart ? 0 : chunkSeconds;
    return marks.map(({ text, start, end }) => ({ text, start: start + offset, end: end + offset }));
  };
}

/** Its texts name keys and quote what was to be said, so only their kind is kept. */
function failureOf(error: unknown, status: unknown): SpeechFailure {
  const text = String(error);
  if (/api_key|unauthori[sz]ed|permission/i.test(text)) return new SpeechFailure('unauthorized', 'ElevenLabs refuses the key');
  if (/quota|limit|busy|concurren/i.test(text)) return new SpeechFailure('rate-limited', 'ElevenLabs refuses more');
  if (status === 1011 || /internal/i.test(text)) return new SpeechFailure('server-error', 'ElevenLabs reports an error');
  return new SpeechFailure('rejected', 'ElevenLabs refuses the request');
}
