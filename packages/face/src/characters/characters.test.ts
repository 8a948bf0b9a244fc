import { describe, expect, it } from 'vitest';
import { AssetError, readAsset, writeAsset } from '../asset/index.ts';
import { createFaceRenderer } from '../create-face-renderer.ts';
import { CLOSED_MOUTH, type Pose, REST } from '../pose.ts';
import { type Background, i420Bytes, type PictureSettings } from '../renderer.ts';
import { CAST } from './cast.ts';
import { characterAsset, drawingOf } from './character-asset.ts';
import { createCharacterRenderer, frameFigure } from './character-renderer.ts';
import type { CharacterDrawing } from './drawing.ts';
import { findSource, movePoint, stanceOf } from './head-motion.ts';
import { mouthGeometry } from './mouth.ts';
import { sceneOf } from './scene.ts';

const OWN = { type: 'own' } satisfies Background;
const settings = (width: number, height: number, background: Background = OWN): PictureSettings => ({
  width,
  height,
  background,
});
const pose = (changes: Partial<Pose>): Pose => ({ ...REST, ...changes });
const clara = CAST[0]!;

/** Poses far beyond what anybody makes, the same every time. */
function* wildPoses(count: number, size: number): Generator<Pose> {
  let state = 7;
  const random = () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state / 0x7fffffff - 0.5) * 2 * size;
  };
  for (let i = 0; i < count; i++) yield Object.fromEntries(Object.keys(REST).map((key) => [key, random()])) as unknown as Pose;
}

function render(drawing: CharacterDrawing, { width, height, background }: PictureSettings, ...poses: Pose[]): Uint8Array[] {
  const renderer = createCharacterRenderer(drawing, { width, height, background });
  return poses.map((one) => {
    const frame = new Uint8Array(i420Bytes(width, height));
    renderer.render(one, frame);
    return frame;
  });
}

const difference = (a: Uint8Array, b: Uint8Array) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

/** Whether nothing is below what video may have, and nothing above. */
const extremes = (frame: Uint8Array) => [frame.every((value) => value >= 15), frame.every((value) => value <= 241)];

describe('the cast', () => {
  it('has different names and travels as assets of less than 300 KB that read the same', () => {
    expect(CAST.length).toBeGreaterThanOrEqual(7);
    expect(new Set(CAST.map(({ name }) => name)).size).toBe(CAST.length);
    for (const drawing of CAST) {
      const bytes = writeAsset(characterAsset(drawing));
      expect(bytes.length).toBeLessThan(300_000);
      expect(drawingOf(readAsset(bytes))).toEqual(JSON.parse(JSON.stringify(drawing)));
    }
  });

  it('is refused where the drawing is missing', () => {
    expect(() => createFaceRenderer({ kind: 'character', header: {}, sections: new Map() }, settings(64, 64))).toThrow(
      AssetError,
    );
  });
});

describe.each(CAST.map((drawing) => [drawing.name, drawing] as const))('%s', (_name, drawing) => {
  it('writes every pixel, within the limits of video, for calm and wild poses', () => {
    const renderer = createCharacterRenderer(drawing, settings(128, 128));
    for (const one of [REST, ...wildPoses(12, 1.5), ...wildPoses(12, 1e9)]) {
      const [first, second] = [new Uint8Array(i420Bytes(128, 128)).fill(0), new Uint8Array(i420Bytes(128, 128)).fill(255)];
      renderer.render(one, first);
      renderer.render(one, second);
      expect(difference(first, second)).toBe(0);
      expect(extremes(first)).toEqual([true, true]);
    }
  });

  it('draws finite polygons whatever the pose', () => {
    for (const one of [...wildPoses(40, 2), ...wildPoses(40, 1e12)])
      for (const { contours, within } of sceneOf(drawing, one).features)
        for (const contour of [...contours, ...(within ?? [])]) expect(contour.every(Number.isFinite)).toBe(true);
  });

  it('moves without jumps from one pose to the next', () => {
    const moves = Array.from({ length: 40 }, (_, i) => {
      const t = i / 25;
      const wave = (hertz: number, phase = 0) => Math.sin(2 * Math.PI * hertz * t + phase);
      return pose({
        open: Math.max(0, 0.5 * wave(2)),
        press: Math.max(0, -0.8 * wave(2)),
        pucker: 0.5 + 0.5 * wave(1),
        tuck: Math.max(0, wave(1.5, 1)),
        smile: 0.5 + 0.5 * wave(0.7),
        yaw: 5 * wave(0.4),
        pitch: 3 * wave(0.5, 2),
        roll: 3 * wave(0.3, 1),
        breath: 0.5 + 0.5 * wave(0.25),
        gazeX: wave(0.6),
        blink: Math.max(0, wave(1.2, 2)),
      });
    });
    const frames = render(drawing, settings(160, 160), ...moves);
    const steps = frames.slice(1).map((frame, i) => difference(frame, frames[i]!));
    const typical = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)]!;
    expect(typical).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThan(Math.max(2.6 * typical, 0.8));
  });

  it('shuts its mouth for p, b and m, also out of an open one', () => {
    for (const open of [0, 0.1, 0.2, 0.4]) {
      const { upperY, lowerY } = mouthGeometry(drawing.mouth, { ...CLOSED_MOUTH, open, press: 0.6 }, 0);
      expect(lowerY - upperY).toBeLessThan(0.5);
    }
  });

  it('opens further for a than for e, and for e than for s', () => {
    const gap = (shape: Partial<Pose>) => {
      const { upperY, lowerY } = mouthGeometry(drawing.mouth, { ...CLOSED_MOUTH, ...shape }, 0);
      return lowerY - upperY;
    };
    const [a, e, s, m] = [
      gap({ open: 0.9, wide: 0.05 }),
      gap({ open: 0.55, wide: 0.3 }),
      gap({ open: 0.12, wide: 0.25 }),
      gap({ press: 0.6 }),
    ];
    expect(a).toBeGreaterThan(e * 1.3);
    expect(e).toBeGreaterThan(s * 2);
    expect(s).toBeGreaterThan(m + 2);
  });

  it('blinks', () => {
    const [open, shut] = render(drawing, settings(256, 256), REST, pose({ blink: 1 }));
    const { scale, offsetX, offsetY } = frameFigure(256, 256);
    const y = Math.round(drawing.eyes.y * scale + offsetY);
    let changed = 0;
    for (
      let x = Math.round((512 - drawing.eyes.distance - 20) * scale + offsetX);
      x < (512 - drawing.eyes.distance + 20) * scale + offsetX;
      x++
    )
      changed += Math.abs(open![(y - 3) * 256 + x]! - shut![(y - 3) * 256 + x]!);
    expect(changed).toBeGreaterThan(100);
  });
});

