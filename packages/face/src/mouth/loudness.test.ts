import { describe, expect, it } from 'vitest';
import { createLoudness, USUAL_LEVEL } from './loudness.ts';

/** A hum of so many ms at a level in dBFS, or silence. */
function sound(ms: number, db: number | undefined): Int16Array {
  const peak = db === undefined ? 0 : 32_768 * 10 ** (db / 20) * Math.SQRT2;
  return Int16Array.from({ length: ms * 24 }, (_, i) => peak * Math.sin(i * 0.05));
}

function heard(...sounds: Int16Array[]) {
  const loudness = createLoudness({ ...USUAL_LEVEL });
  for (const each of sounds) loudness.push(each);
  return loudness;
}

describe('how loud an utterance is', () => {
  it('lets the mouth move in speech, and closes it in a pause', () => {
    const loudness = heard(sound(500, -20), sound(400, undefined), sound(300, -20));
    expect(loudness.speechAt(250)).toBe(1);
    expect(loudness.speechAt(500 + 90)).toBe(0);
    expect(loudness.speechAt(700)).toBe(0);
    expect(loudness.speechAt(880)).toBeGreaterThan(0.5);
    expect(loudness.speechAt(950)).toBe(1);
  });

  it('does not take the silence before a plosive for a pause', () => {
    const loudness = heard(sound(300, -20), sound(80, undefined), sound(300, -20));
    for (let ms = 0; ms < 680; ms += 10) expect(loudness.speechAt(ms)).toBe(1);
  });

  it.each([-12, -20, -35, -45])('goes by the voice, however loud it is: %i dBFS', (db) => {
    const loudness = heard(sound(600, db), sound(300, db - 45), sound(300, db - 20));
    expect(loudness.speechAt(300)).toBe(1);
    expect(loudness.speechAt(750)).toBe(0);
    expect(loudness.speechAt(1_100)).toBe(1);
  });

  it('hears pauses through a noise', () => {
    const loudness = heard(sound(4_000, -45), sound(500, -20), sound(500, -45), sound(500, -20));
    expect(loudness.speechAt(4_800)).toBe(0);
    expect(loudness.speechAt(5_200)).toBe(1);
  });

  it('closes the mouth after the end', () => {
    const loudness = heard(sound(500, -20));
    expect(loudness.speechAt(700)).toBe(1);
    loudness.end();
    expect(loudness.speechAt(490)).toBe(1);
    expect(loudness.speechAt(581)).toBe(0);
    expect(loudness.speechAt(10_000)).toBe(0);
  });

  it('does not depend on the pieces in which the sound comes', () => {
    const whole = sound(400, -25);
    const pieces = createLoudness({ ...USUAL_LEVEL });
    for (let at = 0; at < whole.length; at += 77) pieces.push(whole.subarray(at, at + 77));
    const once = heard(whole);
    for (let ms = 0; ms < 400; ms += 10) expect(pieces.energyAt(ms)).toBe(once.energyAt(ms));
  });
});
