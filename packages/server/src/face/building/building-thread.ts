import { setPriority } from 'node:os';
import { parentPort, type Transferable } from 'node:worker_threads';
import type { BuildingParts } from './building-parts.ts';
import type { BuildingAnswer, BuildingOrder } from './building-tasks.ts';
import { type FaceFinder, loadFaceFinder } from './find-faces.ts';
import { judgePhoto } from './judge-photo.ts';
import { readPicture } from './read-picture.ts';

/** Conversations come first; but on a machine that is fully busy a face must still be done within its time. */
const NICENESS = 4;

const port = parentPort;
if (port === null) throw new Error('This module is the entry of a thread');
let finder: Promise<FaceFinder> | undefined;

async function answer({ task, parts: module }: BuildingOrder): Promise<BuildingAnswer> {
  const { parts } = (await import(module ?? './building-parts.ts')) as { parts: BuildingParts };
  switch (task.type) {
    case 'picture': {
      finder ??= loadFaceFinder();
      const { picture, faces } = await readPicture(task.picture, await finder);
      const { face, problem } = judgePhoto(picture, faces, task);
      if (problem !== undefined) return { type: 'refused', problem };
      return { type: 'asset', asset: await parts.ofPhoto({ ...picture, landmarks: face.points }) };
    }
    case 'character':
      return { type: 'asset', asset: parts.ofCharacter(task.name) };
    case 'character-picture':
      return { type: 'picture', picture: await parts.pictureOfCharacter(task.name) };
    case 'preview':
      return { type: 'previews', previews: await parts.preview(task.asset) };
  }
}

standBack();
port.on('message', (order: BuildingOrder) => {
  answer(order)
    .catch((error: unknown): BuildingAnswer => {
      return { type: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    })
    .then((given) => port.postMessage(given, transferOf(given)))
    .catch(() => process.exit(1));
});

function largeOf(given: BuildingAnswer): Uint8Array[] {
  if (given.type === 'asset') return [given.asset];
  if (given.type === 'picture') return [given.picture];
  return given.type === 'previews' ? Object.values(given.previews) : [];
}

/** What is large need not be copied. */
function transferOf(given: BuildingAnswer): Transferable[] {
  const large = largeOf(given);
  return large.flatMap(({ buffer, byteLength }: Uint8Array) => {
    // A part of a larger memory (Node's pool of buffers) is not its own.
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
  });
}

/** On Linux a thread has a priority of its own; elsewhere this would be the whole process. */
function standBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, NICENESS);
  } catch {
    // Not allowed everywhere; the thread then competes as any other.
  }
}
