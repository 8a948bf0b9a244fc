import {
  type CallableVoice,
  type Heard,
  type Hearing,
  type Recogniser,
  SpeechFailure,
} from '../../core/speech/callable-speech.ts';
import { type HeardEvent, type SpeechEndpoint, SpeechError, startListening, startSpeaking } from './speech-client.ts';

/** A busy machine of two cores needs this long for a sentence now and then; there is nobody after it to ask. */
const ANSWER_MS = 6_000;
const FIRST_AUDIO_MS = 6_000;
const NEXT_AUDIO_MS = 6_000;

/** The ears of this machine, for a chain of recognisers. */
export function createLocalRecogniser(endpoint: SpeechEndpoint, language: string): Recogniser {
  return {
    provider: 'local',
    answerMs: ANSWER_MS,
    async listen(signal): Promise<Hearing> {
      const listening = await startListening(endpoint, { language, live: true, signal }).catch(unreachable);
      return {
        send: (samples) => void listening.send(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)),
        flush: () => listening.flush(),
        events: heard(listening.events),
      };
    },
  };
}

async function* heard(events: AsyncIterable<HeardEvent>): AsyncGenerator<Heard> {
  try {
    // The border: the wire's optional fields may be `undefined` by their types, and never are.
    for await (const event of events) yield event as Heard;
  } catch (error) {
    fail(error);
  }
}

/** A voice of this machine, for a chain of voices. */
export function createLocalVoice({
  voice,
  speed,
  ...endpoint
}: SpeechEndpoint & { voice?: string | undefined; speed: number }): CallableVoice {
  return {
    provider: 'local',
    firstAudioMs: FIRST_AUDIO_MS,
    nextAudioMs: NEXT_AUDIO_MS,
    async *speak(input, signal) {
      const speaking = await startSpeaking(endpoint, { voice, speed, signal }).catch(unreachable);
      const sending = (async () => {
        for await (const item of input) {
          if (item.type === 'flush') speaking.flush();
          else speaking.say(item.text);
        }
        speaking.end();
      })();
      sending.catch(() => undefined); // The chain's own input: it never fails.
      try {
        for await (const event of speaking.events) if (event.type === 'part') yield event;
      } catch (error) {
        fail(error);
      }
    },
  };
}

const unreachable = (error: unknown): never => fail(error, 'unreachable');

function fail(error: unknown, otherwise: 'closed' | 'unreachable' = 'closed'): never {
  if (error instanceof SpeechError) {
    const kinds = { 'speech-busy': 'rate-limited', 'no-speech-model': 'unavailable', failed: otherwise } as const;
    throw new SpeechFailure(kinds[error.code], error.code, { cause: error });
  }
  throw error;
}
