import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { convertCt2Whisper, type WhisperHalf } from './ct2-whisper-to-onnx.ts';
import { sizeOf } from './model-files.ts';

const signal = new AbortController().signal;

/** A variable of the file to be built: 16-bit values without meaning, unless others are given. */
interface Variable {
  name: string;
  dimensions: number[];
  /** CTranslate2's number of the type; 4 is float16. */
  type: number;
  values: Buffer;
}

const STATE = 64;
const HEADS = 2;
const INNER = 128;
const MELS = 80;
const VOCABULARY = 12;

/** Values between -1/2 and 1/2, as 16-bit floats. */
function halves(name: string, ...dimensions: number[]): Variable {
  const values = randomBytes(dimensions.reduce((product, size) => product * size, 2));
  for (let at = 1; at < values.length; at += 2) values[at] = ((values[at] ?? 0) & 0x83) | 0x34;
  return { name, dimensions, type: 4, values };
}

function linear(name: string, outputs: number, inputs: number): Variable[] {
  return [halves(`${name}/weight`, outputs, inputs), halves(`${name}/bias`, outputs)];
}

function norm(name: string): Variable[] {
  return [halves(`${name}/gamma`, STATE), halves(`${name}/beta`, STATE)];
}

function attention(name: string, fused: [number, number][]): Variable[] {
  return [...norm(`${name}/layer_norm`), ...fused.flatMap(([at, times]) => linear(`${name}/linear_${at}`, STATE * times, STATE))];
}

function feedForward(name: string): Variable[] {
  return [
    ...norm(`${name}/layer_norm`),
    ...linear(`${name}/linear_0`, INNER, STATE),
    ...linear(`${name}/linear_1`, STATE, INNER),
  ];
}

function heads(name: string, count: number): Variable {
  return { name, dimensions: [], type: 2, values: Buffer.from([count, 0]) };
}

/** The smallest Whisper: a layer of each kind, two heads. */
function tinyWhisper(): Variable[] {
  return [
    halves('decoder/embeddings/weight', VOCABULARY, STATE),
    ...attention('decoder/layer_0/attention', [
      [0, 1],
      [1, 2],
      [2, 1],
    ]),
    ...feedForward('decoder/layer_0/ffn'),
    ...attention('decoder/layer_0/self_attention', [
      [0, 3],
      [1, 1],
    ]),
    ...norm('decoder/layer_norm'),
    heads('decoder/num_heads', HEADS),
    halves('decoder/position_encodings/encodings', 6, STATE),
    halves('encoder/conv1/bias', STATE),
    halves('encoder/conv1/weight', STATE, MELS, 3),
    halves('encoder/conv2/bias', STATE),
    halves('encoder/conv2/weight', STATE, STATE, 3),
    ...feedForward('encoder/layer_0/ffn'),
    ...attention('encoder/layer_0/self_attention', [
      [0, 3],
      [1, 1],
    ]),
    ...norm('encoder/layer_norm'),
    heads('encoder/num_heads', HEADS),
    halves('encoder/position_encodings/encodings', 9, STATE),
  ];
}

const uint16 = (number: number) => Buffer.from(Uint16Array.of(number).buffer);
const uint32 = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer);
const text = (value: string) => Buffer.concat([uint16(value.length + 1), Buffer.from(`${value}\0`)]);

function ct2File(variables: readonly Variable[], change: { version?: number; specification?: string } = {}): Buffer {
  return Buffer.concat([
    uint32(change.version ?? 6),
    text(change.specification ?? 'WhisperSpec'),
    uint32(3, variables.length),
    ...variables.flatMap(({ name, dimensions, type, values }) => [
      text(name),
      Buffer.from([dimensions.length]),
      uint32(...dimensions),
      Buffer.from([type]),
      uint32(values.length),
      values,
    ]),
    uint32(1),
    text('decoder/projection/weight'),
    text('decoder/embeddings/weight'),
  ]);
}

