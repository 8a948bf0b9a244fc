import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { startEngineChild } from '../engine-process/engine-child.ts';
import { defaultsOf } from '../models/catalogue.ts';
import { describe } from '../models/model-error.ts';
import type { ModelStore } from '../models/model-store.ts';
import type { QueueLength } from './admission.ts';
import { ProcessMessage, type StartMessage } from './process-messages.ts';

/** How the local model stands; `model` is the one in use or being brought. */
export interface LocalLlmState {
  state: 'absent' | 'downloading' | 'loading' | 'ready' | 'failed';
  model?: string;
  /** 0..1 of what is going on. */
  progress?: number;
  /** Why it failed, and what to do. */
  error?: string;
  /** When asking again makes sense. */
  retryAfterSeconds?: number;
}

/** Where the local model answers: an OpenAI-compatible endpoint on loopback. */
export interface LocalLlmEndpoint {
  /** Ends before `/chat/completions`. */
  baseUrl: string;
  apiKey: string;
  model: string;
  contextTokens: number;
}

/** The language model that runs on this machine, in a process of its own. */
export interface LocalLlm {
  state(): LocalLlmState;
  /** Where it answers, while it is ready. The same address and key after a restart, unless the port was taken meanwhile. */
  endpoint(): LocalLlmEndpoint | undefined;
  /**
   * Brings the model, loads it, keeps it running. Resolves when it is ready or has failed for the first time; never rejects, and need not be awaited.
   * Aborting `signal` is the same as `stop`.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Ends everything within 2 s. */
  stop(): Promise<void>;
  queue(): QueueLength;
  /** Calls `listener` at every change of the state; returns the way to stop it. */
  subscribe(listener: (state: LocalLlmState) => void): () => void;
}

export interface LocalLlmOptions {
  modelStore: ModelStore;
  /** A model of the catalogue; by default the first of the defaults that can be had. */
  modelName: string | undefined;
  logger: Logger;
  /** CPU threads of the model; by default half of the cores, at most 4. */
  threads?: number;
  /** Requests that run at the same time (2), and that wait (8). */
  limits?: QueueLength;
  /** Waiting time before the n-th new start in a row, in ms (1, 2, 4 .. 30 s). */
  backoffMs?: (failures: number) => number;
}

const DEFAULT_CONTEXT_TOKENS = 4096;
/** After running this long, a crash counts as the first. */
const HEALTHY_MS = 60_000;
const LOADING_RETRY_SECONDS = 5;

