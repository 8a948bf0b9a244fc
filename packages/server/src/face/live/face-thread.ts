import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { withBackground } from './background-picture.ts';
import type { CreateLivingFace, LivingFace } from './face-parts.ts';
import { type FrameMemory, frameMemoryOf, OUTCOME, slotOf } from './frame-memory.ts';
import { createFramedMouth, type FramedMouth } from './mouth-frames.ts';
import { absoluteMs, type FaceOrder, type FromThread, type SpeechNews, type ToThread } from './thread-messages.ts';

/** A face of this thread; `living` once its asset is read. */
interface HeldFace {
  frames: FrameMemory;
  living: LivingFace | undefined;
  /** What came while the asset was read. */
  early: SpeechNews[];
}

const port = parentPort;
if (port === null) throw new Error('This module is the entry of a thread');
const faces = new Map<number, HeldFace>();
/** Of faces that clients draw. */
const mouths = new Map<number, FramedMouth>();
let createLivingFace: Promise<CreateLivingFace> | undefined;

const tell = (message: FromThread) => port.postMessage(message);

async function begin({ parts, warms }: ToThread & { type: 'begin' }): Promise<CreateLivingFace> {
  const module = (await import(parts ?? './living-face.ts')) as { createLivingFace: CreateLivingFace; warmUp?: () => void };
  if (warms) module.warmUp?.();
  return module.createLivingFace;
}

async function open({ id, assetFile, picture: wanted, backgroundFile, seed, frames }: FaceOrder): Promise<void> {
  const face: HeldFace = { frames: frameMemoryOf(frames, wanted.width, wanted.height), living: undefined, early: [] };
  faces.set(id, face);
  try {
    const [create, asset, picture] = await Promise.all([
      createLivingFace,
      readFile(assetFile),
      withBackground(wanted, backgroundFile),
    ]);
    if (create === undefined) throw new Error('The thread was not begun');
    if (faces.get(id) !== face) return;
    face.living = create(new Uint8Array(asset), { picture, seed });
    for (const news of face.early.splice(0)) face.living.hear(news);
    tell({ type: 'opened', id });
  } catch (error) {
    fail(id, face, error);
  }
}

function draw(face: HeldFace, { number, dueMs, moment }: ToThread & { type: 'draw' }): void {
  const from = performance.now();
  const done = (outcome: number) => face.frames.write({ number, outcome, tookUs: (performance.now() - from) * 1_000 });
  const slot = face.frames.slots[slotOf(number)];
  // Too late, or too early: whoever asked has no use for it.
  if (face.living === undefined || slot === undefined || absoluteMs() > dueMs) {
    done(OUTCOME.skipped);
    return;
  }
  try {
    face.living.draw(moment, slot);
    done(OUTCOME.drawn);
  } catch (error) {
    done(OUTCOME.failed);
    throw error;
  }
}

function close(id: number): void {
  faces.delete(id);
  mouths.get(id)?.close();
  mouths.delete(id);
}

function fail(id: number, face: HeldFace, error: unknown): void {
  if (faces.get(id) !== face) return;
  faces.delete(id);
  tell({ type: 'failed', id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

port.on('message', (message: ToThread) => {
  if (message.type === 'begin') {
    if (!message.draws) return tell({ type: 'ready' });
    createLivingFace = begin(message);
    // Faces that are opened tell of it.
    createLivingFace.then(() => tell({ type: 'ready' })).catch(() => undefined);
    return;
  }
  if (message.type === 'open') {
    void open(message);
    return;
  }
  if (message.type === 'open-mouth') {
    mouths.set(
      message.id,
      createFramedMouth((piece) => tell({ type: 'mouth', id: message.id, piece })),
    );
    return;
  }
  if (message.type === 'close') return close(message.id);
  if (message.type !== 'draw') mouths.get(message.id)?.hear(message);
  const face = faces.get(message.id);
  if (face === undefined) return;
  try {
    if (message.type === 'draw') draw(face, message);
    else if (face.living) face.living.hear(message);
    else face.early.push(message);
  } catch (error) {
    fail(message.id, face, error);
  }
});
