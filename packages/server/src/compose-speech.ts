import type { Logger } from 'pino';
import { AppError } from './core/errors.ts';
import type { LocalSpeechAccess, LocalSpeechAddress } from './core/speech/local-speech-access.ts';
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
  /** For conversations. */
  access: LocalSpeechAccess;
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
  const voices = async () => listLocalVoices(local.state().voices);
  return {
    service,
    voices: { list: voices },
    engineOf: ({ id }) => describeEngine(LOCAL_VOICES.find((voice) => voice.id === id)),
    access: {
      listening: () => refusalOf(service.requireListening) ?? addressOf(local),
      speaking: () => (config.tts === 'none' ? new AppError('no-speech-model', 'The local voices are off') : addressOf(local)),
      voices,
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
  access: {
    listening: () => refusalOf(speechWithoutEngine.requireListening) as AppError,
    speaking: () => refusalOf(speechWithoutEngine.requireListening) as AppError,
    voices: voicesWithoutEngine.list,
  },
  models: () => [],
  start: () => undefined,
  stop: async () => undefined,
};

/** The process needs a moment after its start, and after a crash. */
const STARTING_RETRY_SECONDS = 1;

function addressOf(local: LocalSpeech): LocalSpeechAddress | AppError {
  return local.endpoint() ?? new AppError('speech-model-loading', undefined, { retryAfterSeconds: STARTING_RETRY_SECONDS });
}

/** What a check refuses with. */
function refusalOf(check: () => void): AppError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
