import type { Logger } from 'pino';
import { AppError } from './core/errors.ts';
import type { ResolveSpeech } from './core/sessions/live-sessions.ts';
import type { SpeechService } from './core/speech/speech.ts';
import { speechWithoutEngine } from './core/speech/speech-without-engine.ts';
import { voicesWithoutEngine } from './core/voices/built-in-voices.ts';
import type { Voice, VoiceCatalogue } from './core/voices/voice.ts';
import { createLocalSpeech, type LocalSpeech } from './providers/local-speech/local-speech.ts';
import { describeEngine, LOCAL_VOICES, listLocalVoices } from './providers/local-speech/local-voices.ts';
import { createSpeechService } from './providers/local-speech/speech-service.ts';
import { wantedSpeechModels } from './providers/local-speech/wanted-models.ts';
import type { ModelStore } from './providers/models/model-store.ts';

/** The server's own ears and voices. */
export interface Speech {
  service: SpeechService;
  voices: VoiceCatalogue;
  /** Names what speaks with a voice; another name makes its preview anew. */
  engineOf(voice: Voice): string;
  /** Who listens and speaks in the calls with an agent. */
  resolve: ResolveSpeech;
  /** Names of the models that are in use or being brought. */
  models(): readonly string[];
  start(signal: AbortSignal): void;
  stop(): Promise<void>;
}

export function createSpeech(options: {
  config: { stt: string | undefined; tts: string | undefined };
  store: ModelStore;
  log: Logger;
}): Speech {
  const { config, store, log } = options;
  if (config.stt === 'none' && config.tts === 'none') return SILENT;
  const local: LocalSpeech = createLocalSpeech({
    modelStore: store,
    models: wantedSpeechModels(store.catalogue, config),
    recogniser: config.stt,
    defaultVoice: config.tts,
    logger: log,
  });
  const service = createSpeechService(local);
  return {
    service,
    voices: { list: async () => listLocalVoices(local.state().voices) },
    engineOf: ({ id }) => describeEngine(LOCAL_VOICES.find((voice) => voice.id === id)),
    async resolve(_user, _agent, voiceId) {
      service.requireListening();
      const endpoint = local.endpoint();
      if (!endpoint) throw new AppError('speech-model-loading', undefined, { retryAfterSeconds: 1 });
      return {
        ears: [{ kind: 'local', ...endpoint }],
        voices: [{ kind: 'local', ...endpoint, speed: 1, ...(voiceId !== null && { voice: voiceId }) }],
        warnings: [],
      };
    },
    models: () => local.modelsInUse(),
    start: (signal) => void local.start(signal),
    stop: () => local.stop(),
  };
}

const SILENT: Speech = {
  service: speechWithoutEngine,
  voices: voicesWithoutEngine,
  engineOf: () => 'none',
  resolve: async () => speechWithoutEngine.requireListening() as never,
  models: () => [],
  start: () => undefined,
  stop: async () => undefined,
};
