import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { melFilters } from './ct2-mel-filters.ts';
import { convertCt2Whisper } from './ct2-whisper-to-ggml.ts';
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

const STATE = 4;
const MELS = 80;
const TOKENS = ['!', '\u0120', ' the', ''];

function halves(name: string, ...dimensions: number[]): Variable {
  const values = randomBytes(dimensions.reduce((product, size) => product * size, 2));
  // No NaN: its bits need not survive.
  for (let at = 1; at < values.length; at += 2) values[at] = (values[at] ?? 0) & 0xbf;
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
  return [...norm(`${name}/layer_norm`), ...linear(`${name}/linear_0`, 16, STATE), ...linear(`${name}/linear_1`, STATE, 16)];
}

function heads(name: string, count: number): Variable {
  return { name, dimensions: [], type: 2, values: Buffer.from([count, 0]) };
}

/** The smallest Whisper: a layer of each kind, two heads of two numbers. */
function tinyWhisper(vocabulary = 10): Variable[] {
  return [
    halves('decoder/embeddings/weight', vocabulary, STATE),
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
    heads('decoder/num_heads', 2),
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
    heads('encoder/num_heads', 2),
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

function tokenList(tokens: readonly string[]): Buffer {
  return Buffer.from(tokens.map((token, at) => `${Buffer.from(token).toString('base64') || '='} ${at}\n`).join(''));
}

/** What is in a file of whisper.cpp, read as its loader does. */
function readGgml(file: Buffer) {
  let at = 0;
  const take = (bytes: number) => {
    at += bytes;
    return file.subarray(at - bytes, at);
  };
  const int = () => take(4).readInt32LE();
  const header = Array.from({ length: 12 }, int);
  const mel = { bands: int(), frequencies: int() };
  const filters = take(mel.bands * mel.frequencies * 4);
  const tokens = Array.from({ length: int() }, () => take(int()).toString());
  const tensors: { name: string; shape: number[]; type: number; values: Buffer }[] = [];
  while (at < file.length) {
    const [dimensions, nameBytes, type] = [int(), int(), int()];
    const shape = Array.from({ length: dimensions }, int);
    const name = take(nameBytes).toString();
    tensors.push({ name, shape, type, values: take(shape.reduce((product, size) => product * size, type === 0 ? 4 : 2)) });
  }
  return { header, mel, filters, tokens, tensors };
}

let folder: string;
let from: { model: string; tokens: string };
let to: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-ct2-'));
  from = { model: join(folder, 'model.bin'), tokens: join(folder, 'tokens') };
  to = join(folder, 'ggml.bin');
});
afterEach(() => rm(folder, { recursive: true }));

async function convert(model: Buffer, tokens = tokenList(TOKENS), onBytes?: (written: number) => void) {
  await writeFile(from.model, model);
  await writeFile(from.tokens, tokens);
  await convertCt2Whisper(from, to, { signal, ...(onBytes ? { onBytes } : {}) });
  return readGgml(await readFile(to));
}

