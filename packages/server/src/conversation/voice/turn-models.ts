import { createRequire } from 'node:module';
import { inference, type VAD, type voice } from '@livekit/agents';
import { silenceFramework } from '../silent-framework.ts';
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

let loading: Promise<TurnModels> | undefined;

/**
 * LiveKit's local voice activity and end-of-turn models, one of each in a process; the larger one is loaded on a thread of
 * libuv's pool (together about 0.3 s, 140 MB). To be called when a process starts, so that no conversation waits for them.
 */
export function loadTurnModels(): Promise<TurnModels> {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<TurnModels> {
  silenceFramework();
  // The package is CommonJS, and native.
  const native = createRequire(import.meta.url)('@livekit/local-inference') as typeof import('@livekit/local-inference');
  await native.predict(new Int16Array(SEEN_SAMPLES));
  return {
    vad: new PromptVoiceActivity(),
    createTurnDetector: () => new inference.TurnDetector({ version: 'v1-mini', executor: executorOn(native) }),
  };
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