let folder: string;
let from: string;
let to: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-ct2-'));
  from = join(folder, 'model.bin');
  to = join(folder, 'half.onnx');
});
afterEach(() => rm(folder, { recursive: true }));

const encoder: WhisperHalf = { half: 'encoder' };
const decoder: WhisperHalf = { half: 'decoder', alignmentHeads: [[0, 1]] };

async function convert(model: Buffer, which = encoder, onBytes?: (written: number) => void) {
  await writeFile(from, model);
  await convertCt2Whisper(from, to, which, { signal, ...(onBytes ? { onBytes } : {}) });
  return InferenceSession.create(to, { logSeverityLevel: 3 });
}

const tensor = (values: Float32Array, ...shape: number[]) => new Tensor('float32', values, shape);

/** What the decoder says after some tokens that follow others it has seen, on audio of nine places. */
async function decode(session: InferenceSession, tokens: number[], past?: InferenceSession.OnnxValueMapType) {
  const width = STATE / HEADS;
  const seen = past ? ((past['keys.0'] as Tensor).dims[2] ?? 0) : 0;
  const all = seen + tokens.length;
  const mask = new Float32Array(tokens.length * all);
  for (let row = 0; row < tokens.length; row += 1)
    mask.fill(Number.NEGATIVE_INFINITY, row * all + seen + row + 1, (row + 1) * all);
  const audio = Float32Array.from({ length: 9 * STATE }, (_, at) => Math.sin(at));
  return session.run({
    tokens: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [tokens.length]),
    positions: new Tensor(
      'int64',
      BigInt64Array.from(tokens, (_, at) => BigInt(seen + at)),
      [tokens.length],
    ),
    mask: tensor(mask, tokens.length, all),
    'audio_keys.0': tensor(audio, HEADS, width, 9),
    'audio_values.0': tensor(audio, HEADS, 9, width),
    'past_keys.0': past?.['keys.0'] ?? tensor(new Float32Array(0), HEADS, width, 0),
    'past_values.0': past?.['values.0'] ?? tensor(new Float32Array(0), HEADS, 0, width),
  });
}

const numbers = (outputs: InferenceSession.OnnxValueMapType, name: string) => [
  ...((outputs[name] as Tensor).data as Float32Array),
];
const expectClose = (actual: readonly number[], expected: readonly number[], most: number) => {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...actual.map((value, at) => Math.abs(value - (expected[at] ?? 0))))).toBeLessThan(most);
};

