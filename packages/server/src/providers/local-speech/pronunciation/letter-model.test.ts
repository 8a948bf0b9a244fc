import { expect, it } from 'vitest';
import { createLetterModel } from './letter-model.ts';
import type { NumberArray } from './npz.ts';

const filled = (shape: number[], value = 0): NumberArray => ({
  shape,
  values: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value),
});

/** A model of size 4 whose next sound depends only on the last one: B, then AH0, then the end. */
function chain(): Map<string, NumberArray> {
  const weights = new Map<string, NumberArray>();
  for (const [name, symbols] of [
    ['enc', 29],
    ['dec', 74],
  ] as const) {
    weights.set(`${name}_emb`, filled([symbols, 4]));
    weights.set(`${name}_w_ih`, filled([12, 4]));
    weights.set(`${name}_w_hh`, filled([12, 4]));
    weights.set(`${name}_b_ih`, filled([12]));
    weights.set(`${name}_b_hh`, filled([12]));
  }
  // Nothing is kept of the state: its update gate is closed.
  weights.get('dec_b_ih')?.values.fill(-50, 4, 8);
  const embedding = weights.get('dec_emb')?.values ?? new Float32Array();
  embedding[2 * 4] = 5; // <s>
  embedding[22 * 4 + 1] = 5; // B
  embedding[10 * 4 + 2] = 5; // AH0
  for (let unit = 0; unit < 4; unit += 1) (weights.get('dec_w_ih')?.values ?? [])[(8 + unit) * 4 + unit] = 1;
  weights.set('fc_w', filled([74, 4]));
  weights.set('fc_b', filled([74]));
  const output = weights.get('fc_w')?.values ?? new Float32Array();
  output[22 * 4] = 1; // after <s>: B
  output[10 * 4 + 1] = 1; // after B: AH0
  output[3 * 4 + 2] = 1; // after AH0: </s>
  return weights;
}

it('says the likeliest sound each time, until the end of the word', () => {
  expect(createLetterModel(chain())('anything')).toEqual(['B', 'AH0']);
});

it('stops a model that never ends', () => {
  const weights = chain();
  (weights.get('fc_b')?.values ?? [])[22] = 100;
  expect(createLetterModel(weights)('word').length).toBeLessThan(40);
});

it('says which part of a model is missing', () => {
  const weights = chain();
  weights.delete('fc_w');
  expect(() => createLetterModel(weights)).toThrow('no fc_w');
});
