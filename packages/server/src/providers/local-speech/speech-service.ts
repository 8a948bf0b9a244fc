import { AppError } from '../../core/errors.ts';
import type { SpeechService, SpokenPart, TranscriptSegment } from '../../core/speech/speech.ts';
import type { LocalSpeech } from './local-speech.ts';
import { SPEAKING_RATE, type SpeechEndpoint, SpeechError, startListening, startSpeaking } from './speech-client.ts';

const LOADING_RETRY_SECONDS = 10;
const BUSY_RETRY_SECONDS = 3;

/** The speech process as the service that requests outside a session use. */
export function createSpeechService(speech: LocalSpeech): SpeechService {
  return {
    requireListening: () => requireEars(speech),

    async speak({ text, voice, speed }, signal) {
      const stop = new AbortController();
      const speaking = await startSpeaking(requireEndpoint(speech), {
        voice,
        speed,
        signal: AbortSignal.any([signal, stop.signal]),
      }).catch(explain);
      speaking.say(text);
      speaking.end();
      const parts = onlyParts(speaking.events, () => stop.abort());
      const first = await parts.next().catch(explain);
      return { sampleRate: SPEAKING_RATE, voice: speaking.voice, parts: withFirst(first, parts) };
    },

    async transcribe(audio, { language, signal, onSegment }) {
      requireEars(speech);
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      try {
        const listening = await startListening(requireEndpoint(speech), { language, live: false, signal: both });
        let bytes = 0;
        const sending = (async () => {
          for await (const piece of audio) {
            bytes += piece.length;
            await listening.send(piece);
          }
          listening.end();
        })();
        sending.catch(() => stop.abort()); // The audio could not be read: `sending` tells below.
        const segments: TranscriptSegment[] = [];
        let spokenLanguage = language;
        try {
          for await (const event of listening.events) {
            if (event.type !== 'final') continue;
            const { text, start, end, words } = event;
            spokenLanguage = event.language ?? spokenLanguage;
            const segment = { text, start, end, ...(words && { words: words as TranscriptSegment['words'] & object }) };
            segments.push(segment);
            onSegment?.(segment);
          }
        } catch (error) {
          await Promise.race([sending, Promise.reject(error)]);
        }
        await sending;
        return {
          text: segments.map((segment) => segment.text).join(' '),
          language: spokenLanguage ?? 'en',
          durationSeconds: bytes / 32_000,
          segments,
        };
      } catch (error) {
        return explain(error);
      } finally {
        stop.abort();
      }
    },
  };
}

async function* onlyParts(
  events: AsyncIterable<({ type: 'part' } & SpokenPart) | { type: string }>,
  close: () => void,
): AsyncGenerator<SpokenPart> {
  try {
    for await (const event of events) if ('samples' in event) yield { samples: event.samples, words: event.words };
  } catch (error) {
    explain(error);
  } finally {
    close();
  }
}

async function* withFirst(first: IteratorResult<SpokenPart>, rest: AsyncGenerator<SpokenPart>): AsyncGenerator<SpokenPart> {
  try {
    if (first.done) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function requireEndpoint(speech: LocalSpeech): SpeechEndpoint {
  const endpoint = speech.endpoint();
  if (endpoint) return endpoint;
  throw new AppError('speech-model-loading', 'The speech engine is starting', { retryAfterSeconds: BUSY_RETRY_SECONDS });
}

function requireEars(speech: LocalSpeech): void {
  const { listening, error, missing } = speech.state();
  if (listening === 'ready') return;
  if (listening === 'downloading' || listening === 'loading')
    throw new AppError('speech-model-loading', undefined, { retryAfterSeconds: LOADING_RETRY_SECONDS });
  const commands = missing.map((model) => `"npm run models -- pull ${model}"`).join(' and ');
  const wayOut = missing.length > 0 ? `Fetch it with ${commands}, or have an administrator pull it.` : 'Restart the server.';
  throw new AppError('no-speech-model', `No speech recognition model can be used. ${error ? `${error}. ` : ''}${wayOut}`);
}

function explain(error: unknown): never {
  if (error instanceof SpeechError && error.code === 'speech-busy')
    throw new AppError('speech-busy', undefined, { retryAfterSeconds: BUSY_RETRY_SECONDS, cause: error });
  if (error instanceof SpeechError && error.code === 'no-speech-model')
    throw new AppError('no-speech-model', error.message, { cause: error });
  throw error;
}
