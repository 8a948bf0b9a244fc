import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userModelsDir } from '../../testing/test-model.ts';
import { type TinyGguf, tinyGguf } from '../../testing/tiny-gguf.ts';
import { loadCatalogue } from './catalogue.ts';
import { dropGgufTensor } from './drop-gguf-tensor.ts';
import { readGgufHeader } from './gguf-header.ts';
import { hashFile, pathOf, sizeOf } from './model-files.ts';

const signal = new AbortController().signal;
const embeddings = { name: 'token_embd.weight', values: randomBytes(1000) };
const block = { name: 'blk.0.attn_norm.weight', values: randomBytes(77) };
const output = { name: 'output.weight', values: randomBytes(700_000) };

let folder: string;
let from: string;
let to: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-gguf-'));
  from = join(folder, 'from.gguf');
  to = join(folder, 'to.gguf');
});
afterEach(() => rm(folder, { recursive: true }));

/** What is left of a file without its output tensor. */
async function withoutOutput(bytes: Buffer): Promise<Buffer> {
  await writeFile(from, bytes);
  await dropGgufTensor('output.weight', from, to, { signal });
  return readFile(to);
}

describe('dropping a tensor from a GGUF file', () => {
  // A file that never had the tensor is what must come out, byte for byte.
  it.each<[string, TinyGguf, TinyGguf]>([
    ['the first of three', { tensors: [output, embeddings, block] }, { tensors: [embeddings, block] }],
    ['one in the middle', { tensors: [embeddings, output, block] }, { tensors: [embeddings, block] }],
    ['the last', { tensors: [embeddings, block, output] }, { tensors: [embeddings, block] }],
    ['the only one', { tensors: [output] }, { tensors: [] }],
    [
      'one at an alignment of 8',
      { tensors: [block, output, block2()], alignment: 8 },
      { tensors: [block, block2()], alignment: 8 },
    ],
    [
      'one at an alignment of 1000',
      { tensors: [block, output, embeddings], alignment: 1000 },
      { tensors: [block, embeddings], alignment: 1000 },
    ],
    [
      'one behind a vocabulary of many windows',
      { tensors: [output, block], tokens: manyTokens() },
      { tensors: [block], tokens: manyTokens() },
    ],
  ])('leaves the file as if it had never been there: %s', async (_what, before, after) => {
    expect((await withoutOutput(tinyGguf(before))).equals(tinyGguf(after))).toBe(true);
  });

  it('keeps the values of tensors whose infos are in another order', async () => {
    const infoBytes = (name: string) => 8 + name.length + 4 + 8 + 4 + 8;
    const bytes = tinyGguf({ tensors: [embeddings, output, block] });
    const at = bytes.indexOf(embeddings.name) - 8;
    const between = at + infoBytes(embeddings.name);
    const end = between + infoBytes(output.name) + infoBytes(block.name);
    const turned = Buffer.concat([
      bytes.subarray(0, at),
      bytes.subarray(between, end),
      bytes.subarray(at, between),
      bytes.subarray(end),
    ]);
    await withoutOutput(turned);
    const target = await open(to);
    const { tensors, dataStart } = await readGgufHeader(target, signal).finally(() => target.close());
    const copied = await readFile(to);
    for (const { name, values } of [block, embeddings]) {
      const start = dataStart + (tensors.find((tensor) => tensor.name === name)?.offset ?? 0);
      expect(copied.subarray(start, start + values.length).equals(values)).toBe(true);
    }
  });

  it('tells how far it is, up to the last byte', async () => {
    await writeFile(from, tinyGguf({ tensors: [output, { ...output, name: 'other' }] }));
    const written: number[] = [];
    await dropGgufTensor('output.weight', from, to, { signal, onBytes: (bytes) => written.push(bytes) });
    expect(written.length).toBeGreaterThan(3);
    expect(written.at(-1)).toBe(sizeOf(to));
  });

  it('stops when aborted', async () => {
    await writeFile(from, tinyGguf({ tensors: [output, { ...output, name: 'other' }] }));
    const stop = new AbortController();
    const copying = dropGgufTensor('output.weight', from, to, {
      signal: stop.signal,
      onBytes: () => stop.abort(new Error('enough')),
    });
    await expect(copying).rejects.toMatchObject({ name: 'AbortError', cause: { message: 'enough' } });
    expect(sizeOf(to)).toBeLessThan(700_000);
  });

  it('refuses a file without the tensor', async () => {
    await expect(withoutOutput(tinyGguf({ tensors: [embeddings] }))).rejects.toThrow('no tensor output.weight');
  });

  const good = tinyGguf({ tensors: [embeddings, output] });
  const change = (at: number, bytes: number[]) =>
    Buffer.concat([good.subarray(0, at), Buffer.from(bytes), good.subarray(at + bytes.length)]);
  const infoOf = (name: string) => good.indexOf(name) + name.length;
  it.each([
    ['another magic', change(0, [0x47, 0x47, 0x4d, 0x4c]), 'damaged at byte 0: it is no GGUF file'],
    ['an older version', change(4, [1]), 'version 1 is not known'],
    ['big endian numbers', change(4, [0, 0, 0, 3]), 'version 50331648 is not known'],
    ['a thousand million tensors', change(8, [0, 0, 0, 64]), 'claims to have 1073741824 tensors'],
    ['more pairs than there are', change(16, [200]), /damaged at byte \d+/],
    ['a key longer than the file', change(24, [255, 255, 255, 255]), '4294967295 is no possible length'],
    ['a string longer than the file', change(24 + 8 + 20 + 4, [0, 0, 0, 1]), 'but the file ends at'],
    ['a value of an unknown type', change(24 + 8 + 20, [99]), 'no value of type 99'],
    ['an array of arrays', change(good.indexOf('tokenizer.ggml.tokens') + 21 + 4, [9]), 'no value of type 9'],
    ['a tensor of 200 dimensions', change(infoOf('output.weight'), [200]), '200 dimensions'],
    ['a tensor beyond the end', change(infoOf('output.weight') + 4 + 8 + 4, [0, 0, 0, 1]), 'output.weight cannot be at 16777216'],
    ['a tensor beside the alignment', change(infoOf('output.weight') + 4 + 8 + 4, [33]), 'output.weight cannot be at'],
    ['two tensors at one place', change(infoOf('output.weight') + 4 + 8 + 4, [0, 0, 0, 0]), 'at the same place'],
    ['an impossible alignment', tinyGguf({ tensors: [output], alignment: 12 }), 'alignment of 12'],
    ['nothing at all', Buffer.alloc(0), 'damaged at byte 0'],
    ['only its first kilobyte', good.subarray(0, 300), /damaged at byte \d+.*ends at 300/],
  ])('refuses a damaged file: %s', async (_what, bytes, problem) => {
    const error = await withoutOutput(bytes).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ModelError', code: 'wrong-bytes', message: expect.stringMatching(problem) });
  });

  it('ends with a clear error wherever a header is cut off', async () => {
    const end = good.length - output.values.length - 1100;
    for (let bytes = 1; bytes < end; bytes += 7) {
      await expect(withoutOutput(good.subarray(0, bytes))).rejects.toMatchObject({ code: 'wrong-bytes' });
    }
  });

  it('makes the default model of the file its maker published, if that is in the models folder', async ({ skip }) => {
    const catalogue = loadCatalogue();
    const files = catalogue.flatMap((entry) => entry.files);
    const made = files.find((file) => file.derived?.recipe === 'drop-gguf-tensor');
    const derived = made?.derived?.recipe === 'drop-gguf-tensor' ? made.derived : undefined;
    const owner = catalogue.find((entry) => entry.files.some((file) => file.sha256 === derived?.from.model.sha256));
    const [original] = owner?.files ?? [];
    if (!made || !derived || !owner || !original) throw new Error('the catalogue has no derived file and its original');
    const path = pathOf(userModelsDir(), owner.name, original);
    if (sizeOf(path) !== original.size) return skip(`${owner.name} is not here; npm run models -- pull ${owner.name}`);
    await dropGgufTensor(derived.tensor, path, to, { signal });
    expect({ size: sizeOf(to), sha256: await hashFile(to, signal) }).toEqual({ size: made.size, sha256: made.sha256 });
  }, 120_000);
});

function block2() {
  return { name: 'blk.1.attn_norm.weight', values: Buffer.alloc(8, 7) };
}

/** Far more than one window of the reader, with strings that lie across its edges. */
function manyTokens(): string[] {
  return Array.from({ length: 20_000 }, (_, at) => 'x'.repeat(at % 23));
}
