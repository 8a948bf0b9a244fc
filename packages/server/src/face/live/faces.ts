import type { Worker } from 'node:worker_threads';
import type { Faces } from '../../core/calls/face.ts';
import { AppError } from '../../core/errors.ts';
import { createLiveFace, type LiveFace } from './live-face.ts';
import { createLiveMouth, type LiveMouth } from './live-mouth.ts';
import { climb, GOOD, type Ladder, type Strain, TOP } from './quality-ladder.ts';
import { createRenderThread } from './render-thread.ts';
import type { FromThread } from './thread-messages.ts';

export interface FacesOptions {
  /** Starts a thread with this module, named as it is in the sources. */
  startThread: (entry: URL) => Worker;
  /** Another module of parts, for tests. */
  parts?: string;
  /** So many faces are carried at a time. */
  mostFaces: number;
  /** The 95th percentile of the lateness of the sound's last beats, in ms. */
  latenessMs: (lastSeconds: number) => number;
  onError: (error: unknown) => void;
}

const STEP_MS = 1_000;
/** A connection is made and a renderer runs slowly at first: what is late for this long after a face was opened says nothing. */
const SETTLE_MS = 3_000;
/** A picture that takes so long never comes, in ms: the thread hangs. */
const HANGS_AFTER_MS = 2_000;
/** So many are let in however busy the machine is. */
const ALWAYS_CARRIED = 1;

const OTHER_WAYS =
  'Draw the face in the page (connect with {"face": "client"}), retry in a moment, or go on by voice (PATCH {"session_type": "agent_voice"})';

/** All faces of a worker, drawn by one thread: a second one brings no more pictures (measured, see docs/face.md). */
export function createFaces(options: FacesOptions): Faces {
  const faces = new Map<number, LiveFace>();
  const mouths = new Map<number, LiveMouth>();
  let nextId = 1;
  let ladder: Ladder = TOP;
  let strain: Strain = { latenessMs: 0, skipped: 0 };
  let stepping: NodeJS.Timeout | undefined;
  let closed = false;
  let openedAt = Number.NEGATIVE_INFINITY;

  const thread = createRenderThread({
    start: () => options.startThread(new URL('./face-thread.ts', import.meta.url)),
    parts: options.parts,
    draws: options.mostFaces > 0,
    onMessage(message: FromThread) {
      if (message.type === 'mouth') mouths.get(message.id)?.message(message);
      else if (message.type !== 'ready') faces.get(message.id)?.message(message);
    },
    onLost() {
      for (const face of faces.values()) face.lost();
    },
    onRestarted() {
      for (const one of [...faces.values(), ...mouths.values()]) one.reopen();
    },
    onError: options.onError,
  });

  /** Looks back over the last second: all faces share one machine, so all give way together. */
  const step = () => {
    let asked = 0;
    let skipped = 0;
    for (const face of faces.values()) {
      const counts = face.takeCounts();
      asked += counts.asked;
      skipped += counts.skipped;
    }
    if ([...faces.values()].some((face) => face.waitingMs() > HANGS_AFTER_MS)) thread.kill();
    if (performance.now() - openedAt < SETTLE_MS) return;
    strain = { latenessMs: options.latenessMs(2), skipped: asked === 0 ? 0 : skipped / asked };
    const before = ladder.level;
    ladder = climb(ladder, strain);
    if (ladder.level !== before) for (const face of faces.values()) face.limit(ladder.level);
  };

  const forget = (id: number) => {
    faces.delete(id);
    if (faces.size > 0) return;
    clearInterval(stepping);
    stepping = undefined;
    ladder = TOP;
    strain = { latenessMs: 0, skipped: 0 };
    if (mouths.size === 0) thread.rest();
  };

  const hasRoom = () => {
    const full = faces.size >= options.mostFaces;
    const strained =
      faces.size >= ALWAYS_CARRIED &&
      (ladder.level !== 'full' || strain.latenessMs > GOOD.latenessMs || strain.skipped > GOOD.skipped);
    return !(closed || full || strained);
  };

  const expectRoom = () => {
    if (!hasRoom()) {
      const text = `This server shows as many faces as it can. ${OTHER_WAYS}`;
      throw new AppError('no-capacity', text, { retryAfterSeconds: 5 });
    }
  };

  return {
    open(spec, { position, onQuality }) {
      expectRoom();
      thread.wake();
      stepping ??= setInterval(step, STEP_MS);
      openedAt = performance.now();
      const id = nextId++;
      const face = createLiveFace({
        id,
        spec,
        position,
        onQuality,
        post: thread.post,
        onClosed: () => forget(id),
        onError: options.onError,
      });
      faces.set(id, face);
      face.limit(ladder.level);
      return face;
    },
    openMouth(onFrames) {
      if (closed) throw new AppError('no-capacity');
      thread.wake();
      const id = nextId++;
      const mouth = createLiveMouth({
        id,
        onFrames,
        post: thread.post,
        onClosed() {
          mouths.delete(id);
          if (mouths.size + faces.size === 0) thread.rest();
        },
      });
      mouths.set(id, mouth);
      return mouth;
    },
    expectRoom,
    hasRoom,
    warmUp() {
      if (options.mostFaces > 0 && !closed) thread.wake();
    },
    count: () => faces.size,
    async close() {
      closed = true;
      for (const one of [...faces.values(), ...mouths.values()]) one.close();
      await thread.stop();
    },
  };
}
