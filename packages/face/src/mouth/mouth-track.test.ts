import { describe, expect, it } from 'vitest';
import { CLOSED_MOUTH, MOUTH_PARAMETERS, type MouthShape } from '../pose.ts';
import { createMouthTrack } from './mouth-track.ts';
import type { TimedWord } from './word-gestures.ts';

const RATE = 24_000;

/** Something like a vowel: 120 Hz with the formants of an a, or noise, or nothing. */
function sound(ms: number, kind: 'vowel' | 'noise' | 'silence'): Int16Array {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 4_294_967_296;
  };
  return Int16Array.from({ length: (ms * RATE) / 1_000 }, (_, i) => {
    if (kind === 'silence') return 0;
    if (kind === 'noise') return (random() - 0.5) * 6_000;
    let sum = 0;
    for (let n = 1; n < 30; n++) {
      const hz = 120 * n;
      const height = 1 / (1 + ((hz - 750) / 150) ** 2) + 0.6 / (1 + ((hz - 1_200) / 180) ** 2) + 0.02;
      sum += height * Math.sin((2 * Math.PI * hz * i) / RATE);
    }
    return sum * 4_000;
  });
}

function joined(...sounds: Int16Array[]): Int16Array {
  return Int16Array.from(sounds.flatMap((each) => [...each]));
}

/** A word of phonemes of 100 ms each. */
function word(text: string, symbols: string, startMs: number): TimedWord {
  const phonemes = symbols
    .split(' ')
    .map((symbol, i) => ({ symbol, startMs: startMs + i * 100, endMs: startMs + (i + 1) * 100 }));
  return { text, startMs, endMs: startMs + phonemes.length * 100, phonemes };
}

const played = (track: { at(id: string, ms: number): MouthShape }, toMs: number, stepMs = 40) =>
  Array.from({ length: Math.ceil(toMs / stepMs) }, (_, i) => track.at('a', i * stepMs));

