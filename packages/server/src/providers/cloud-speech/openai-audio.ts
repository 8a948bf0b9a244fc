import { AudioFrame, AudioResampler } from '@livekit/rtc-node';
import { z } from 'zod';
import {
  type CallableVoice,
  HEARING_RATE,
  type Recogniser,
  SpeechFailure,
  VOICE_RATE,
} from '../../core/speech/callable-speech.ts';
import { wavHeader } from '../../core/speech/wav.ts';
import { createClauseVoice, type VendorPiece } from './clause-voice.ts';
import { createPcmReader } from './pcm.ts';
import { failureOfConnection, failureOfStatus } from './vendor-failure.ts';
import { createWholeUtterances } from './whole-utterances.ts';

/** Sends one request to an endpoint; which addresses it may lead to is decided there. Throws where no answer comes. */
export type PostAudio = (
  path: string,
  request: { body: Uint8Array | string; contentType: string; signal: AbortSignal },
) => Promise<{ status: number; contentType: string; body: AsyncIterable<Uint8Array> }>;

export interface OpenAiAudioOptions {
  /** Name of the provider, as users see it. */
  provider: string;
  model: string;
  /** As in `en` or `en-GB`. */
  language: string;
  post: PostAudio;
}

/** A whole recording is recognised in one go. */
const ANSWER_MS = 3_000;
/** The first byte of a clause. */
const FIRST_AUDIO_MS = 3_000;
const NEXT_AUDIO_MS = 2_500;
const MOST_TRANSCRIPT_BYTES = 256 * 1024;

const Transcript = z.object({ text: z.string() });

/** `POST /audio/transcriptions`, an utterance at a time (https://platform.openai.com/docs/api-reference/audio/createTranscription). */
export function createOpenAiRecogniser({ provider, model, language, post }: OpenAiAudioOptions): Recogniser {
  return createWholeUtterances({
    provider,
    answerMs: ANSWER_MS,
    async recognise(samples, signal) {
      const form = new FormData();
      const wav = new Blob([wavHeader(HEARING_RATE, samples.byteLength) as never, samples as never], { type: 'audio/wav' });
      form.set('file', wav, 'speech.wav');
      form.set('model', model);
      form.set('language', language.split('-')[0] ?? language);
      form.set('response_format', 'json');
      // The runtime's own encoder: it alone knows the boundary.
      const encoded = new Response(form);
      const contentType = encoded.headers.get('content-type') ?? '';
      const answer = await send(post, '/audio/transcriptions', {
        body: new Uint8Array(await encoded.arrayBuffer()),
        contentType,
        signal,
      });
      return readTranscript(answer);
    },
  });
}

/**
 * `POST /audio/speech`, a clause at a time, given out as it comes (https://platform.openai.com/docs/api-reference/audio/createSpeech); times of words
 * are estimated. The next clause is asked for while one is coming. Not LiveKit's plugin 1.9: it gives nothing out before a clause is whole
 * (`plugin-faults.test.ts`).
 */
export function createOpenAiVoice(options: OpenAiAudioOptions & { voice: string; speed: number }): CallableVoice {
  return createClauseVoice({
    provider: options.provider,
    firstAudioMs: FIRST_AUDIO_MS,
    nextAudioMs: NEXT_AUDIO_MS,
    language: options.language,
    tellsTimes: false,
    say: (texts, signal) => say(options, texts, signal),
  });
}

type Answer = Awaited<ReturnType<PostAudio>>;

async function* say(
  { post, model, voice, speed }: OpenAiAudioOptions & { voice: string; speed: number },
  texts: AsyncIterable<string>,
  signal: AbortSignal,
): AsyncGenerator<VendorPiece> {
  const ask = (text: string): Promise<Answer> => {
    const body = JSON.stringify({ model, voice, input: text.trim(), response_format: 'pcm', ...(speed !== 1 && { speed }) });
    return send(post, '/audio/speech', { body, contentType: 'application/json', signal });
  };
  const waiting = texts[Symbol.asyncIterator]();
  const askNext = async (): Promise<Answer | undefined> => {
    const next = await waiting.next();
    return next.done ? undefined : ask(next.value);
  };
  let coming = askNext();
  for (;;) {
    const answer = await coming;
    if (!answer) return;
    coming = askNext();
    coming.catch(() => undefined); // Awaited above, in its turn.
    yield* audioOf(answer);
    yield { samples: new Int16Array(0), textEnds: true };
  }
}

