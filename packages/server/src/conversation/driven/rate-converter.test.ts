import { describe, expect, it } from 'vitest';
import { createRateConverter } from './rate-converter.ts';

const tone = (rate: number, hz: number, seconds: number) =>
  Int16Array.from({ length: rate * seconds }, (_, n) => 20_000 * Math.sin((2 * Math.PI * hz * n) / rate));

function inPieces(samples: Int16Array, from: number, to: number, length: number): Int16Array {
  const converter = createRateConverter(from, to);
  const pieces: Int16Array[] = [];
  for (let at = 0; at < samples.length; at += length) pieces.push(converter.push(samples.subarray(at, at + length)));
  pieces.push(converter.flush());
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

/** What is left beside the tone, in dB below it, away from the ends. */
function noiseDb(samples: Int16Array, rate: number, hz: number): number {
  const middle = samples.subarray(1_000, samples.length - 1_000);
  let [sin, cos] = [0, 0];
  for (let n = 0; n < middle.length; n++) {
    sin += (middle[n]! * Math.sin((2 * Math.PI * hz * n) / rate) * 2) / middle.length;
    cos += (middle[n]! * Math.cos((2 * Math.PI * hz * n) / rate) * 2) / middle.length;
  }
  let [signal, noise] = [0, 0];
  for (let n = 0; n < middle.length; n++) {
    const clean = sin * Math.sin((2 * Math.PI * hz * n) / rate) + cos * Math.cos((2 * Math.PI * hz * n) / rate);
    signal += clean ** 2;
    noise += (middle[n]! - clean) ** 2;
  }
  return 10 * Math.log10(noise / signal);
}

describe('a rate converter', () => {
  for (const rate of [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 44_101, 48_000]) {
    it(`keeps pitch, length and purity from ${rate} Hz, in pieces as in one`, () => {
      const sound = tone(rate, 1_000, 1);
      const whole = inPieces(sound, rate, 24_000, sound.length);
      expect(whole.length).toBe(24_000);
      expect(noiseDb(whole, 24_000, 1_000)).toBeLessThan(-65);
      for (const length of [1, 7, 320, 4_000])
        expect(Buffer.from(inPieces(sound, rate, 24_000, length).buffer).equals(Buffer.from(whole.buffer))).toBe(true);
    });
  }

  it('lets nothing fold back that the lower rate cannot hold', () => {
    const sound = inPieces(tone(48_000, 15_000, 1), 48_000, 24_000, 960).subarray(1_000, 23_000);
    expect(Math.max(...sound.map(Math.abs))).toBeLessThan(20);
  });

  it('begins anew after its end', () => {
    const converter = createRateConverter(16_000, 24_000);
    const run = () => [...converter.push(tone(16_000, 440, 0.1)), ...converter.flush()];
    expect(run()).toEqual(run());
  });

  it('loses no sample in the long run', () => {
    const converter = createRateConverter(22_050, 24_000);
    const second = new Int16Array(22_050);
    let given = 0;
    for (let n = 0; n < 20; n++) given += converter.push(second).length;
    given += converter.flush().length;
    expect(given).toBe(20 * 24_000);
  });
});