describe('making ONNX models of a Whisper model for CTranslate2', () => {
  it('makes an encoder that turns samples into keys and values for each layer of the decoder, a place for every 20 ms', async () => {
    const session = await convert(ct2File(tinyWhisper()));
    const places = 7;
    const samples = Float32Array.from({ length: places * 320 + 240 }, (_, at) => Math.sin(at / 5));
    const outputs = await session.run({ samples: tensor(samples, 1, 1, samples.length) });
    expect((outputs['audio_keys.0'] as Tensor).dims).toEqual([HEADS, STATE / HEADS, places]);
    expect((outputs['audio_values.0'] as Tensor).dims).toEqual([HEADS, places, STATE / HEADS]);
    expect(numbers(outputs, 'audio_keys.0').every(Number.isFinite)).toBe(true);
  });

  it('makes a decoder that goes on where it was, as if it had seen all tokens at once', async () => {
    const session = await convert(ct2File(tinyWhisper()), decoder);
    const atOnce = await decode(session, [3, 1, 4]);
    const first = await decode(session, [3, 1]);
    const then = await decode(session, [4], first);
    expect((then.logits as Tensor).dims).toEqual([1, VOCABULARY]);
    expectClose(numbers(then, 'logits'), numbers(atOnce, 'logits'), 0.2);
    expect((atOnce.looks as Tensor).dims).toEqual([1, 3, 9]);
    const look = numbers(then, 'looks');
    expect(look.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
  });

  it('takes queries, keys and values out of the matrix in which they lie one after the other', async () => {
    const variables = tinyWhisper();
    const fused = variables.find(({ name }) => name === 'decoder/layer_0/self_attention/linear_0/weight');
    const bias = variables.find(({ name }) => name === 'decoder/layer_0/self_attention/linear_0/bias');
    // Nothing but keys: then all keys are their bias, and queries and values are zero.
    fused?.values.fill(0);
    bias?.values.fill(0).fill(Buffer.from([0x00, 0x3c]), STATE * 2, STATE * 4);
    const outputs = await decode(await convert(ct2File(variables), decoder), [3, 1, 4]);
    expect(new Set(numbers(outputs, 'keys.0'))).toEqual(new Set([1]));
    expect(new Set(numbers(outputs, 'values.0'))).toEqual(new Set([0]));
  });

  it('makes the same bytes of the same file', async () => {
    const model = ct2File(tinyWhisper());
    await convert(model, decoder);
    const first = await readFile(to);
    await convert(model, decoder);
    expect((await readFile(to)).equals(first)).toBe(true);
  });

  it('tells how far it is, up to the last byte, and stops when aborted', async () => {
    const written: number[] = [];
    await convert(ct2File(tinyWhisper()), decoder, (bytes) => written.push(bytes));
    expect(written).toEqual([...written].sort((a, b) => a - b));
    expect(written.at(-1)).toBe(sizeOf(to));
    const stop = new AbortController();
    const onBytes = () => stop.abort(new Error('enough'));
    const stopped = convertCt2Whisper(from, to, decoder, { signal: stop.signal, onBytes });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'enough' } });
  });

  const good = tinyWhisper();
  const without = (name: string) => good.filter((variable) => variable.name !== name);
  const changed = (name: string, change: Partial<Variable>) =>
    good.map((variable) => (variable.name === name ? { ...variable, ...change } : variable));
  it.each([
    ['nothing at all', Buffer.alloc(0), 'damaged at byte 0'],
    ['a file of whisper.cpp', Buffer.from('lmgg and more'), 'version 1734831468 of CTranslate2'],
    ['an older version', ct2File(good, { version: 5 }), 'version 5'],
    ['another kind of model', ct2File(good, { specification: 'TransformerSpec' }), 'TransformerSpec of revision 3'],
    ['a Whisper without a layer norm', ct2File(without('encoder/layer_norm/beta')), 'no encoder/layer_norm/beta'],
    ['a variable twice', ct2File([...good, ...good.slice(0, 1)]), 'decoder/embeddings/weight is there twice'],
    [
      'an alias of nothing',
      ct2File(without('decoder/embeddings/weight')),
      'decoder/projection/weight stands for decoder/embeddings/weight',
    ],
    ['an unknown type', ct2File(changed('encoder/conv1/bias', { type: 9 })), 'unknown type 9'],
    ['fewer values than the shape says', ct2File(changed('encoder/conv1/bias', { dimensions: [65] })), 'its shape needs 130'],
    [
      'whole numbers in place of floats',
      ct2File(changed('encoder/conv1/bias', { type: 1, dimensions: [STATE * 2] })),
      'type int8, only float16',
    ],
    [
      'a matrix whose rows are not whole blocks',
      ct2File(changed('encoder/layer_0/ffn/linear_0/weight', { dimensions: [INNER * 4, STATE / 4] })),
      'blocks of 32',
    ],
    [
      'halves of different heads',
      ct2File(changed('encoder/num_heads', { values: Buffer.from([4, 0]) })),
      'different numbers of heads',
    ],
  ])('refuses %s', async (_what, file, problem) => {
    const error = await convert(file).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ModelError', code: 'wrong-bytes', message: expect.stringContaining(problem) });
  });

  it('ends with a clear error wherever the file is cut off', async () => {
    const whole = ct2File(good);
    for (let bytes = 1; bytes < whole.length; bytes += 4999) {
      await expect(convert(whole.subarray(0, bytes))).rejects.toMatchObject({ code: 'wrong-bytes' });
    }
  });
});