/** The audio of an answer: raw, as asked for, or a WAV file of any rate, which some of OpenAI's likes send all the same. */
async function* audioOf({ body, contentType }: Answer): AsyncGenerator<VendorPiece> {
  if (/json|text|html/.test(contentType)) throw new SpeechFailure('bad-answer', 'The answer is no audio');
  const samplesOf = createPcmReader();
  let rate = Number(/rate=(\d+)/.exec(contentType)?.[1] ?? VOICE_RATE);
  let head: Uint8Array | undefined = new Uint8Array(0);
  let resampler: AudioResampler | undefined;
  let any = false;
  const toRate = (samples: Int16Array): Int16Array => {
    if (rate === VOICE_RATE || samples.length === 0) return samples;
    resampler ??= new AudioResampler(rate, VOICE_RATE, 1);
    return joined(resampler.push(new AudioFrame(samples, rate, 1, samples.length)));
  };
  try {
    for await (const chunk of body) {
      let bytes = chunk;
      if (head) {
        head = Buffer.concat([head, chunk]);
        const sound = startOfSound(head);
        if (sound === 'more') continue;
        if (sound.rate !== undefined) rate = sound.rate;
        bytes = head.subarray(sound.at);
        head = undefined;
      }
      const samples = toRate(samplesOf(bytes));
      any ||= samples.length > 0;
      yield { samples };
    }
    if (resampler) yield { samples: joined(resampler.flush()) };
  } catch (error) {
    throw error instanceof SpeechFailure ? error : new SpeechFailure('closed', 'The audio broke off', { cause: error });
  } finally {
    resampler?.close();
  }
  if (!any) throw new SpeechFailure('bad-answer', 'The answer is empty');
}

const LONGEST_HEADER = 4096;

/** Where the samples begin, and their rate where a WAV header tells it (RIFF: http://soundfile.sapp.org/doc/WaveFormat/). */
function startOfSound(head: Uint8Array): { at: number; rate?: number } | 'more' {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 4) return 'more';
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') return { at: 0 };
  const data = bytes.indexOf('data', 12, 'latin1');
  if (data < 0 || bytes.length < data + 8) {
    if (bytes.length > LONGEST_HEADER) throw new SpeechFailure('bad-answer', 'The audio has no beginning');
    return 'more';
  }
  const [channels, bits] = [bytes.readUInt16LE(22), bytes.readUInt16LE(34)];
  const rate = bytes.readUInt32LE(24);
  if (channels !== 1 || bits !== 16 || rate < 8_000 || rate > 192_000)
    throw new SpeechFailure('bad-answer', 'The audio is not mono with 16 bits');
  return { at: data + 8, rate };
}

function joined(frames: readonly AudioFrame[]): Int16Array {
  const samples = new Int16Array(frames.reduce((sum, frame) => sum + frame.data.length, 0));
  let at = 0;
  for (const { data } of frames) {
    samples.set(data, at);
    at += data.length;
  }
  return samples;
}

async function send(post: PostAudio, path: string, request: Parameters<PostAudio>[1]): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await post(path, request);
  } catch (error) {
    request.signal.throwIfAborted();
    throw failureOfConnection(error);
  }
  if (answer.status >= 200 && answer.status < 300) return answer;
  await answer.body[Symbol.asyncIterator]().return?.(undefined);
  throw failureOfStatus(answer.status);
}

async function readTranscript({ body }: Answer): Promise<z.infer<typeof Transcript>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MOST_TRANSCRIPT_BYTES) throw new SpeechFailure('bad-answer', 'The transcript has no end');
      chunks.push(chunk);
    }
    return Transcript.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (error) {
    if (error instanceof SpeechFailure) throw error;
    const broken = !(error instanceof SyntaxError || error instanceof z.ZodError);
    throw new SpeechFailure(
      broken ? 'closed' : 'bad-answer',
      'The transcript cannot be read',
      broken ? { cause: error } : undefined,
    );
  }
}
