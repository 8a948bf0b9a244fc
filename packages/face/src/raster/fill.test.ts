import { describe, expect, it } from 'vitest';
import { coverPolygon, newCoverage } from './coverage.ts';
import { fillPolygon } from './fill.ts';
import { ellipse, smoothCurve, strokeOutline } from './outline.ts';
import { linearPaint, plainPaint, radialPaint } from './paint.ts';
import { newPicture } from './picture.ts';

const WHITE = plainPaint({ red: 255, green: 255, blue: 255 });

function covered(points: readonly number[], width = 64, height = 64, ends?: readonly number[]): number {
  const coverage = newCoverage();
  coverPolygon(coverage, points, { left: 0, top: 0, right: width, bottom: height }, ends);
  const { left, top, right, bottom } = coverage.region;
  let sum = 0;
  for (let at = 0; at < (right - left) * (bottom - top); at++) sum += coverage.amounts[at]!;
  return sum;
}

describe('a filled polygon', () => {
  it('covers its exact area, in either direction', () => {
    expect(covered([3.25, 4.5, 20.75, 4.5, 20.75, 9.25, 3.25, 9.25])).toBeCloseTo(17.5 * 4.75, 3);
    expect(covered([3.25, 9.25, 20.75, 9.25, 20.75, 4.5, 3.25, 4.5])).toBeCloseTo(17.5 * 4.75, 3);
    expect(covered([5, 5, 45.3, 17.7, 12.2, 50.1])).toBeCloseTo(Math.abs(40.3 * 45.1 - 7.2 * 12.7) / 2, 2);
    expect(covered(ellipse(30, 31, 20.5, 9.3, 0.4, 200))).toBeCloseTo(Math.PI * 20.5 * 9.3, 0);
  });

  it('is cut where the picture ends', () => {
    expect(covered([-100, -100, 30, -100, 30, 300, -100, 300])).toBeCloseTo(30 * 64, 3);
    expect(covered([-10, -10, -5, -10, -5, 20])).toBe(0);
    expect(covered([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN])).toBe(0);
  });

  it('has holes where contours run the other way', () => {
    const outer = [10, 10, 50, 10, 50, 50, 10, 50];
    const inner = [20, 20, 20, 40, 40, 40, 40, 20];
    expect(covered([...outer, ...inner], 64, 64, [4, 8])).toBeCloseTo(40 * 40 - 20 * 20, 3);
  });

  it('is drawn in its colour, softly at the edge', () => {
    const picture = newPicture(64, 64);
    fillPolygon(picture, [10.5, 10, 20, 10, 20, 20, 10.5, 20], WHITE);
    expect(picture.y[12 * 64 + 15]).toBe(235);
    expect(picture.y[12 * 64 + 10]).toBeGreaterThan(110);
    expect(picture.y[12 * 64 + 10]).toBeLessThan(125);
    expect(picture.y[12 * 64 + 9]).toBe(0);
    expect(picture.u[6 * 32 + 6]).toBe(128);
  });

  it('blends by its alpha, and fully twice makes no third colour', () => {
    const picture = newPicture(64, 64);
    picture.y.fill(35);
    fillPolygon(picture, [0, 0, 64, 0, 64, 64, 0, 64], plainPaint({ red: 255, green: 255, blue: 255, alpha: 0.5 }));
    expect(new Set(picture.y)).toEqual(new Set([135]));
  });

  it('follows a gradient down and from the middle', () => {
    const picture = newPicture(64, 64);
    const stops = [
      { at: 0, red: 0, green: 0, blue: 0 },
      { at: 1, red: 255, green: 255, blue: 255 },
    ];
    fillPolygon(picture, [0, 0, 64, 0, 64, 64, 0, 64], linearPaint(0, 0, 0, 64, stops));
    expect(picture.y[0]).toBeLessThan(20);
    expect(picture.y[63 * 64]).toBeGreaterThan(230);
    expect(picture.y[32 * 64 + 5]).toBe(picture.y[32 * 64 + 60]);
    fillPolygon(picture, [0, 0, 64, 0, 64, 64, 0, 64], radialPaint(32, 32, 20, 30, stops));
    expect(picture.y[32 * 64 + 32]).toBeLessThan(25);
    expect(picture.y[32 * 64 + 54]).toBe(235);
    expect(picture.y[54 * 64 + 32]).toBeLessThan(200);
  });

  it('stays within another shape', () => {
    const within = newCoverage();
    coverPolygon(within, [0, 0, 32, 0, 32, 64, 0, 64], { left: 0, top: 0, right: 64, bottom: 64 });
    const picture = newPicture(64, 64);
    fillPolygon(picture, [20, 20, 44, 20, 44, 30, 20, 30], WHITE, { within });
    expect(picture.y.filter((value) => value > 0)).toHaveLength(12 * 10);
  });
});

describe('an outline', () => {
  it('of a stroke is as wide as asked', () => {
    expect(covered(strokeOutline([10, 20, 30, 20, 50, 20], () => 4))).toBeCloseTo(160, 3);
  });

  it('of a curve goes through its points', () => {
    const curve = smoothCurve([0, 0, 10, 5, 20, 0], false, 4);
    expect(curve.slice(8, 10)).toEqual([10, 5]);
    expect(curve.slice(-2)).toEqual([20, 0]);
  });
});
