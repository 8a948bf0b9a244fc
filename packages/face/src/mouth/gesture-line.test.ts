import { describe, expect, it } from 'vitest';
import { MOUTH_PARAMETERS, type MouthShape } from '../pose.ts';
import { createGestureLine, pressLips, tuckLip } from './gesture-line.ts';
import { gesturesOf } from './gestures.ts';

/** Phonemes one after the other, each so long. */
function lineOf(symbols: string, eachMs: number) {
  const line = createGestureLine();
  line.add(symbols.split(' ').flatMap((symbol, i) => gesturesOf({ symbol, startMs: i * eachMs, endMs: (i + 1) * eachMs }, 1)));
  const values = new Float32Array(MOUTH_PARAMETERS.length);
  const at = (ms: number): MouthShape => {
    const { pressed, tucked } = line.at(ms, values);
    tuckLip(values, tucked);
    pressLips(values, pressed);
    return Object.fromEntries(MOUTH_PARAMETERS.map((key, k) => [key, values[k]])) as unknown as MouthShape;
  };
  return { line, at };
}

describe('a line of gestures', () => {
  it.each([25, 40, 60, 90])('closes the lips for p, b and m in a picture at 25 fps at least, at %i ms a phoneme', (eachMs) => {
    for (const symbol of ['p', 'b', 'm']) {
      const { at } = lineOf(`ɑ ${symbol} ɔ`, eachMs);
      // Wherever the frames fall.
      for (let phase = 0; phase < 40; phase += 2) {
        const frames = Array.from({ length: 12 }, (_, i) => at(phase + (i - 3) * 40));
        expect(frames.some(({ open, press }) => open < 0.01 && press > 0.69)).toBe(true);
      }
    }
  });

  it('opens between two closures that are not too near', () => {
    const { at } = lineOf('p ɑ p', 110);
    expect(at(160).open).toBeGreaterThan(0.4);
  });

  it('puts the lip to the teeth for f and v, and does not close it', () => {
    const { at } = lineOf('ɑ f ɑ', 90);
    expect(at(135)).toMatchObject({ tuck: expect.closeTo(1, 1), press: 0 });
    expect(at(135).open).toBeLessThan(0.2);
    expect(at(45).tuck).toBeLessThan(0.2);
  });

  it('rounds the lips before a round vowel already: the s and t of "stew", but not those of "steam"', () => {
    const stew = lineOf('s t u', 100);
    const steam = lineOf('s t i', 100);
    expect(stew.at(170).pucker).toBeGreaterThan(0.45);
    expect(stew.at(100).pucker).toBeGreaterThan(0.12);
    expect(steam.at(170).pucker).toBe(0);
    expect(steam.at(250).wide).toBeGreaterThan(0.3);
    expect(stew.at(250)).toMatchObject({ pucker: expect.closeTo(0.9, 0), wide: expect.closeTo(0, 1) });
  });

  it('opens wider for an a than for an e, and for that than for an i', () => {
    const opening = (vowel: string) => lineOf(`t ${vowel} t`, 120).at(180).open;
    expect(opening('ɑ')).toBeGreaterThan(opening('ɛ') + 0.1);
    expect(opening('ɛ')).toBeGreaterThan(opening('i') + 0.1);
  });

  it('comes to rest after the last and before the first', () => {
    const { at } = lineOf('ɑ', 100);
    expect(at(500).open).toBeLessThan(0.01);
    expect(at(-400).open).toBeLessThan(0.01);
  });

  it('moves without jumps', () => {
    const { at } = lineOf('h ɛ l oʊ m aɪ n eɪ m ɪ z f ɹ ɛ d', 70);
    for (let ms = -200; ms < 1_300; ms += 5) {
      const [before, after] = [at(ms), at(ms + 5)];
      for (const key of MOUTH_PARAMETERS) expect(Math.abs(after[key] - before[key])).toBeLessThan(0.2);
    }
  });

  it('is the same, in whatever order its moments are asked for', () => {
    const symbols = Array.from({ length: 300 }, (_, i) => ['p', 'ɑ', 's', 'u', 'f', 'i'][i % 6]).join(' ');
    const inOrder = lineOf(symbols, 80);
    const forwards = Array.from({ length: 240 }, (_, i) => inOrder.at(i * 100));
    const backwards = Array.from({ length: 240 }, (_, i) => inOrder.at((239 - i) * 100)).reverse();
    expect(backwards).toEqual(forwards);
  });

  it('forgets what is over and keeps the rest', () => {
    const { line, at } = lineOf(Array.from({ length: 100 }, () => 'ɑ').join(' '), 100);
    const later = at(9_000);
    line.dropBefore(8_000);
    expect(line.length).toBeLessThan(26);
    expect(at(9_000)).toEqual(later);
  });
});
