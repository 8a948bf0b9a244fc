import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { startEngineChild } from '../engine-process/engine-child.ts';
import { describe } from '../models/model-error.ts';
import type { ModelStore } from '../models/model-store.ts';
import { installedEars, missingForEars } from './local-ears.ts';
import { installedVoices } from './local-voices.ts';
import { FromSpeechProcess, type InstalledSpeech, type ToSpeechProcess } from './process-messages.ts';
import type { SpeechEndpoint } from './speech-client.ts';

/** How the local speech stands. */
export interface LocalSpeechState {
  /** Recognition: `absent` where its models are not wanted, `failed` where they cannot be had. */
  listening: 'absent' | 'downloading' | 'loading' | 'ready' | 'failed';
  /** Why listening failed, and what to do. */
  error?: string;
  /** Models without which nothing can be recognised, and which are not here. */
  missing: readonly string[];
  /** Ids of the voices that can be heard now; the first is the default. */
  voices: readonly string[];
}

/** The ears and voices of this machine, in a process of their own. */
export interface LocalSpeech {
  state(): LocalSpeechState;
  /** Where the process answers, while it runs. */
  endpoint(): SpeechEndpoint | undefined;
  /** Names of the models that are in use or being brought. */
  modelsInUse(): readonly string[];
  /** Starts the process, which speaks at once with its basic voices, and brings the models. Resolves when it answers for the first time. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends everything within 2 s. */
  stop(): Promise<void>;
}

export interface LocalSpeechOptions {
  modelStore: ModelStore;
  /** The models to bring, in this order; what else is in the models folder is used as well. */
  models: readonly string[];
  /** The recognition model that goes before the others. */
  recogniser?: string | undefined;
  /** The name of the voice that speaks where none is asked for, as in `clara`; by default the first that is there. */
  defaultVoice?: string | undefined;
  logger: Logger;
  /** Waiting time before the n-th new start in a row, in ms (1, 2, 4 .. 30 s). */
  backoffMs?: (failures: number) => number;
}

/** After running this long, a crash counts as the first. */
const HEALTHY_MS = 60_000;
/** How long a model that could not be had is left alone, in ms. */
const FETCH_AGAIN_MS = 60_000;

