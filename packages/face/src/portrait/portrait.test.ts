import { describe, expect, it } from 'vitest';
import { readAsset, writeAsset } from '../asset/asset-file.ts';
import { createFaceRenderer } from '../create-face-renderer.ts';
import { type Pose, REST } from '../pose.ts';
import type { Background, FaceRenderer } from '../renderer.ts';
import { buildRig, deform, motionOf } from './deform.ts';
import { measureFace } from './face-measures.ts';
import { frameFace } from './framing.ts';
import { LOWER_INNER_LIP, UPPER_INNER_LIP } from './landmark-groups.ts';
import { portraitFromAsset, portraitToAsset } from './portrait-asset.ts';
import { doubleArea } from './portrait-mesh.ts';
import { drawnPortrait } from './testing/drawn-portrait.ts';
import { colorShiftAtRest } from './testing/mean-colors.ts';

const portrait = drawnPortrait();
const asset = readAsset(writeAsset(portraitToAsset(portrait)));

function rendererOf(width = 256, height = 256, background: Background = { type: 'own' }): FaceRenderer {
  return createFaceRenderer(asset, { width, height, background });
}

function frameOf(renderer: FaceRenderer, pose: Partial<Pose>, filling = 0): Uint8Array {
  const frame = new Uint8Array((renderer.width * renderer.height * 3) / 2).fill(filling);
  renderer.render({ ...REST, ...pose }, frame);
  return frame;
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

function wildPose(random: () => number, wildness: number): Pose {
  const pose = { ...REST };
  for (const name of Object.keys(pose) as (keyof Pose)[]) pose[name] = (random() * 2 - 1) * wildness;
  for (const name of ['yaw', 'pitch', 'roll'] as const) pose[name] *= 40;
  return pose;
}

/** Comparing element by element in the matcher takes seconds. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

describe('a portrait', () => {
  it('writes every byte of the frame, whatever the pose', () => {
    const renderer = rendererOf(192, 160);
    const random = randomOf(7);
    for (let round = 0; round < 40; round++) {
      const pose = wildPose(random, round % 2 === 0 ? 1 : 30);
      expect(isSame(frameOf(renderer, pose, 0), frameOf(renderer, pose, 255))).toBe(true);
    }
  });

  it('never tears: however wildly posed, triangles that face the viewer cover every pixel', () => {
    const size = 128;
    const framing = frameFace(measureFace(portrait.landmarks), portrait.photo, size, size);
    const landmarks = portrait.landmarks.map(
      (value, index) => (index % 3 === 0 ? value - framing.left : index % 3 === 1 ? value - framing.top : value) * framing.scale,
    );
    const rig = buildRig(landmarks, { left: -12, top: -12, right: size + 12, bottom: size + 12 });
    const positions = new Float32Array(2 * rig.mesh.points);
    const random = randomOf(11);
    for (let round = 0; round < 40; round++) {
      deform(rig, motionOf(rig, wildPose(random, 1 + round)), positions);
      expect(positions.every(Number.isFinite)).toBe(true);
      const covered = new Uint8Array(size * size);
      for (let corner = 0; corner < rig.mesh.triangles.length; corner += 3) {
        if (doubleArea(positions, rig.mesh.triangles, corner) >= 0)
          markCovered(positions, rig.mesh.triangles, corner, covered, size);
      }
      expect(covered.indexOf(0)).toBe(-1);
    }
  });

  it('is not disturbed by numbers that are none', () => {
    const renderer = rendererOf();
    const nothing = Object.fromEntries(Object.keys(REST).map((name) => [name, Number.NaN])) as unknown as Pose;
    expect(isSame(frameOf(renderer, nothing), frameOf(renderer, {}))).toBe(true);
  });

  it('draws the same picture whatever it drew before', () => {
    const used = rendererOf();
    const poses: Partial<Pose>[] = [
      { open: 1, yaw: 4 },
      {},
      { press: 0.01 },
      { press: 0.5 },
      { brow: 1 },
      { open: 0.3 },
      { open: 0.31, wide: 0.2 },
      { blink: 1, gazeX: 1 },
      { open: 0.3, narrow: 0.8, pucker: 1, roll: 3 },
      { open: 0.3, narrow: 0.8, pucker: 1, roll: 3, gazeY: -1 },
      { open: 0.6, roll: 3 },
      {},
    ];
    for (const pose of poses) expect(isSame(frameOf(used, pose), frameOf(rendererOf(), pose))).toBe(true);
  });

  it('at rest keeps the mean brightness and colour of the photo', () => {
    for (const shift of colorShiftAtRest(portrait, rendererOf())) expect(Math.abs(shift)).toBeLessThan(0.7);
  });

  it('closes the lips at rest and for m, b and p, and opens them the further the jaw drops', () => {
    const gap = (pose: Partial<Pose>) => {
      const rig = buildRig(portrait.landmarks, { left: 0, top: 0, right: portrait.photo.width, bottom: portrait.photo.height });
      const positions = new Float32Array(2 * rig.mesh.points);
      deform(rig, motionOf(rig, { ...REST, ...pose }), positions);
      const gaps = UPPER_INNER_LIP.map((upper, index) => positions[2 * LOWER_INNER_LIP[index]! + 1]! - positions[2 * upper + 1]!);
      return Math.max(...gaps) / rig.measures.mouthUnit;
    };
    expect(gap({})).toBeLessThan(0.01);
    expect(gap({ press: 1 })).toBeLessThan(0.01);
    expect(gap({ pucker: 1, narrow: 1 })).toBeLessThan(0.01);
    const steps = [0.1, 0.3, 0.6, 1].map((open) => gap({ open }));
    expect(steps.toSorted((a, b) => a - b)).toEqual(steps);
    expect(steps[3]).toBeGreaterThan(0.25);
    expect(gap({ tuck: 1 })).toBeGreaterThan(0.03);
  });

  it('keeps the upper teeth where they are while the jaw drops', () => {
    const renderer = rendererOf(512, 512);
    const framing = frameFace(measureFace(portrait.landmarks), portrait.photo, 512, 512);
    const at = (point: number, axis: number) =>
      (portrait.landmarks[3 * point + axis]! - (axis === 0 ? framing.left : framing.top)) * framing.scale;
    const column = Math.round(at(13, 0)) + 6;
    const seam = Math.round((at(13, 1) + at(14, 1)) / 2);
    const bite = (pose: Partial<Pose>) => {
      const frame = frameOf(renderer, pose);
      // The biting edge: where it gets dark below the bright teeth.
      let brightest = 0;
      let row = seam - 8;
      for (; row < seam + 60; row++) {
        const value = frame[row * 512 + column]!;
        brightest = Math.max(brightest, value);
        if (brightest > 120 && value < 70) break;
      }
      return row;
    };
    const edges = [0.6, 0.8, 1].map((open) => bite({ open }));
    expect(Math.max(...edges) - Math.min(...edges)).toBeLessThanOrEqual(1);
  });

  it('moves the irises, and only what is around the eyes, with the gaze', () => {
    const renderer = rendererOf();
    const ahead = frameOf(renderer, {});
    const aside = frameOf(renderer, { gazeX: 1 });
    const framing = frameFace(measureFace(portrait.landmarks), portrait.photo, 256, 256);
    const eyeRows = [159, 145].map((point) => (portrait.landmarks[3 * point + 1]! - framing.top) * framing.scale);
    const changed = new Set<number>();
    for (let pixel = 0; pixel < 65536; pixel++) if (ahead[pixel] !== aside[pixel]) changed.add(Math.floor(pixel / 256));
    expect(changed.size).toBeGreaterThan(3);
    expect(Math.min(...changed)).toBeGreaterThan(eyeRows[0]! - 8);
    expect(Math.max(...changed)).toBeLessThan(eyeRows[1]! + 8);
  });

  it('has every size and background, and fills what the photo lacks', () => {
    const backgrounds: Background[] = [
      { type: 'own' },
      { type: 'blur' },
      { type: 'color', red: 0, green: 255, blue: 0 },
      { type: 'image', width: 3, height: 5, rgb: new Uint8Array(45).fill(200) },
    ];
    for (const [width, height] of [
      [64, 64],
      [256, 144],
      [144, 256],
      [192, 256],
      [256, 192],
      [1280, 64],
    ] as const) {
      for (const background of backgrounds) {
        const renderer = rendererOf(width, height, background);
        expect(isSame(frameOf(renderer, { open: 0.5 }, 0), frameOf(renderer, { open: 0.5 }, 255))).toBe(true);
      }
    }
  });

  it('puts another background behind the head, and leaves the head as it is', () => {
    const own = frameOf(rendererOf(), {});
    const green = frameOf(rendererOf(256, 256, { type: 'color', red: 0, green: 255, blue: 0 }), {});
    expect(green[2 * 256 + 2]).toBe(145);
    const nose = 128 * 256 + 128;
    expect(Math.abs(green[nose]! - own[nose]!)).toBeLessThanOrEqual(1);
    const without = createFaceRenderer(portraitToAsset({ ...portrait, matteUsable: false }), {
      width: 256,
      height: 256,
      background: { type: 'color', red: 0, green: 255, blue: 0 },
    });
    expect(isSame(frameOf(without, {}), own)).toBe(true);
  });

  it('refuses sizes, images and assets that cannot be', () => {
    expect(() => rendererOf(511, 512)).toThrow(/even/);
    expect(() => rendererOf(32, 512)).toThrow(/64 to 1280/);
    expect(() => rendererOf(64, 64, { type: 'image', width: 2, height: 2, rgb: new Uint8Array(3) })).toThrow(/no image/);
    const broken = portraitToAsset({ ...portrait, landmarks: portrait.landmarks.map(() => Number.NaN) });
    expect(() => portraitFromAsset(broken)).toThrow(/landmarks/);
    expect(() => portraitFromAsset({ ...asset, header: { ...asset.header, width: 100_000 } })).toThrow(/size/);
  });
});

/** Marks pixels whose middle lies in a triangle, edges included. */
function markCovered(positions: Float32Array, triangles: Uint16Array, corner: number, covered: Uint8Array, size: number): void {
  const [a, b, c] = [0, 1, 2].map((index) => 2 * triangles[corner + index]!) as [number, number, number];
  const xs = [a, b, c].map((at) => positions[at]!);
  const ys = [a, b, c].map((at) => positions[at + 1]!);
  const side = (from: number, to: number, x: number, y: number) =>
    (positions[to]! - positions[from]!) * (y - positions[from + 1]!) -
    (x - positions[from]!) * (positions[to + 1]! - positions[from + 1]!);
  for (let row = Math.max(0, Math.floor(Math.min(...ys))); row < Math.min(size, Math.max(...ys)); row++) {
    for (let column = Math.max(0, Math.floor(Math.min(...xs))); column < Math.min(size, Math.max(...xs)); column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      if (side(a, b, x, y) >= -1e-4 && side(b, c, x, y) >= -1e-4 && side(c, a, x, y) >= -1e-4) covered[row * size + column] = 1;
    }
  }
}
