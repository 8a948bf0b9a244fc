import type { TransferListItem, Worker } from 'node:worker_threads';
import type { FromThread, ToThread } from './thread-messages.ts';

export interface RenderThreadOptions {
  start: () => Worker;
  /** Module of the parts; undefined: the product's own. */
  parts: string | undefined;
  /** Whether faces are drawn, or mouths made only. */
  draws: boolean;
  onMessage: (message: FromThread) => void;
  /** The thread has ended by itself and another one was started; it holds nothing yet. */
  onRestarted: () => void;
  /** The thread has ended by itself. */
  onLost: () => void;
  onError: (error: unknown) => void;
}

/** The thread that draws the faces of a worker: started when the first is opened, ended some time after the last is closed. */
export interface RenderThread {
  /** Starts the thread where there is none. */
  wake(): void;
  /** Lost where there is no thread: whoever restarts it says everything anew. */
  post(message: ToThread, transfer?: TransferListItem[]): void;
  /** Ends the thread after a while unless `wake` is called. */
  rest(): void;
  /** It hangs: ended, and started anew. */
  kill(): void;
  running(): boolean;
  stop(): Promise<void>;
}

/** The next caller would wait half a second for a thread that is started anew and draws slowly at first. */
const LINGER_MS = 10 * 60_000;
const FIRST_RESTART_MS = 50;
const SLOWEST_RESTART_MS = 5_000;
/** A thread that ran for so long was healthy: its next restart is a fast one again. */
const HEALTHY_AFTER_MS = 20_000;

export function createRenderThread(options: RenderThreadOptions): RenderThread {
  let thread: Worker | undefined;
  let startedAt = 0;
  let restartMs = FIRST_RESTART_MS;
  let restarting: NodeJS.Timeout | undefined;
  let resting: NodeJS.Timeout | undefined;
  let stopped = false;

  /** Whoever is seen already is better served by slow pictures than by none. */
  const start = (warms: boolean) => {
    const mine = options.start();
    thread = mine;
    startedAt = performance.now();
    mine.on('message', (message: FromThread) => thread === mine && options.onMessage(message));
    mine.on('error', options.onError);
    mine.on('exit', () => thread === mine && lost());
    mine.postMessage({ type: 'begin', draws: options.draws, warms, parts: options.parts } satisfies ToThread);
  };

  const lost = () => {
    thread = undefined;
    if (stopped) return;
    options.onLost();
    restartMs = performance.now() - startedAt > HEALTHY_AFTER_MS ? FIRST_RESTART_MS : Math.min(restartMs * 2, SLOWEST_RESTART_MS);
    restarting = setTimeout(() => {
      restarting = undefined;
      start(false);
      options.onRestarted();
    }, restartMs);
  };

  const end = async () => {
    clearTimeout(restarting);
    clearTimeout(resting);
    restarting = undefined;
    resting = undefined;
    const ending = thread;
    thread = undefined;
    await ending?.terminate();
  };

  return {
    wake() {
      clearTimeout(resting);
      resting = undefined;
      if (thread === undefined && restarting === undefined && !stopped) start(true);
    },
    post: (message, transfer) => thread?.postMessage(message, transfer),
    rest() {
      clearTimeout(resting);
      if (thread === undefined && restarting === undefined) return;
      resting = setTimeout(() => void end().catch(options.onError), LINGER_MS);
      resting.unref();
    },
    kill() {
      const hanging = thread;
      if (hanging === undefined) return;
      lost();
      hanging.terminate().catch(options.onError);
    },
    running: () => thread !== undefined,
    async stop() {
      stopped = true;
      await end();
    },
  };
}