/** Creates the local speech; nothing runs before `start`. */
export function createLocalSpeech(options: LocalSpeechOptions): LocalSpeech {
  const { modelStore, logger } = options;
  const backoffMs = options.backoffMs ?? ((failures) => Math.min(1000 * 2 ** (failures - 1), 30_000));
  const apiKey = randomBytes(32).toString('base64url');
  const stopping = new AbortController();
  let port = 0;
  let endpoint: SpeechEndpoint | undefined;
  let inUse: InstalledSpeech = { voices: [] };
  let fetchProblem: string | undefined;
  let loadProblem: string | undefined;
  let running: Promise<void> | undefined;
  /** Has the process load what the models folder has now. */
  let refresh = () => {};

  const isReady = (model: string) => modelStore.find(model).state === 'ready';

  /** What the models folder has now. */
  function available(): InstalledSpeech {
    const ears = installedEars(modelStore.folderOf, isReady, modelStore.catalogue, options.recogniser);
    const first = `local/${options.defaultVoice}`;
    const voices = installedVoices(modelStore.folderOf, isReady).sort((a, b) => Number(b.id === first) - Number(a.id === first));
    return { voices, ...(ears && { ears }) };
  }

  /** Runs one process until it ends; returns why, and for how long it answered. */
  async function runProcess(signal: AbortSignal, onListening: () => void): Promise<{ reason: string; readyMs: number }> {
    let readyAt: number | undefined;
    let version = 0;
    let installing: { version: number; speech: InstalledSpeech } | undefined;
    const child = startEngineChild<ToSpeechProcess, FromSpeechProcess>(
      new URL('./speech-process.ts', import.meta.url),
      { type: 'start', apiKey, port },
      (raw) => FromSpeechProcess.parse(raw),
      (message) => {
        if (message.type === 'listening') {
          readyAt = performance.now();
          port = message.port;
          install();
        }
        if (message.type === 'installed' && installing?.version === message.version) {
          const { speech } = installing;
          installing = undefined;
          loadProblem = message.problem;
          inUse = message.speech;
          if (loadProblem !== undefined) logger.error({ problem: loadProblem }, 'Speech models cannot be loaded');
          endpoint ??= { url: `ws://127.0.0.1:${port}`, apiKey };
          onListening();
          if (JSON.stringify(available()) !== JSON.stringify(speech)) install();
        }
      },
    );
    function install(): void {
      if (installing || readyAt === undefined) return;
      version += 1;
      installing = { version, speech: available() };
      child.send({ type: 'install', ...installing });
    }
    refresh = install;
    const stop = () => void child.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const { reason } = await child.exited;
    signal.removeEventListener('abort', stop);
    refresh = () => {};
    endpoint = undefined;
    inUse = { voices: [] };
    return { reason, readyMs: readyAt === undefined ? 0 : performance.now() - readyAt };
  }

  async function supervise(signal: AbortSignal, onListening: () => void): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const { reason, readyMs } = await runProcess(signal, onListening);
      if (signal.aborted) return;
      if (readyMs > HEALTHY_MS) failures = 1;
      const waitMs = backoffMs(failures);
      logger.error({ reason, waitMs }, 'The speech process ended; it will be started again');
      await pause(waitMs, undefined, { signal });
    }
  }

  /** Brings the wanted models, in their order; those that cannot be had are tried again later. */
  async function bringModels(signal: AbortSignal): Promise<void> {
    for (let missing = [...options.models]; missing.length > 0; await pause(FETCH_AGAIN_MS, undefined, { signal })) {
      const results = await Promise.allSettled(missing.map((model) => modelStore.ensure(model, { signal })));
      signal.throwIfAborted();
      const problems: string[] = [];
      missing = missing.filter((model, index) => {
        const result = results[index];
        if (result?.status !== 'rejected') return false;
        problems.push(describe(result.reason));
        logger.warn({ model, problem: describe(result.reason) }, 'Speech model cannot be had');
        return true;
      });
      fetchProblem = problems.join(' ') || undefined;
      if (missing.length === 0) return;
    }
  }

  function listening(): LocalSpeechState['listening'] {
    if (inUse.ears) return 'ready';
    const missing = missingForEars(isReady);
    if (missing.length === 0) return loadProblem === undefined ? 'loading' : 'failed';
    if (!missing.every((model) => options.models.includes(model))) return 'absent';
    return missing.some((model) => modelStore.find(model).state === 'failed') ? 'failed' : 'downloading';
  }

  return {
    state() {
      const error = loadProblem ?? fetchProblem;
      return {
        listening: listening(),
        missing: missingForEars(isReady),
        voices: inUse.voices.map((voice) => voice.id),
        ...(error !== undefined && { error }),
      };
    },
    endpoint: () => endpoint,
    modelsInUse: () => options.models,
    async start(signal) {
      const both = AbortSignal.any([signal, stopping.signal]);
      const unsubscribe = modelStore.subscribe((status) => {
        if (status.state === 'ready' || status.state === 'absent') refresh();
      });
      await new Promise<void>((resolve) => {
        const gaveUp = (error: unknown) => {
          if (!both.aborted) logger.error({ err: error }, 'Local speech gave up');
        };
        running ??= Promise.all([supervise(both, resolve).catch(gaveUp), bringModels(both).catch(gaveUp)]).then(() => {
          unsubscribe();
          resolve();
        });
        both.addEventListener('abort', () => resolve(), { once: true });
      });
    },
    async stop() {
      stopping.abort(new Error('The local speech was stopped'));
      await running;
    },
  };
}
