import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Face, FaceSpec, VideoQuality } from '../../core/calls/face.ts';
import { startEngineThread } from '../../providers/engine-process/engine-thread.ts';
import { createFaces } from './faces.ts';

const DISC = new URL('../../testing/disc-face.ts', import.meta.url).href;
let folder: string;
let late: number;
let errors: unknown[];
let faces: ReturnType<typeof createFaces>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visavis-faces-'));
  late = 0;
  errors = [];
  faces = createFaces({
    startThread: startEngineThread,
    parts: DISC,
    mostFaces: 100,
    latenessMs: () => late,
    onError: (error) => errors.push(error),
  });
});
afterEach(async () => {
  await faces.close();
  rmSync(folder, { recursive: true });
});

function specOf(asset = 'disc', side = 64): FaceSpec {
  const assetFile = join(folder, asset);
  writeFileSync(assetFile, asset);
  return { assetFile, picture: { width: side, height: side, background: { type: 'own' } }, seed: 1, kilobitsPerSecond: 500 };
}

const open = (spec = specOf(), onQuality: (quality: VideoQuality) => void = () => undefined) =>
  faces.open(spec, { position: () => undefined, onQuality });

/** Asks for pictures as the sound's clock does, until one comes. */
async function nextPicture({ pictures }: Face) {
  for (;;) {
    const picture = pictures.next();
    if (picture) return picture;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** What keeps the process running, and the memory that threads share. */
const held = () => ({
  threads: process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'WORKER').length,
  timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
});

describe('the faces of a worker', () => {
  it('leave nothing behind when they are closed', { timeout: 30_000 }, async () => {
    await nextPicture(open());
    const before = held();
    for (let n = 0; n < 30; n++) {
      const face = open(specOf('disc', 256));
      if (n % 10 === 0) await nextPicture(face);
      face.close();
      face.close();
    }
    expect(faces.count()).toBe(1);
    expect(held()).toEqual(before);
    await faces.close();
    expect(faces.count()).toBe(0);
    expect(held().threads).toBeLessThan(before.threads);
    expect(errors).toEqual([]);
  });

  it('take no new ones when they are closed, or strained', { timeout: 30_000 }, async () => {
    await faces.close();
    expect(() => open()).toThrow(/go on by voice/);
  });

  it('give way while the sound is late, and tell so', { timeout: 40_000 }, async () => {
    const told: string[] = [];
    const face = open(specOf('disc', 128), ({ level, width, reason }) => told.push(`${level} ${width} ${reason}`));
    await nextPicture(face);
    late = 100;
    await expect
      .poll(() => told, { timeout: 20_000, interval: 50 })
      .toEqual(['low-rate 128 cpu', 'small 64 cpu', 'audio-only 64 cpu']);
    expect(() => faces.expectRoom()).toThrow(/as many faces as it can/);
  });

  it('come back when their thread hangs', { timeout: 30_000 }, async () => {
    const told: string[] = [];
    let speaks = true;
    const face = faces.open(specOf('disc hangs-on-speech'), {
      position: () => (speaks ? { utterance: 'r', ms: 0 } : undefined),
      onQuality: ({ level, reason }) => told.push(`${level} ${reason}`),
    });
    const other = open();
    const asking = setInterval(() => face.pictures.next(), 40);
    await expect.poll(() => told, { timeout: 20_000 }).toEqual(['audio-only renderer-lost']);
    speaks = false;
    await expect.poll(() => told.at(-1), { timeout: 20_000 }).toBe('full none');
    clearInterval(asking);
    expect((await nextPicture(other)).width).toBe(64);
  });

  it('show a picture that was not there in time, if it comes within half the time to the next', { timeout: 30_000 }, async () => {
    const face = open();
    await nextPicture(face);
    const lateOne = () => {
      const picture = face.pictures.late?.();
      // Asked for, and due before the thread can have drawn it.
      if (picture === undefined) for (let beat = 0; beat < 3; beat++) face.pictures.next();
      return picture?.width;
    };
    await expect.poll(lateOne, { timeout: 20_000, interval: 10 }).toBe(64);
  });

  it('say what is wrong with an asset that cannot be drawn', { timeout: 30_000 }, async () => {
    const told: string[] = [];
    open(specOf('no face'), ({ level, reason }) => told.push(`${level} ${reason}`));
    await expect.poll(() => told, { timeout: 20_000 }).toEqual(['audio-only renderer-failed']);
    expect(String(errors[0])).toContain('This is no disc');
  });
});
