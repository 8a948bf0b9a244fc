import { createRequire } from 'node:module';
import { inference, type VAD, type voice } from '@livekit/agents';
import { PromptVoiceActivity } from './prompt-voice-activity.ts';

/** What notices speech and the end of a turn. */
export interface TurnModels {
  vad: VAD;
  /** For one session. */
  createTurnDetector(): TurnDetection;
}

type TurnDetection = NonNullable<NonNullable<voice.AgentSessionOptions['turnHandling']>['turnDetection']>;

/** The end-of-turn model sees so much of the end of what was said, at 16 kHz: 1.2 s. */
const SEEN_SAMPLES = 19_200;

let models: TurnModels | undefined;

/**
 * LiveKit's local voice activity and end-of-turn models, one of each in a process. They are loaded on a thread of libuv's
 * pool: `loaded` resolves when the first conversation need not wait for them any more (about 0.3 s, 140 MB).
 */
export function localTurnModels(): TurnModels & { loaded: Promise<void> } {
  // The package is CommonJS, and native.
  const native = createRequire(import.meta.url)('@livekit/local-inference') as typeof import('@livekit/local-inference');
  const loaded = native.predict(new Int16Array(SEEN_SAMPLES)).then(() => {});
  models ??= {
    vad: new PromptVoiceActivity(),
    createTurnDetector: () => new inference.TurnDetector({ version: 'v1-mini', executor: executorOn(native) }),
  };
  return { ...models, loaded };
}

/** How the framework asks for a prediction. Without an executor every turn would count as over. */
function executorOn(native: typeof import('@livekit/local-inference')) {
  return {
    async doInference(_method: string, data: unknown) {
      const { pcm } = data as { pcm: string };
      const bytes = Buffer.from(pcm, 'base64');
      const samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1);
      const startedAt = performance.now();
      const probability = await native.predict(samples.slice(-SEEN_SAMPLES));
      return { probability, inferenceDurationMs: performance.now() - startedAt };
    },
  };
}
