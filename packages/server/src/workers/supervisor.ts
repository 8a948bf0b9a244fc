import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import { createBatchedSender } from './batched-sender.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';
import { hasRoomForFace, type PlaceWish } from './placements.ts';

/** One running worker process. */
export interface Worker {
  readonly id: number;
  send(message: ToWorker): void;
  /** Sends a message and a socket, which is this process's no more; closed where that fails. In order with the other messages. */
  hand(message: Extract<ToWorker, { type: 'drive' }>, socket: Socket): void;
  /** How many sessions it holds, as the placement counts them. */
  sessions: number;
  /** How many faces it draws, as the placement counts them, and may draw. */
  faces: number;
  readonly mostFaces: number;
  ready: boolean;
  /** As it told last. `faceRoom`: it could carry one more face. */
  load: { calls: number; latenessMs: number; faceRoom: boolean };
}

export interface SupervisorEvents {
  message(worker: Worker, message: FromWorker): void;
  /** The worker's process is gone, whatever the reason. */
  lost(worker: Worker): void;
}

/** A connection of the operating system, as Node has it inside of a `Socket`. */
interface Handle {
  readStop(): void;
  /** Safe to call twice. */
  close(): void;
}

/** Keeps the workers running. */
export interface Supervisor {
  /** See `pickWorker`. */
  pick(wish: PlaceWish): Worker | undefined;
  /** Resolves as soon as a worker is ready, and without one when its start takes too long or all are stopped. */
  anyReady(): Promise<void>;
  readyCount(): number;
  /** Faces that workers draw in calls. */
  facesShown(): number;
  /** Process ids, for tests and diagnosis. */
  processIds(): number[];
  /** Stops all workers; they are gone within 2 s. */
  stop(): Promise<void>;
}

const SOURCE = import.meta.url.endsWith('.ts');
const ENTRY = new URL(SOURCE ? './worker-main.ts' : './worker-main.js', import.meta.url);
const NODE_ARGUMENTS = SOURCE
  ? ['--import', 'tsx', '--conditions=source']
  : ['--enable-source-maps', '--require', fileURLToPath(new URL('./helpers-stand-back.cjs', import.meta.url))];
const FIRST_RESTART_MS = 100;
const SLOWEST_RESTART_MS = 10_000;
/** A worker that ran for so long was healthy: its next restart is a fast one again. */
const HEALTHY_AFTER_MS = 30_000;
const STOP_WITHIN_MS = 2_000;
/** Whoever needs a worker while none is there waits for its start so long, in ms. */
const READY_WITHIN_MS = 10_000;
/** A worker whose sound is later than this takes no more calls, in ms: the ones it has come first. */
const MOST_LATENESS_MS = 25;
/** So many calls are carried however busy the machine is: it is not they who make it late, and refusing them makes nobody punctual. */
const ALWAYS_CARRIED = 4;

/**
 * The ready worker with the fewest sessions; for a call only one whose sound is punctual. For a face the one with the fewest faces, those that are full
 * last: whether it really is, a worker knows itself.
 */
export function pickWorker(workers: Iterable<Worker>, { forCall, withFace, except }: PlaceWish): Worker | undefined {
  const rank = (worker: Worker) =>
    withFace ? [hasRoomForFace(worker) ? 0 : 1, worker.faces, worker.sessions] : [worker.sessions];
  let best: Worker | undefined;
  for (const worker of workers) {
    if (!worker.ready || except.has(worker)) continue;
    if (forCall && worker.load.calls >= ALWAYS_CARRIED && worker.load.latenessMs > MOST_LATENESS_MS) continue;
    if (!best || isBefore(rank(worker), rank(best))) best = worker;
  }
  return best;
}

function isBefore(one: number[], other: number[]): boolean {
  const differs = one.findIndex((value, n) => value !== other[n]);
  return differs >= 0 && (one[differs] ?? 0) < (other[differs] ?? 0);
}

/** So many of all faces are those of the worker at this place, from 0. */
export function shareOfFaces(mostFaces: number, workers: number, place: number): number {
  return Math.floor(mostFaces / workers) + (place < mostFaces % workers ? 1 : 0);
}