describe('a character', () => {
  it('is the same in every rendering of a pose, whatever was drawn before', () => {
    const one = pose({ open: 0.4, yaw: 4, blink: 0.3, smile: 0.5 });
    const [first, , again] = render(clara, settings(128, 128), one, pose({ open: 1, roll: 9, breath: 1 }), one);
    expect(again).toEqual(first);
    expect(render(clara, settings(128, 128), one)[0]).toEqual(first);
  });

  it('has its upper teeth fixed to the skull, and the lower ones to the jaw', () => {
    const teeth = (open: number) => mouthGeometry(clara.mouth, { ...CLOSED_MOUTH, open }, 0);
    expect(teeth(0.9).teethY).toBe(teeth(0.1).teethY);
    expect(teeth(0.9).lowerTeethY).toBeGreaterThan(teeth(0.3).lowerTeethY + 10);
  });

  it('rounds its lips also when it smiles', () => {
    const round = mouthGeometry(clara.mouth, { ...CLOSED_MOUTH, open: 0.26, narrow: 0.75, pucker: 1 }, 1);
    const rest = mouthGeometry(clara.mouth, CLOSED_MOUTH, 0);
    expect(round.half).toBeLessThan(rest.half * 0.75);
  });

  it('brings the lower lip to the upper teeth for f', () => {
    const f = mouthGeometry(clara.mouth, { ...CLOSED_MOUTH, open: 0.14, tuck: 1, up: 0.35 }, 0);
    expect(f.lowerY).toBeLessThan(f.teethY);
    expect(f.upperY).toBeLessThan(-2);
  });

  it('finds where a point of a layer came from, also in poses beyond any human', () => {
    const [moved, found] = [new Float64Array(2), new Float64Array(2)];
    for (const one of [
      pose({ yaw: 6, pitch: -4, roll: 3, shiftX: 0.05, breath: 1, open: 1 }),
      pose({ yaw: 90, pitch: 90, roll: -90, open: 1 }),
    ]) {
      const stance = stanceOf(clara.head, one);
      for (const layer of clara.layers) {
        if (layer === 'features') continue;
        for (const [x, y] of [
          [512, 470],
          [380, 560],
          [650, 700],
          [512, 200],
          [300, 800],
        ] as const) {
          movePoint(stance, layer, x, y, moved);
          found.set(moved);
          findSource(stance, layer, moved[0]!, moved[1]!, found);
          expect(Math.hypot(found[0]! - x, found[1]! - y)).toBeLessThan(one.yaw > 10 ? 3 : 0.1);
        }
      }
    }
  });

  it.each([
    [512, 512],
    [384, 512],
    [512, 384],
    [1280, 720],
    [64, 1280],
    [130, 66],
  ])('stands in the middle of a picture of %i x %i, its head whole', (width, height) => {
    const { scale, offsetX, offsetY } = frameFigure(width, height);
    const { centerX, radiusX } = clara.head;
    expect((centerX - radiusX) * scale + offsetX).toBeGreaterThan(0);
    expect((centerX + radiusX) * scale + offsetX).toBeLessThan(width);
    expect(120 * scale + offsetY).toBeGreaterThan(0);
    const [frame] = render(clara, settings(width, height), pose({ open: 0.5, yaw: 5 }));
    expect(extremes(frame!)).toEqual([true, true]);
  });

  it('stands before a color, an image or its own background out of focus', () => {
    const rgb = new Uint8Array(300 * 200 * 3).map((_, i) => (i % 3 === 1 ? 200 : 0));
    const corner = (background: Background) => {
      const [frame] = render(clara, settings(128, 128, background), REST);
      return [frame![0]!, frame![128 * 128]!, frame![128 * 128 * 1.25]!];
    };
    expect(corner({ type: 'color', red: 255, green: 0, blue: 0 })).toEqual([81, 90, 240]);
    expect(corner({ type: 'color', red: 0, green: 200, blue: 0 })).toEqual(
      corner({ type: 'image', width: 300, height: 200, rgb }),
    );
    expect(Math.abs(corner({ type: 'blur' })[0]! - corner(OWN)[0]!)).toBeLessThan(6);
  });
});