/** Creates the local model; nothing runs before `start`. */
export function createLocalLlm(options: LocalLlmOptions): LocalLlm {
  const { modelStore, logger } = options;
  const limits = options.limits ?? { running: 2, waiting: 8 };
  const backoffMs = options.backoffMs ?? ((failures) => Math.min(1000 * 2 ** (failures - 1), 30_000));
  const apiKey = randomBytes(32).toString('base64url');
  const stopping = new AbortController();
  const listeners = new Set<(state: LocalLlmState) => void>();
  let current: LocalLlmState = { state: 'absent' };
  let endpoint: LocalLlmEndpoint | undefined;
  let queue: QueueLength = { running: 0, waiting: 0 };
  let port = 0;
  let running: Promise<void> | undefined;

  function enter(next: LocalLlmState): void {
    current = next;
    for (const listener of listeners) listener(next);
  }

  /** The named model, or the defaults in their order. */
  function candidates(): string[] {
    const { modelName } = options;
    const defaults = defaultsOf(modelStore.catalogue, 'llm').map((entry) => entry.name);
    return modelName === undefined ? defaults : [modelName];
  }

  /** Brings one model and runs it until its process ends. Returns why it ended, and for how long it was ready. */
  async function runModel(name: string, signal: AbortSignal): Promise<{ reason: string; readyMs: number }> {
    const modelPath = await bring(name, signal);
    enter({ state: 'loading', model: name, progress: 0, retryAfterSeconds: LOADING_RETRY_SECONDS });
    let readyAt: number | undefined;
    const contextTokens = modelStore.catalogue.find((entry) => entry.name === name)?.contextTokens ?? DEFAULT_CONTEXT_TOKENS;
    const child = startEngineChild<StartMessage, ProcessMessage>(
      new URL('./model-process.ts', import.meta.url),
      {
        type: 'start',
        modelPath,
        model: name,
        apiKey,
        port,
        contextTokens,
        parallel: limits.running,
        waiting: limits.waiting,
        ...(options.threads === undefined ? {} : { threads: options.threads }),
      },
      (raw) => ProcessMessage.parse(raw),
      (message) => {
        if (message.type === 'loading') enter({ ...current, progress: message.progress });
        if (message.type === 'queue') queue = { running: message.running, waiting: message.waiting };
        if (message.type === 'ready') {
          readyAt = performance.now();
          port = message.port;
          endpoint = { baseUrl: `http://127.0.0.1:${port}/v1`, apiKey, model: name, contextTokens: message.contextTokens };
          logger.info({ model: name, pid: child.pid }, 'Local language model ready');
          enter({ state: 'ready', model: name, progress: 1 });
        }
      },
    );
    const stop = () => void child.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const { reason } = await child.exited;
    signal.removeEventListener('abort', stop);
    endpoint = undefined;
    queue = { running: 0, waiting: 0 };
    return { reason, readyMs: readyAt === undefined ? 0 : performance.now() - readyAt };
  }

  async function bring(name: string, signal: AbortSignal): Promise<string> {
    const unsubscribe = modelStore.subscribe((status) => {
      if (status.name !== name || !['queued', 'downloading', 'verifying'].includes(status.state)) return;
      const seconds = Math.min(Math.max(status.seconds_left ?? 30, LOADING_RETRY_SECONDS), 300);
      enter({ state: 'downloading', model: name, progress: status.progress, retryAfterSeconds: seconds });
    });
    try {
      return await modelStore.ensure(name, { signal });
    } finally {
      unsubscribe();
    }
  }

  /** Tries the candidates in order until one was ready; returns why the last run ended, or why none could be had. */
  async function runFirstAvailable(signal: AbortSignal): Promise<{ reason: string; readyMs: number }> {
    const problems: string[] = [];
    for (const name of candidates()) {
      try {
        const { reason, readyMs } = await runModel(name, signal);
        if (signal.aborted || readyMs > 0) return { reason, readyMs };
        problems.push(`${name}: ${reason}`);
      } catch (error) {
        signal.throwIfAborted();
        problems.push(describe(error));
      }
      logger.warn(
        { model: name, problem: problems.at(-1) },
        'Local language model cannot be used; trying the next of the catalogue',
      );
    }
    return { reason: problems.join(' ') || 'The catalogue has no default language model', readyMs: 0 };
  }

  async function supervise(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      const { reason, readyMs } = await runFirstAvailable(signal);
      if (signal.aborted) return;
      if (readyMs > HEALTHY_MS) failures = 1;
      const waitMs = backoffMs(failures);
      const model = current.model === undefined ? {} : { model: current.model };
      logger.error({ ...model, reason, waitMs }, 'Local language model ended; it will be started again');
      const retryAfterSeconds = Math.max(Math.ceil(waitMs / 1000), LOADING_RETRY_SECONDS);
      if (readyMs > 0) enter({ state: 'loading', ...model, progress: 0, retryAfterSeconds });
      else enter({ state: 'failed', ...model, error: reason, retryAfterSeconds });
      await pause(waitMs, undefined, { signal });
    }
  }

  /** Resolves when the state is `ready` or `failed`, or the model was stopped. */
  function settled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const check = (state: LocalLlmState) => {
        if (state.state !== 'ready' && state.state !== 'failed' && !signal.aborted) return;
        listeners.delete(check);
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = () => check(current);
      listeners.add(check);
      signal.addEventListener('abort', aborted, { once: true });
      check(current);
    });
  }

  return {
    state: () => current,
    endpoint: () => endpoint,
    queue: () => queue,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start(signal) {
      const both = AbortSignal.any([signal, stopping.signal]);
      running ??= supervise(both).catch((error: unknown) => {
        if (!both.aborted) logger.error({ err: error }, 'Local language model gave up');
      });
      await settled(both);
    },
    async stop() {
      stopping.abort(new Error('The local model was stopped'));
      await running;
      endpoint = undefined;
      enter({ state: 'absent' });
    },
  };
}
