import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileServer, startFileServer } from '../../testing/file-server.ts';
import { parseCatalogue } from './catalogue.ts';
import { createModelStore, type ModelStatus, type ModelStoreOptions } from './model-store.ts';

const content = randomBytes(600_000);
const never = new AbortController().signal;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let modelsDir: string;
const servers: FileServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-models-'));
  modelsDir = join(folder, 'models');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

async function serve(...parameters: Parameters<typeof startFileServer>): Promise<FileServer> {
  const server = await startFileServer(...parameters);
  servers.push(server);
  return server;
}

/** A model of one file that the given addresses serve. */
function catalogueFor(urls: string[], options: { name?: string; size?: number } = {}) {
  return parseCatalogue({
    models: [
      {
        name: options.name ?? 'tiny',
        task: 'llm',
        title: 'Tiny',
        languages: ['en'],
        licence: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        files: [{ path: 'weights/tiny.gguf', size: options.size ?? content.length, sha256: sha256(content) }],
        sources: urls.map((url) => ({ type: 'http', urls: { 'weights/tiny.gguf': url } })),
      },
    ],
  });
}

function storeFor(urls: string[], options: Partial<ModelStoreOptions> = {}) {
  return createModelStore({ catalogue: catalogueFor(urls), modelsDir, patience: { retryMs: 1 }, ...options });
}

const modelPath = () => join(modelsDir, 'tiny', 'weights', 'tiny.gguf');
const partPath = () => `${modelPath()}.part`;

/** Comparing by hash: a deep comparison of 600 KB takes a second. */
async function expectWhole() {
  expect(sha256(await readFile(modelPath()))).toBe(sha256(content));
}

async function leavePart(bytes: Buffer) {
  await mkdir(dirname(partPath()), { recursive: true });
  await writeFile(partPath(), bytes);
}

/** Resolves once the store reports so many bytes of a model. */
function received(store: ReturnType<typeof storeFor>, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe((status) => {
      if (status.received_bytes < bytes) return;
      stop();
      resolve();
    });
  });
}

