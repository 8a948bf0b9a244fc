import { AsyncIterableQueue } from '@livekit/agents';
import { z } from 'zod';
import { HEARING_RATE, type Heard, type Hearing, type Recogniser, SpeechFailure } from '../../core/speech/callable-speech.ts';
import { openVendorSocket } from './vendor-socket.ts';

export interface DeepgramOptions {
  /** As in `https://api.deepgram.com`. */
  baseUrl: string;
  apiKey: string;
  model: string;
  /** As in `en` or `en-GB`. */
  language: string;
  privateNetwork: boolean;
}

const ANSWER_MS = 2_000;
/** Without audio or a word of us it hangs up after 10 s (https://developers.deepgram.com/docs/audio-keep-alive). */
const KEEP_ALIVE_MS = 4_000;
/**
 * A `Finalize` is answered only if "a noticeable amount of audio" is left (https://developers.deepgram.com/docs/finalize). So where all
 * but so much has been recognised already, a short silence is an answer as well.
 */
const LEFT_OVER_SECONDS = 0.8;
const LEFT_OVER_WAIT_MS = 350;

const Word = z.object({
  word: z.string(),
  punctuated_word: z.string().optional(),
  start: z.number(),
  end: z.number(),
});
const Message = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Results'),
    start: z.number(),
    duration: z.number(),
    is_final: z.boolean().optional(),
    speech_final: z.boolean().optional(),
    from_finalize: z.boolean().optional(),
    channel: z.object({
      alternatives: z.array(z.object({ transcript: z.string(), words: z.array(Word).default([]) })).min(1),
    }),
  }),
  z.object({ type: z.literal('SpeechStarted') }),
  z.object({ type: z.literal('UtteranceEnd') }),
  z.object({ type: z.literal('Metadata') }),
  z.object({ type: z.literal('Error') }),
  z.object({ type: z.literal('Warning') }),
]);
type Results = Extract<z.infer<typeof Message>, { type: 'Results' }>;

/**
 * Deepgram's live recognition (https://developers.deepgram.com/reference/speech-to-text/listen-streaming).
 * Not LiveKit's plugin 1.9: it never notices a socket that dropped (`plugin-faults.test.ts`) and does not say when a flush is answered.
 */
export function createDeepgramRecogniser(options: DeepgramOptions): Recogniser {
  return { provider: 'deepgram', answerMs: ANSWER_MS, listen: (signal) => listen(options, signal) };
}

async function listen(
  { baseUrl, apiKey, model, language, privateNetwork }: DeepgramOptions,
  signal: AbortSignal,
): Promise<Hearing> {
  const url = new URL(`${baseUrl}/v1/listen`);
  const parameters = {
    model,
    language,
    encoding: 'linear16',
    sample_rate: HEARING_RATE,
    channels: 1,
    interim_results: true,
    punctuate: true,
    smart_format: true,
    no_delay: true,
    vad_events: true,
    endpointing: 25,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
  const socket = await openVendorSocket({ url, headers: { authorization: `Token ${apiKey}` }, privateNetwork, signal });

  const events = new AsyncIterableQueue<Heard>();
  let failure: unknown;
  let speaking = false;
  /** In seconds of the call's audio. */
  let sentSeconds = 0;
  let finalSeconds = 0;
  /** Where each flush that has no answer was sent. */
  const flushes: number[] = [];
  let leftOver: NodeJS.Timeout | undefined;
  const keepAlive = setInterval(() => socket.send({ type: 'KeepAlive' }), KEEP_ALIVE_MS);

  const put = (heard: Heard) => {
    if (!events.closed) events.put(heard);
  };
  const speak = (next: boolean) => {
    if (speaking !== next) put({ type: next ? 'speech-start' : 'speech-end' });
    speaking = next;
  };
  const answer = () => {
    clearTimeout(leftOver);
    leftOver = undefined;
    if (flushes.shift() === undefined) return;
    speaking = false;
    put({ type: 'flushed' });
    waitForLeftOver();
  };
  function waitForLeftOver(): void {
    const at = flushes[0];
    if (at === undefined || leftOver !== undefined || at - finalSeconds > LEFT_OVER_SECONDS) return;
    leftOver = setTimeout(answer, LEFT_OVER_WAIT_MS);
  }

  function hear(results: Results): void {
    const { transcript, words } = results.channel.alternatives[0] as Results['channel']['alternatives'][number];
    const end = results.start + results.duration;
    if (transcript !== '') {
      speak(true);
      if (!results.is_final) put({ type: 'partial', text: transcript, start: words[0]?.start ?? results.start, end });
      else {
        const timed = words.map((word) => ({ text: word.punctuated_word ?? word.word, start: word.start, end: word.end }));
        put({ type: 'final', text: transcript, start: words[0]?.start ?? results.start, end, language, words: timed });
      }
    }
    if (results.is_final) finalSeconds = Math.max(finalSeconds, end);
    if (results.speech_final) speak(false);
    if (results.from_finalize) answer();
    else waitForLeftOver();
  }

  async function read(): Promise<void> {
    try {
      for await (const raw of socket.messages) {
        const message = Message.safeParse(raw);
        // New kinds of messages may come any day; one without a type is none of Deepgram's.
        if (!message.success && isOfUnknownType(raw)) continue;
        if (!message.success) throw new SpeechFailure('bad-answer', 'The answer is none of Deepgram’s');
        if (message.data.type === 'Error') throw new SpeechFailure('server-error', 'Deepgram reports an error');
        if (message.data.type === 'SpeechStarted') speak(true);
        else if (message.data.type === 'UtteranceEnd') speak(false);
        else if (message.data.type === 'Results') hear(message.data);
      }
    } catch (error) {
      failure = error;
    } finally {
      clearInterval(keepAlive);
      clearTimeout(leftOver);
      socket.close();
      events.close();
    }
  }
  void read();

  return {
    send(samples) {
      sentSeconds += samples.length / HEARING_RATE;
      socket.send(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    },
    flush() {
      flushes.push(sentSeconds);
      socket.send({ type: 'Finalize' });
      waitForLeftOver();
    },
    events: (async function* () {
      yield* events;
      if (failure !== undefined) throw failure;
    })(),
  };
}

const KNOWN = new Set<unknown>(Message.options.map((option) => option.shape.type.value));

function isOfUnknownType(raw: unknown): boolean {
  const type = typeof raw === 'object' && raw !== null && 'type' in raw ? raw.type : undefined;
  return typeof type === 'string' && !KNOWN.has(type);
}
