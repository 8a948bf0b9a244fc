import { describe, expect, it } from 'vitest';
import { createNetwork, unpackNetwork } from './network.ts';

describe('a network', () => {
  it('sums up, with nothing below 0 between its layers', () => {
    const network = createNetwork([
      { inputs: 2, outputs: 2, weights: Float32Array.of(1, 2, -1, -2), biases: Float32Array.of(0.5, 0.5) },
      { inputs: 2, outputs: 1, weights: Float32Array.of(3, 5), biases: Float32Array.of(-1) },
    ]);
    expect([...network.run(Float32Array.of(1, 1))]).toEqual([9.5]);
    expect([...network.run(Float32Array.of(-1, -1))]).toEqual([16.5]);
  });

  it('comes back from how it is kept', () => {
    const values = Int16Array.of(32_767, -32_767, 0, 16_384, 1, -2);
    const base64 = Buffer.from(values.buffer).toString('base64');
    const [layer] = unpackNetwork({ sizes: [2, 2], scales: [2], base64 });
    expect(layer).toMatchObject({ inputs: 2, outputs: 2 });
    expect([...layer!.weights]).toEqual([2, -2, 0, expect.closeTo(1, 4)]);
    expect([...layer!.biases]).toEqual([expect.closeTo(0, 3), expect.closeTo(0, 3)]);
  });
});
