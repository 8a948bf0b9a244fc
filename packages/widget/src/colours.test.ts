import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, parseRgb, READABLE, type Rgb, readableOn, textOn } from './colours.ts';

const colour = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 255 }))) as fc.Arbitrary<Rgb>;

describe('the colours of the widget', () => {
  it('knows the contrast of black on white', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  });

  it('finds readable text for every accent', () => {
    fc.assert(fc.property(colour, (accent) => contrast(textOn(accent), accent) >= READABLE));
  });

  it('makes every accent readable on every surface', () => {
    fc.assert(fc.property(colour, colour, (surface, accent) => contrast(readableOn(surface, accent), surface) >= READABLE));
  });

  it('leaves an accent that can be read as it is', () => {
    expect(readableOn([255, 255, 255], [27, 92, 196])).toEqual([27, 92, 196]);
  });

  it('reads what browsers say of colours', () => {
    expect(parseRgb('rgb(27, 92, 196)')).toEqual([27, 92, 196]);
    expect(parseRgb('rgba(27, 92, 196, 0.5)')).toEqual([27, 92, 196]);
    expect(parseRgb('rgb(27 92 196 / 50%)')).toEqual([27, 92, 196]);
    expect(parseRgb('oklch(0.6 0.1 250)')).toBeUndefined();
  });
});
