import type { Worker } from 'node:worker_threads';
import { ASSET_VERSION } from '@visavis/face';
import { AvatarProblemError } from '../../core/avatars/avatar-problem.ts';
import type { FaceBuilder } from '../../core/avatars/face-builder.ts';
import type { BuildingAnswer, BuildingOrder, BuildingTask } from './building-tasks.ts';

export interface FaceBuilderOptions {
  /** Starts the thread of a module, which is named as in the sources; with so much memory for its objects. */
  startThread: (entry: URL, limits: { maxOldGenerationSizeMb: number }) => Worker;
  /** Module of the parts; the product's own, where absent. */
  parts?: string;
  timeoutMs?: number;
  lingerMs?: number;
}

/** A photo takes a second or two; what takes far longer hangs. */
const TIMEOUT_MS = 20_000;
/** The networks are kept for so long in case another picture comes. */
const LINGER_MS = 5_000;
/** Of JavaScript's objects: pictures and networks come on top, about 200 MB. */
const MEMORY_MB = 512;

/** Builds faces in a thread that is started for the first and gone some seconds after the last; one at a time. */
export function createFaceBuilder(options: FaceBuilderOptions): FaceBuilder & { close(): Promise<void> } {
  const { timeoutMs = TIMEOUT_MS, lingerMs = LINGER_MS } = options;
  let thread: Worker | undefined;
  let resting: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  function start(): Worker {
    const started = options.startThread(new URL('./building-thread.ts', import.meta.url), { maxOldGenerationSizeMb: MEMORY_MB });
    thread = started;
    const forget = () => {
      if (thread === started) thread = undefined;
    };
    // Who waits for an answer learns of it; nobody else needs to.
    started.on('error', forget);
    started.on('exit', forget);
    return started;
  }

  async function end(): Promise<void> {
    clearTimeout(resting);
    const ending = thread;
    thread = undefined;
    await ending?.terminate();
  }

  /** One task after the other, whoever asks. */
  function inTurn(task: BuildingTask, signal: AbortSignal): Promise<BuildingAnswer> {
    const mine = last.then(() => run(task, signal));
    last = mine.catch(() => undefined);
    return mine;
  }

  async function run(task: BuildingTask, signal: AbortSignal): Promise<BuildingAnswer> {
    signal.throwIfAborted();
    if (closed) throw new Error('The building of faces has ended');
    clearTimeout(resting);
    try {
      return await answerOf(thread ?? start(), task, signal);
    } catch (error) {
      await end();
      throw error;
    } finally {
      resting = setTimeout(() => void end(), lingerMs).unref();
    }
  }

  async function answerOf(worker: Worker, task: BuildingTask, signal: AbortSignal): Promise<BuildingAnswer> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const stop = AbortSignal.any([signal, timeout]);
    const listening = new AbortController();
    try {
      return await new Promise((resolve, reject) => {
        const lost = (error: unknown) => reject(new Error('The thread that builds faces was lost', { cause: error }));
        worker.once('message', resolve).once('error', lost).once('exit', lost);
        listening.signal.addEventListener('abort', () => {
          worker.off('message', resolve).off('error', lost).off('exit', lost);
        });
        const give = () => reject(signal.aborted ? signal.reason : new AvatarProblemError('took-too-long'));
        stop.addEventListener('abort', give, { once: true, signal: listening.signal });
        worker.postMessage({ task, parts: options.parts } satisfies BuildingOrder);
      });
    } finally {
      listening.abort();
    }
  }

  async function asset(task: BuildingTask, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await inTurn(task, signal);
    if (answer.type === 'asset') return answer.asset;
    throw errorOf(answer);
  }

  return {
    assetVersion: ASSET_VERSION,
    ofPicture: (picture, { takeLargest, signal }) => asset({ type: 'picture', picture, takeLargest }, signal),
    ofCharacter: (name, { signal }) => asset({ type: 'character', name }, signal),
    async pictureOfCharacter(name, { signal }) {
      const answer = await inTurn({ type: 'character-picture', name }, signal);
      if (answer.type === 'picture') return answer.picture;
      throw errorOf(answer);
    },
    async preview(faceAsset, { signal }) {
      const answer = await inTurn({ type: 'preview', asset: faceAsset }, signal);
      if (answer.type === 'previews') return answer.previews;
      throw errorOf(answer);
    },
    async close() {
      closed = true;
      await end();
      await last;
    },
  };
}

function errorOf(answer: BuildingAnswer): Error {
  if (answer.type === 'refused') return new AvatarProblemError(answer.problem);
  return new Error(answer.type === 'failed' ? answer.error : `The thread answered with ${answer.type}`);
}
