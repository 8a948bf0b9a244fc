import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floats, loadOnnxModel } from './onnx-model.ts';

/** A field of a protocol buffer: a number, or bytes shorter than 128. */
const field = (number: number, content: number | Buffer): Buffer =>
  typeof content === 'number'
    ? Buffer.from([number << 3, content])
    : Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
const fields = (...all: Buffer[]) => Buffer.concat(all);
const text = (word: string) => Buffer.from(word);

/** `y = -(-x)`, with `inside` between the two (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
function twiceNegated(inside: string): Buffer {
  const node = (from: string, to: string) => field(1, fields(field(1, text(from)), field(2, text(to)), field(4, text('Neg'))));
  const shape = field(2, field(1, field(1, 3)));
  const value = (name: string) => fields(field(1, text(name)), field(2, field(1, fields(field(1, 1), shape))));
  const graph = fields(node('x', inside), node(inside, 'y'), field(2, text('g')), field(11, value('x')), field(12, value('y')));
  const opset = field(8, field(2, 13));
  const bytes = fields(field(1, 8), opset);
  const length = Buffer.from([(graph.length & 0x7f) | 0x80, graph.length >> 7]);
  return Buffer.concat([bytes, Buffer.from([(7 << 3) | 2]), length, graph]);
}

let folder: string;
let path: string;
const inside = '/a/value/inside/the/graph';
const x = () => ({ x: new Tensor('float32', Float32Array.of(1, 2, 3), [3]) });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-onnx-'));
  path = join(folder, 'model.onnx');
  await writeFile(path, twiceNegated(inside));
});
afterAll(() => rm(folder, { recursive: true }));

describe('an ONNX model', () => {
  it('runs as it is', async () => {
    const model = await loadOnnxModel(path);
    expect(model.outputNames).toEqual(['y']);
    expect(Array.from(floats(await model.run(x()), 'y'))).toEqual([1, 2, 3]);
    await model.release();
  });

  it('gives out a value from inside its graph where that is asked for', async () => {
    const model = await loadOnnxModel(path, { alsoGiveOut: [inside] });
    expect(model.outputNames).toEqual(['y', inside]);
    const outputs = await model.run(x());
    expect(Array.from(floats(outputs, 'y'))).toEqual([1, 2, 3]);
    expect(Array.from(floats(outputs, inside))).toEqual([-1, -2, -3]);
    await model.release();
  });

  it('says which value it does not have', async () => {
    await expect(loadOnnxModel(path, { alsoGiveOut: ['elsewhere'] })).rejects.toThrow(/elsewhere/);
    const model = await loadOnnxModel(path);
    const outputs = await model.run(x());
    expect(() => floats(outputs, inside)).toThrow(`The model has no output ${inside}`);
    await model.release();
  });

  it('manages names that are longer than a byte can count', async () => {
    // Its own model is written by hand with short names; what is joined to it need not exist to be read.
    await expect(loadOnnxModel(path, { alsoGiveOut: ['n'.repeat(300)] })).rejects.toThrow(/n{300}/);
  });
});
