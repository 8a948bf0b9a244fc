import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CAST, characterAsset, writeAsset } from '@visavis/face';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaceSpec } from '../../core/calls/face.ts';
import type { Picture } from '../../core/calls/transport.ts';
import { startEngineThread } from '../../providers/engine-process/engine-thread.ts';
import { drawPerson } from '../../testing/drawn-person.ts';
import { buildPortrait } from '../building/build-portrait.ts';
import { createFaces } from './faces.ts';

const SIDE = 128;
/** Y, U and V of pure red and pure blue (BT.601, limited range). */
const RED = [82, 90, 240];
const BLUE = [41, 240, 110];

let folder: string;
let errors: unknown[];
let faces: ReturnType<typeof createFaces>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visavis-background-'));
  errors = [];
  faces = createFaces({
    startThread: startEngineThread,
    mostFaces: 9,
    latenessMs: () => 0,
    onError: (error) => errors.push(error),
  });
});
afterEach(async () => {
  await faces.close();
  rmSync(folder, { recursive: true });
});

/** The first picture of a face of this asset. */
async function seen(asset: Uint8Array, backgroundFile?: string): Promise<Picture> {
  const assetFile = join(folder, 'k.face');
  writeFileSync(assetFile, asset);
  const spec: FaceSpec = {
    assetFile,
    picture: { width: SIDE, height: SIDE, background: { type: 'own' } },
    seed: 1,
    kilobitsPerSecond: 500,
    ...(backgroundFile !== undefined && { backgroundFile }),
  };
  const face = faces.open(spec, { position: () => undefined, onQuality: () => undefined });
  for (;;) {
    const picture = face.pictures.next();
    if (picture) {
      face.close();
      return { ...picture, data: picture.data.slice() };
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Y, U and V at a place, both from 0 to 1. */
function tone({ data }: Picture, x: number, y: number): number[] {
  const [column, row] = [Math.floor(x * SIDE), Math.floor(y * SIDE)];
  const colour = (row >> 1) * (SIDE / 2) + (column >> 1);
  return [row * SIDE + column, SIDE * SIDE + colour, 1.25 * SIDE * SIDE + colour].map((at) => data[at] ?? 0);
}

const isAbout = (wanted: number[], found: number[]) => wanted.every((value, n) => Math.abs(value - (found[n] ?? 0)) <= 6);

describe('a picture behind the head', () => {
  it('covers what stands behind characters and photos, and nothing of the head', { timeout: 60_000 }, async () => {
    // Twice as wide as the face's picture: a quarter on each side is not seen.
    const file = join(folder, 'behind.webp');
    const half = { create: { width: 256, height: 256, channels: 3, background: '#00f' } } as const;
    await sharp({ create: { width: 512, height: 256, channels: 3, background: '#f00' } })
      .composite([{ input: await sharp(half).png().toBuffer(), left: 256, top: 0 }])
      .webp({ lossless: true })
      .toFile(file);
    const [drawing] = CAST;
    if (!drawing) throw new Error('There is no character');
    for (const asset of [writeAsset(characterAsset(drawing)), buildPortrait(await drawPerson())]) {
      const [picture, own] = [await seen(asset, file), await seen(asset)];
      expect([isAbout(RED, tone(picture, 0.04, 0.04)), isAbout(BLUE, tone(picture, 0.96, 0.04))]).toEqual([true, true]);
      expect([isAbout(RED, tone(own, 0.04, 0.04)), isAbout(tone(own, 0.5, 0.5), tone(picture, 0.5, 0.5))]).toEqual([false, true]);
    }
    expect(errors).toEqual([]);
  });

  it('that is gone leaves what the face has itself', { timeout: 30_000 }, async () => {
    const [drawing] = CAST;
    if (!drawing) throw new Error('There is no character');
    const asset = writeAsset(characterAsset(drawing));
    expect((await seen(asset, join(folder, 'gone.webp'))).data).toEqual((await seen(asset)).data);
    expect(errors).toEqual([]);
  });
});