describe('making the file of whisper.cpp of a Whisper model for CTranslate2', () => {
  it('writes the sizes, the filters and the tokens', async () => {
    const made = await convert(ct2File(tinyWhisper()));
    expect(made.header).toEqual([0x67676d6c, 10, 9, STATE, 2, 1, 6, STATE, 2, 1, MELS, 1]);
    expect(made.mel).toEqual({ bands: 80, frequencies: 201 });
    expect(made.filters.equals(Buffer.from(melFilters(80).buffer))).toBe(true);
    expect(made.tokens).toEqual(TOKENS);
  });

  it('gives the tensors their names, shapes and types, in the order of the checkpoints of OpenAI', async () => {
    const { tensors } = await convert(ct2File(tinyWhisper()));
    expect(tensors.map(({ name, shape, type }) => `${name} ${shape.join('x')}${type === 0 ? ' wide' : ''}`)).toEqual([
      'decoder.positional_embedding 4x6 wide',
      'encoder.positional_embedding 4x9 wide',
      'decoder.token_embedding.weight 4x10',
      ...blockTensors('decoder.blocks.0', ['attn', 'cross_attn']),
      'decoder.ln.weight 4 wide',
      'decoder.ln.bias 4 wide',
      'encoder.conv1.weight 3x80x4',
      'encoder.conv1.bias 1x4 wide',
      'encoder.conv2.weight 3x4x4',
      'encoder.conv2.bias 1x4 wide',
      ...blockTensors('encoder.blocks.0', ['attn']),
      'encoder.ln_post.weight 4 wide',
      'encoder.ln_post.bias 4 wide',
    ]);
  });

  it('divides the projections that lie together: queries, keys, values', async () => {
    const variables = tinyWhisper();
    const valuesOf = (name: string) => variables.find((variable) => variable.name === name)?.values ?? Buffer.alloc(0);
    const { tensors } = await convert(ct2File(variables));
    const made = (name: string) => tensors.find((tensor) => tensor.name === name)?.values ?? Buffer.alloc(0);
    const part = (values: Buffer, at: number, of: number) =>
      values.subarray((values.length / of) * at, (values.length / of) * (at + 1));

    const own = valuesOf('decoder/layer_0/self_attention/linear_0/weight');
    expect(made('decoder.blocks.0.attn.query.weight')).toEqual(part(own, 0, 3));
    expect(made('decoder.blocks.0.attn.key.weight')).toEqual(part(own, 1, 3));
    expect(made('decoder.blocks.0.attn.value.weight')).toEqual(part(own, 2, 3));
    const cross = valuesOf('decoder/layer_0/attention/linear_1/weight');
    expect(made('decoder.blocks.0.cross_attn.key.weight')).toEqual(part(cross, 0, 2));
    expect(made('decoder.blocks.0.cross_attn.value.weight')).toEqual(part(cross, 1, 2));
    expect(made('decoder.blocks.0.mlp.2.weight')).toEqual(valuesOf('decoder/layer_0/ffn/linear_1/weight'));
    expect(made('decoder.token_embedding.weight')).toEqual(valuesOf('decoder/embeddings/weight'));
  });

  it('widens 16-bit floats to the same value', async () => {
    const variables = tinyWhisper();
    const bits = [0x3c00, 0xc000, 0x0001, 0x7bff];
    const ln = variables.find((variable) => variable.name === 'encoder/layer_norm/gamma');
    if (ln) ln.values = Buffer.concat(bits.map(uint16));
    const { tensors } = await convert(ct2File(variables));
    const values = tensors.find((tensor) => tensor.name === 'encoder.ln_post.weight')?.values ?? Buffer.alloc(0);
    expect([0, 4, 8, 12].map((at) => values.readFloatLE(at))).toEqual([1, -2, 2 ** -24, 65504]);
  });

  it('adds the end of text to the tokens of an English model, as the published files have it', async () => {
    const { tokens } = await convert(ct2File(tinyWhisper(51_864)));
    expect(tokens).toEqual([...TOKENS, '<|endoftext|>']);
  });

  it('computes the filters that are published, bit for bit', () => {
    const hash = createHash('sha256')
      .update(Buffer.from(melFilters(80).buffer))
      .digest('hex');
    expect(hash).toBe('85818f156f7e189453901a515e4726d270d307f976e161cf9403e8caab405498'); // That part of whisper.cpp's ggml-base.bin.
  });

  it('tells how far it is, up to the last byte, and stops when aborted', async () => {
    const written: number[] = [];
    await convert(ct2File(tinyWhisper(50_000)), undefined, (bytes) => written.push(bytes));
    expect(written).toEqual([...written].sort((a, b) => a - b));
    expect(written.at(-1)).toBe(sizeOf(to));
    const stop = new AbortController();
    const stopped = convertCt2Whisper(from, to, { signal: stop.signal, onBytes: () => stop.abort(new Error('enough')) });
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
    ['fewer values than the shape says', ct2File(changed('encoder/conv1/bias', { dimensions: [5] })), 'its shape needs 10'],
    [
      'whole numbers in place of floats',
      ct2File(changed('encoder/conv1/bias', { type: 1, dimensions: [STATE * 2] })),
      'type int8, only float16',
    ],
    [
      'projections that cannot be divided',
      ct2File(changed('encoder/layer_0/self_attention/linear_0/bias', { dimensions: [10], values: Buffer.alloc(20) })),
      '10 rows cannot be 3 tensors',
    ],
  ])('refuses %s', async (_what, file, problem) => {
    const error = await convert(file).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ModelError', code: 'wrong-bytes', message: expect.stringContaining(problem) });
  });

  it.each([
    ['too many', tokenList(Array.from({ length: 10 }, String)), '10 tokens do not fit a model of 10'],
    ['out of order', Buffer.from('IQ== 0\nIg== 2\n'), 'line 2'],
    ['another file', Buffer.from('{"a": 1}\n'), 'line 1 is not that of token 0'],
    ['cut off', tokenList(TOKENS).subarray(0, -1), 'line 4 has no end'],
  ])('refuses a list of tokens that is wrong: %s', async (_what, tokens, problem) => {
    const error = await convert(ct2File(good), tokens).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ModelError', code: 'wrong-bytes', message: expect.stringContaining(problem) });
  });

  it('ends with a clear error wherever the file is cut off', async () => {
    const whole = ct2File(good);
    for (let bytes = 1; bytes < whole.length; bytes += 37) {
      await expect(convert(whole.subarray(0, bytes))).rejects.toMatchObject({ code: 'wrong-bytes' });
    }
  });
});

function blockTensors(name: string, attentions: readonly string[]): string[] {
  return [
    `${name}.mlp_ln.weight 4 wide`,
    `${name}.mlp_ln.bias 4 wide`,
    `${name}.mlp.0.weight 4x16`,
    `${name}.mlp.0.bias 16 wide`,
    `${name}.mlp.2.weight 16x4`,
    `${name}.mlp.2.bias 4 wide`,
    ...attentions.flatMap((each) => [
      `${name}.${each}_ln.weight 4 wide`,
      `${name}.${each}_ln.bias 4 wide`,
      `${name}.${each}.query.weight 4x4`,
      `${name}.${each}.query.bias 4 wide`,
      `${name}.${each}.key.weight 4x4`,
      `${name}.${each}.value.weight 4x4`,
      `${name}.${each}.value.bias 4 wide`,
      `${name}.${each}.out.weight 4x4`,
      `${name}.${each}.out.bias 4 wide`,
    ]),
  ];
}