describe('a model store', () => {
  it('fetches a model, verifies it, and needs the network no more', async () => {
    const server = await serve(content);
    const store = storeFor([server.url]);
    expect(store.find('tiny')).toMatchObject({ state: 'absent', progress: 0, size_bytes: content.length });
    const states = new Set<ModelStatus['state']>();
    store.subscribe((status) => states.add(status.state));

    expect(await store.ensure('tiny', { signal: never })).toBe(modelPath());

    await expectWhole();
    expect([...states]).toEqual(['queued', 'downloading', 'verifying', 'ready']);
    expect(store.list()).toMatchObject([{ state: 'ready', progress: 1, received_bytes: content.length }]);
    await server.close();
    expect(await storeFor([server.url]).ensure('tiny', { signal: never })).toBe(modelPath());
    expect(existsSync(partPath())).toBe(false);
  });

  it('goes on where a dropped connection stopped, without fetching a byte twice', async () => {
    const server = await serve(content);
    const store = storeFor([server.url]);
    server.next(
      { pause: { after: 200_000, until: received(store, 200_000), drop: true } },
      { pause: { after: 150_000, until: received(store, 350_000), drop: true } },
    );
    await store.ensure('tiny', { signal: never });

    await expectWhole();
    const [, second, third] = server.requests;
    expect(server.requests).toHaveLength(3);
    const offsets = [second, third].map((request) => Number(/bytes=(\d+)-/.exec(request?.range ?? '')?.[1]));
    expect(offsets[0]).toBeGreaterThan(0);
    expect(offsets[1]).toBeGreaterThan(offsets[0] ?? 0);
    expect(second?.ifRange).toBe('"one"');
    expect(third?.sent).toBe(content.length - (offsets[1] ?? 0));
  });

  it('keeps what it has when aborted, and a new store resumes it', async () => {
    const server = await serve(content);
    server.next({ pause: { after: 300_000, until: new Promise(() => undefined) } });
    const store = storeFor([server.url]);
    const stop = new AbortController();
    const ensured = store.ensure('tiny', { signal: stop.signal });
    await received(store, 300_000);
    stop.abort(new Error('enough'));
    await expect(ensured).rejects.toThrow('enough');
    expect(store.find('tiny')).toMatchObject({ state: 'absent', received_bytes: 300_000 });

    await storeFor([server.url]).ensure('tiny', { signal: never });
    expect(server.requests[1]).toMatchObject({ range: 'bytes=300000-', status: 206, sent: 300_000 });
    await expectWhole();
  });

  it('starts again when the server knows no ranges', async () => {
    const server = await serve(content, { ignoreRange: true });
    await leavePart(content.subarray(0, 100_000));
    await storeFor([server.url]).ensure('tiny', { signal: never });
    expect(server.requests).toMatchObject([{ range: 'bytes=100000-', status: 200 }]);
    await expectWhole();
  });

  it('starts again when the file changed on the server meanwhile', async () => {
    const server = await serve(content, { etag: '"two"' });
    const store = storeFor([server.url]);
    const pause = { after: 100_000, until: received(store, 100_000), drop: true } as const;
    server.next({ etag: '"one"', body: randomBytes(content.length), pause });
    await store.ensure('tiny', { signal: never });
    expect(server.requests).toMatchObject([{ status: 200 }, { ifRange: '"one"', status: 200 }]);
    await expectWhole();
  });

  it('throws away wrong bytes and goes to the next source', async () => {
    const wrong = await serve(randomBytes(content.length));
    const right = await serve(content);
    const failed: string[] = [];
    const store = storeFor([wrong.url, right.url], { onSourceFailed: (_model, _source, problem) => failed.push(problem) });
    await store.ensure('tiny', { signal: never });
    await expectWhole();
    expect(failed).toEqual([expect.stringContaining('sha256 differs')]);
    expect(wrong.requests).toHaveLength(1);
  });

  it('does not blame a source for the wrong bytes an earlier one left', async () => {
    const server = await serve(content);
    await leavePart(randomBytes(100_000));
    await storeFor([server.url]).ensure('tiny', { signal: never });
    expect(server.requests.map((request) => request.range)).toEqual(['bytes=100000-', undefined]);
    await expectWhole();
  });

  it('refuses a file of the wrong length before fetching it, and says both lengths', async () => {
    const server = await serve(content.subarray(0, 1000));
    const error = await storeFor([server.url])
      .ensure('tiny', { signal: never })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'no-source',
      message: expect.stringMatching(/file of 1000 bytes, expected are 600000.*model_folders/),
    });
  });

  it('stops a server that sends more than the file has, and one that sends less', async () => {
    const more = await serve(Buffer.concat([content, content]), { chunked: true });
    const less = await serve(content.subarray(0, 5000), { chunked: true });
    const right = await serve(content);
    const problems: string[] = [];
    const store = storeFor([more.url, less.url, right.url], {
      onSourceFailed: (_model, _source, problem) => problems.push(problem),
    });
    await store.ensure('tiny', { signal: never });
    expect(problems).toEqual([expect.stringContaining('more than 600000 bytes'), expect.anything()]);
    await expectWhole();
  });

  it('leaves a server that stalls for another, and keeps the bytes', async () => {
    const until = new Promise(() => undefined);
    const stalling = await serve(content, { pause: { after: 0, until } });
    stalling.next({ pause: { after: 250_000, until } });
    const right = await serve(content);
    await storeFor([stalling.url, right.url], { patience: { stallMs: 100, retryMs: 1 } }).ensure('tiny', { signal: never });
    await expectWhole();
    expect(right.requests).toMatchObject([{ range: 'bytes=250000-', status: 206 }]);
  });

  it('tries a busy server again, but not one that says no', async () => {
    const server = await serve(content);
    server.next({ status: 503 }, { status: 429 });
    await storeFor([server.url]).ensure('tiny', { signal: never });
    expect(server.requests.map((request) => request.status)).toEqual([503, 429, 200]);

    const refusing = await serve(content, { status: 404 });
    const store = createModelStore({ catalogue: catalogueFor([refusing.url], { name: 'other' }), modelsDir });
    await expect(store.ensure('other', { signal: never })).rejects.toThrow('the server answered 404');
    expect(refusing.requests).toHaveLength(1);
    expect(store.find('other')).toMatchObject({ state: 'failed', error: expect.stringContaining('404') });
  });

  it('follows redirects and keeps the range on the way', async () => {
    const target = await serve(content);
    const server = await serve(content, { redirect: target.url });
    await leavePart(content.subarray(0, 400_000));
    await storeFor([server.url]).ensure('tiny', { signal: never });
    expect(target.requests).toMatchObject([{ range: 'bytes=400000-', status: 206 }]);
  });

  it('leaves a host that cannot be reached at once', async () => {
    const gone = await serve(content);
    await gone.close();
    const right = await serve(content);
    const patience = { retryMs: 1_000_000 };
    await storeFor([gone.url, right.url], { patience }).ensure('tiny', { signal: never });
    expect(right.requests).toHaveLength(1);
  });

  it('shares one download between callers, and goes on while one of them still wants it', async () => {
    const server = await serve(content);
    let goOn = () => {};
    server.next({ pause: { after: 100_000, until: new Promise<void>((resolve) => (goOn = resolve)) } });
    const store = storeFor([server.url]);
    const impatient = new AbortController();
    const first = store.ensure('tiny', { signal: impatient.signal });
    const second = store.ensure('tiny', { signal: never });
    await received(store, 100_000);
    impatient.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    goOn();
    expect(await second).toBe(modelPath());
    expect(server.requests).toHaveLength(1);
  });

  it('downloads once when two processes share the folder, and the second sees the progress', async () => {
    const server = await serve(content);
    let goOn = () => {};
    server.next({ pause: { after: 100_000, until: new Promise<void>((resolve) => (goOn = resolve)) } });
    const [one, two] = [storeFor([server.url]), storeFor([server.url])];
    const first = one.ensure('tiny', { signal: never });
    await received(one, 100_000);
    const second = two.ensure('tiny', { signal: never });
    await received(two, 100_000);
    expect(two.find('tiny')).toMatchObject({ state: 'downloading' });
    goOn();
    expect(await Promise.all([first, second])).toEqual([modelPath(), modelPath()]);
    expect(server.requests).toHaveLength(1);
  });

  it('takes over the lock of a process that died', async () => {
    const server = await serve(content);
    const lock = join(modelsDir, '.tiny.lock');
    await mkdir(lock, { recursive: true });
    await utimes(lock, new Date(0), new Date(0));
    await storeFor([server.url]).ensure('tiny', { signal: never });
    expect(existsSync(lock)).toBe(false);
  });

  it('lets a queued model wait for the one before it, and be cancelled at once', async () => {
    const server = await serve(content);
    let goOn = () => {};
    server.next({ pause: { after: 100_000, until: new Promise<void>((resolve) => (goOn = resolve)) } });
    const catalogue = [...catalogueFor([server.url]), ...catalogueFor([server.url], { name: 'second' })];
    const store = createModelStore({ catalogue, modelsDir });
    const first = store.ensure('tiny', { signal: never });
    await received(store, 100_000);
    const stop = new AbortController();
    const second = store.ensure('second', { signal: stop.signal });
    expect(store.find('second').state).toBe('queued');
    stop.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    expect(store.find('second').state).toBe('absent');
    goOn();
    await first;
  });

  it('says what to do when the models folder cannot be written', async () => {
    const server = await serve(content);
    await writeFile(join(folder, 'file'), '');
    const store = storeFor([server.url], { modelsDir: join(folder, 'file', 'models') });
    await expect(store.ensure('tiny', { signal: never })).rejects.toMatchObject({
      code: 'folder-unwritable',
      message: expect.stringContaining('VISAVIS_MODELS_DIR'),
    });
    expect(server.requests).toHaveLength(0);
  });

  it('says how much room is missing before it fills the disk', async () => {
    const server = await serve(content);
    const store = storeFor([server.url], { catalogue: catalogueFor([server.url], { size: 10 ** 15 }) });
    await expect(store.ensure('tiny', { signal: never })).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/\d+ MB more are needed; free some space/),
    });
    expect(server.requests).toHaveLength(0);
  });

  it('serves a verified model from a folder it may only read', async () => {
    const server = await serve(content);
    await storeFor([server.url]).ensure('tiny', { signal: never });
    await chmod(modelsDir, 0o555);
    const before = (await stat(modelsDir)).mtimeMs;
    await storeFor([]).ensure('tiny', { signal: never });
    expect((await stat(modelsDir)).mtimeMs).toBe(before);
  });

  it('takes a file out of a folder the user names, whatever it is called, if its content is right', async () => {
    const mine = join(folder, 'mine', 'deeper');
    await mkdir(mine, { recursive: true });
    await writeFile(join(mine, 'a.bin'), randomBytes(content.length));
    await writeFile(join(mine, 'b.bin'), content);
    const store = storeFor([], { folders: [join(folder, 'absent'), join(folder, 'mine')] });
    await store.ensure('tiny', { signal: never });
    await expectWhole();
    await store.remove('tiny');
    expect(existsSync(join(mine, 'b.bin'))).toBe(true);
  });

  it('notices a damaged file, and mends it', async () => {
    const server = await serve(content);
    const store = storeFor([server.url]);
    await store.ensure('tiny', { signal: never });
    expect(await store.verify('tiny')).toEqual([]);
    const damaged = Buffer.from(content);
    damaged[1000] = (damaged[1000] ?? 0) ^ 1;
    await writeFile(modelPath(), damaged);
    expect(await store.verify('tiny')).toEqual([expect.stringContaining('damaged')]);
    expect(store.find('tiny').state).toBe('absent');
    await store.ensure('tiny', { signal: never });
    await expectWhole();
    expect(store.find('tiny').state).toBe('ready');
  });

  it('removes a model, but not while it is being fetched by anyone', async () => {
    const server = await serve(content);
    let goOn = () => {};
    server.next({ pause: { after: 100_000, until: new Promise<void>((resolve) => (goOn = resolve)) } });
    const store = storeFor([server.url]);
    const ensured = store.ensure('tiny', { signal: never });
    await received(store, 100_000);
    await expect(store.remove('tiny')).rejects.toMatchObject({ code: 'model-busy' });
    await expect(storeFor([]).remove('tiny')).rejects.toMatchObject({ code: 'model-busy' });
    goOn();
    await ensured;
    await store.remove('tiny');
    expect(store.find('tiny').state).toBe('absent');
    expect(existsSync(dirname(modelPath()))).toBe(false);
  });

  it('names the nearest model for a typing mistake', () => {
    expect(() => storeFor([]).find('tiyn')).toThrow('did you mean tiny?');
  });
});
