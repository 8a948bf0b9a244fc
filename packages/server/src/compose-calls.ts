import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { createEars, createTextVoice, createVoice } from './compose-speech-engines.ts';
import { createStartDrivenConversation } from './conversation/driven/start-driven-conversation.ts';
import { createStartVoiceConversation } from './conversation/voice/start-voice-conversation.ts';
import { loadTurnModels } from './conversation/voice/turn-models.ts';
import { createFaces } from './face/live/faces.ts';
import { startEngineThread } from './providers/engine-process/engine-thread.ts';
import type { LanguageModelConnections } from './providers/openai-compatible/connections.ts';
import { createLanguageModel } from './providers/openai-compatible/language-model.ts';
import { readAhead } from './providers/openai-compatible/read-ahead.ts';
import { type EncoderProcess, startEncoderProcess } from './recordings/encoder-process.ts';
import { createStartRecorder } from './recordings/session-recorder.ts';
import { createAudioClock } from './transport/audio-clock.ts';
import { createWebRtcTransports } from './transport/webrtc.ts';
import type { CallDeps } from './workers/call.ts';
import type { WorkerSettings } from './workers/messages.ts';

/** What a worker carries calls with. */
export interface Calls {
  deps: CallDeps;
  /** The 95th percentile of the lateness of the last seconds' frames, in ms. */
  latenessMs(): number;
  /** Whether one more face could be carried. */
  hasFaceRoom(): boolean;
  /** Loads what is native and large, so that the first caller does not wait for it (about half a second, 150 MB). */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** Fewer beats tell nothing yet: 3 s. */
const FEWEST_TICKS = 150;

/** Puts together conversations, transports and recordings for the calls of one worker. */
export function composeCalls({
  settings,
  connections,
  log,
}: {
  settings: WorkerSettings;
  connections: LanguageModelConnections;
  log: Logger;
}): Calls {
  const onError = (error: unknown) => log.error({ err: error }, 'call failed');
  const clock = createAudioClock(onError);
  let encoders: EncoderProcess | undefined;
  const faces = createFaces({
    startThread: startEngineThread,
    mostFaces: settings.mostFaces ?? 0,
    latenessMs: (lastSeconds) => clock.latenessMs(lastSeconds).p95,
    onError: (error) => log.error({ err: error }, 'face failed'),
  });

  const startRecorder = (name: string) => {
    const root = settings.recordings;
    if (root === undefined) throw new Error('The server has no folder for recordings');
    encoders ??= startEncoderProcess();
    const start = createStartRecorder({
      encoders,
      onProblem: (file, problem) => log.error({ file, problem }, 'recording broke off'),
    });
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    return start(file);
  };

  return {
    deps: {
      startConversation: createStartVoiceConversation({
        createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
        createEars: (endpoints, options) => createEars(endpoints, { ...options, connections }),
        createVoice: (endpoints, options) => createVoice(endpoints, { ...options, connections }),
        readAhead: (spec, signal) => readAhead(spec.models[0], spec, { connections, signal }),
        report: (sessionId, failure) => log.warn({ sessionId, ...failure }, 'provider failed'),
      }),
      startDriven: createStartDrivenConversation({
        createVoice: (endpoints, options) => createTextVoice(endpoints, { ...options, connections }),
        onError,
      }),
      createTransport: createWebRtcTransports({ clock, ...settings.transport, onError }),
      startRecorder,
      faces,
      onError,
    },
    latenessMs() {
      const { ticks, p95 } = clock.latenessMs(5);
      return ticks < FEWEST_TICKS ? 0 : p95;
    },
    hasFaceRoom: () => faces.hasRoom(),
    async warmUp() {
      faces.warmUp();
      await loadTurnModels();
    },
    async close() {
      await Promise.all([encoders?.stop(), faces.close()]);
    },
  };
}