describe('a mouth track', () => {
  it('is closed for what it does not know', () => {
    expect(createMouthTrack().at('nobody', 100)).toEqual(CLOSED_MOUTH);
    expect(createMouthTrack().madeMs('nobody')).toBe(0);
  });

  it('goes by phonemes, where a voice tells them', () => {
    const track = createMouthTrack();
    track.words('a', [word('mama', 'm ɑ m u', 0)]);
    track.speech('a', sound(400, 'vowel'));
    track.end('a');
    expect(track.at('a', 50)).toMatchObject({ open: 0, press: expect.closeTo(0.7, 1) });
    expect(track.at('a', 150).open).toBeGreaterThan(0.5);
    expect(track.at('a', 250).open).toBe(0);
    expect(track.at('a', 360).pucker).toBeGreaterThan(0.5);
  });

  it('goes by the letters of words, where a voice tells those', () => {
    const track = createMouthTrack();
    track.words('a', [{ text: 'Pam', startMs: 0, endMs: 400 }]);
    track.speech('a', sound(420, 'vowel'));
    track.end('a');
    const shapes = played(track, 420, 20);
    expect(shapes[1]).toMatchObject({ open: 0, press: expect.closeTo(0.7, 1) });
    expect(Math.max(...shapes.slice(4, 12).map(({ open }) => open))).toBeGreaterThan(0.4);
    expect(Math.min(...shapes.slice(12, 20).map(({ open }) => open))).toBe(0);
  });

  it('goes by the sound, where nothing is told', () => {
    const track = createMouthTrack();
    track.speech('a', joined(sound(300, 'silence'), sound(400, 'vowel'), sound(400, 'silence')));
    track.end('a');
    const shapes = played(track, 1_100, 20);
    expect(shapes.slice(0, 11)).toEqual(Array.from({ length: 11 }, () => CLOSED_MOUTH));
    expect(Math.max(...shapes.slice(20, 32).map(({ open }) => open))).toBeGreaterThan(0.3);
    expect(Math.max(...shapes.map(({ tuck }) => tuck))).toBeGreaterThan(0);
    expect(shapes.slice(41)).toEqual(Array.from({ length: shapes.length - 41 }, () => CLOSED_MOUTH));
  });

  it('is closed in silence, whatever is told', () => {
    const track = createMouthTrack();
    track.words('a', [word('ah', 'ɑ ɑ ɑ ɑ ɑ ɑ', 0)]);
    track.speech('a', joined(sound(200, 'vowel'), sound(400, 'silence')));
    track.end('a');
    expect(track.at('a', 100).open).toBeGreaterThan(0.5);
    expect(track.at('a', 320)).toEqual(CLOSED_MOUTH);
    expect(track.at('a', 500)).toEqual(CLOSED_MOUTH);
  });

  it('is the same for sound and words that come in pieces, ahead of their playing, as for all at once', () => {
    const samples = joined(
      sound(500, 'vowel'),
      sound(90, 'noise'),
      sound(300, 'vowel'),
      sound(300, 'silence'),
      sound(400, 'vowel'),
    );
    const words = [word('pum', 'p ʌ m', 0), word('fish', 'f ɪ ʃ', 400), word('woo', 'w u b', 1_200)];
    for (const tell of [words, words.map(({ phonemes: _, ...rest }) => rest), []]) {
      const whole = createMouthTrack();
      whole.words('a', tell);
      whole.speech('a', samples);
      whole.end('a');
      const pieces = createMouthTrack();
      const shapes: MouthShape[] = [];
      let given = 0;
      for (let ms = 0; ms < 1_600; ms += 40) {
        // 600 ms ahead.
        while (given < samples.length && given < (ms + 600) * 24) {
          const part = tell.filter(({ startMs }) => startMs * 24 >= given && startMs * 24 < given + 480);
          pieces.words('a', part);
          pieces.speech('a', samples.subarray(given, given + 480));
          given += 480;
        }
        if (given >= samples.length) pieces.end('a');
        shapes.push(pieces.at('a', ms));
      }
      const once = played(whole, 1_600);
      for (const [i, shape] of shapes.entries())
        for (const key of MOUTH_PARAMETERS) expect(shape[key]).toBeCloseTo(once[i]![key], 2);
    }
  });

  it('holds ten minutes that came at once, and plays their end', () => {
    const track = createMouthTrack();
    const second = sound(1_000, 'vowel');
    const words: TimedWord[] = [];
    for (let s = 0; s < 600; s++) {
      track.speech('a', second);
      words.push(...[0, 400].map((ms) => word('mum', 'm ʌ m', s * 1_000 + ms)));
    }
    track.words('a', words);
    track.end('a');
    expect(track.at('a', 50).press).toBeCloseTo(0.7, 1);
    for (let ms = 40; ms < 600_000; ms += 1_000) track.at('a', ms);
    expect(track.at('a', 599_040).press).toBeCloseTo(0.7, 1);
    expect(track.at('a', 599_150).open).toBeGreaterThan(0.3);
    expect(track.madeMs('a')).toBeGreaterThan(599_000);
  });

  it('goes on after an end, where more comes of the same utterance', () => {
    const track = createMouthTrack();
    track.words('a', [word('ah', 'ɑ ɑ', 0)]);
    track.speech('a', sound(200, 'vowel'));
    track.end('a');
    expect(track.at('a', 300)).toEqual(CLOSED_MOUTH);
    track.words('a', [word('ah', 'ɑ ɑ', 1_000)]);
    track.speech('a', sound(200, 'vowel'), 1_000);
    expect(track.at('a', 600)).toEqual(CLOSED_MOUTH);
    expect(track.at('a', 1_100).open).toBeGreaterThan(0.5);
  });

  it('passes over times that make no sense', () => {
    const track = createMouthTrack();
    const nothing = { text: 'x', startMs: Number.NaN, endMs: 5 };
    const backwards = { text: 'back', startMs: 500, endMs: 100 };
    const broken = { ...word('a', 'ɑ', 0), phonemes: [{ symbol: 'ɑ', startMs: Number.NaN, endMs: Number.POSITIVE_INFINITY }] };
    track.words('a', [nothing, backwards, broken]);
    track.speech('a', sound(300, 'vowel'));
    for (const shape of played(track, 300)) for (const key of MOUTH_PARAMETERS) expect(shape[key]).toSatisfy(Number.isFinite);
    expect(track.at('a', Number.NaN)).toEqual(CLOSED_MOUTH);
  });

  it('forgets an utterance, and the oldest of too many', () => {
    const track = createMouthTrack();
    track.words('a', [word('ah', 'ɑ', 0)]);
    expect(track.at('a', 50).open).toBeGreaterThan(0.3);
    track.forget('a');
    expect(track.at('a', 50)).toEqual(CLOSED_MOUTH);
    for (let i = 0; i < 40; i++) track.words(`u${i}`, [word('ah', 'ɑ', 0)]);
    expect(track.at('u0', 50)).toEqual(CLOSED_MOUTH);
    expect(track.at('u39', 50).open).toBeGreaterThan(0.3);
  });
});
