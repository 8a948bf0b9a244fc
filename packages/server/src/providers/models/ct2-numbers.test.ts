import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fourierWave, melFilters, WAVES } from './ct2-mel-filters.ts';
import { BLOCK, quantise, widen, ZERO_POINT } from './ct2-numbers.ts';

describe('the numbers of a Whisper model', () => {
  it('are widened from 16 bits to the same value', () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x3555);
    expect([...widen(Buffer.from(bits.buffer))]).toEqual([1, -2, 2 ** -24, 65504, -0, 0.333251953125]);
  });

  it('become 8 bits of which each is off by at most half a step of its block', () => {
    const values = Float32Array.from({ length: BLOCK * 3 }, (_, at) =>
      at < BLOCK ? 0 : Math.sin(at) * (at < BLOCK * 2 ? 0.01 : 3),
    );
    const scales = new Float32Array(4);
    const bytes = quantise(values, scales, 1);
    expect([...bytes.subarray(0, BLOCK)]).toEqual(Array(BLOCK).fill(ZERO_POINT));
    expect([...scales.subarray(0, 2)]).toEqual([0, 0]);
    for (const [at, value] of values.entries()) {
      const scale = scales[1 + Math.floor(at / BLOCK)] ?? 0;
      expect(Math.abs(((bytes[at] ?? 0) - ZERO_POINT) * scale - value)).toBeLessThanOrEqual(scale / 2 + 1e-9);
    }
    expect(Math.max(...[...bytes].map((byte) => Math.abs(byte - ZERO_POINT)))).toBe(127);
  });

  it('of the mel filters are those that are published, bit for bit', () => {
    const hash = createHash('sha256')
      .update(Buffer.from(melFilters(80).buffer))
      .digest('hex');
    // That part of ggml-base.bin of whisper.cpp, sha256 60ed5bc3dd14eea856493d334349b405782ddcaf0028d4b5df4088345fba2efe.
    expect(hash).toBe('85818f156f7e189453901a515e4726d270d307f976e161cf9403e8caab405498');
  });

  it('find the frequency of a tone', () => {
    const tone = Float32Array.from({ length: 400 }, (_, at) => Math.sin((2 * Math.PI * 1000 * at) / 16_000 + 1));
    const power = (frequency: number) =>
      [frequency, frequency + WAVES / 2]
        .map((wave) => fourierWave(wave).reduce((sum, weight, at) => sum + weight * (tone[at] ?? 0), 0))
        .reduce((sum, part) => sum + part ** 2, 0);
    const powers = Array.from({ length: WAVES / 2 }, (_, frequency) => power(frequency));
    expect(powers.indexOf(Math.max(...powers))).toBe(25); // 40 Hz each.
    expect(powers[25]).toBeCloseTo(100 ** 2, 0);
  });
});