export function createSupervisor(options: {
  workers: number;
  /** `mostFaces`: of all workers together. */
  settings: WorkerSettings;
  events: SupervisorEvents;
  log: FastifyBaseLogger;
}): Supervisor {
  const { events, log, settings } = options;
  const running = new Map<Worker, ChildProcess>();
  const restarts = new Set<NodeJS.Timeout>();
  const waiting = new Set<() => void>();
  let nextId = 1;
  let nextHandId = 1;
  let stopping = false;

  const start = (place: number, restartMs: number): void => {
    const startedAt = Date.now();
    const child = fork(ENTRY, { execArgv: NODE_ARGUMENTS });
    const send = createBatchedSender<ToWorker>((batch) => {
      // A worker that is just dying: `lost` follows.
      if (child.connected) child.send(batch, () => undefined);
    });
    const handing = new Map<number, Handle>();
    const hand = (message: Extract<ToWorker, { type: 'drive' }>, socket: Socket) => {
      send.flush();
      if (!child.connected) return void socket.destroy();
      const inside = socket as { server?: unknown; _handle?: Handle | null };
      const handle = inside._handle;
      if (!handle) return void socket.destroy();
      const handId = nextHandId++;
      // Node goes on reading until the worker confirms: what the client says to the worker meanwhile would be lost here.
      handle.readStop();
      const early = socket.read() as Buffer | null;
      const head = early ? Buffer.concat([Buffer.from(message.head, 'base64'), early]).toString('base64') : message.head;
      // Otherwise the server that accepted it would count it for ever, and never be closed, should the worker be killed.
      inside.server = undefined;
      handing.set(handId, handle);
      // What is left of it here afterwards is closed: the connection is the worker's.
      child.send([{ ...message, handId, head }], socket, () => void socket.destroy());
    };
    const mostFaces = shareOfFaces(settings.mostFaces ?? 0, options.workers, place);
    const worker: Worker = {
      id: nextId++,
      send,
      hand,
      sessions: 0,
      faces: 0,
      mostFaces,
      ready: false,
      load: { calls: 0, latenessMs: 0, faceRoom: true },
    };
    running.set(worker, child);
    child.on('message', (batch) => {
      for (const message of batch as unknown as FromWorker[]) {
        if (message.type === 'taken') handing.delete(message.handId);
        if (message.type === 'ready') {
          worker.ready = true;
          for (const go of waiting) go();
        }
        if (message.type === 'load') worker.load = message;
        events.message(worker, message);
      }
    });
    child.on('error', (error) => log.error({ err: error, worker: worker.id }, 'worker failed'));
    child.on('exit', (code, signal) => {
      running.delete(worker);
      // Node keeps what a killed process has not confirmed: its client would wait for ever.
      for (const handle of handing.values()) handle.close();
      worker.ready = false;
      events.lost(worker);
      if (stopping) return;
      const wait = Date.now() - startedAt > HEALTHY_AFTER_MS ? FIRST_RESTART_MS : restartMs;
      log.warn({ worker: worker.id, code, signal, restartMs: wait }, 'worker lost; starting another');
      const timer = setTimeout(() => {
        restarts.delete(timer);
        start(place, Math.min(wait * 2, SLOWEST_RESTART_MS));
      }, wait);
      restarts.add(timer);
    });
    worker.send({ type: 'configure', settings: { ...settings, mostFaces } });
  };

  for (let n = 0; n < options.workers; n++) start(n, FIRST_RESTART_MS);
  const readyCount = () => [...running.keys()].filter(({ ready }) => ready).length;

  return {
    pick: (wish) => pickWorker(running.keys(), wish),
    async anyReady() {
      if (stopping || readyCount() > 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => go(), READY_WITHIN_MS);
        const go = () => {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        };
        waiting.add(go);
      });
    },
    facesShown: () => [...running.keys()].reduce((sum, { faces }) => sum + faces, 0),
    readyCount,
    processIds: () => [...running.values()].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    async stop() {
      stopping = true;
      for (const go of waiting) go();
      for (const timer of restarts) clearTimeout(timer);
      await Promise.all(
        [...running].map(
          ([worker, child]) =>
            new Promise<void>((resolve) => {
              const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
              child.once('exit', () => {
                clearTimeout(kill);
                resolve();
              });
              worker.send({ type: 'stop' });
            }),
        ),
      );
    },
  };
}
