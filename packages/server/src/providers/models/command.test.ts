import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileServer, startFileServer } from '../../testing/file-server.ts';
import { parseCatalogue } from './catalogue.ts';
import { runModelsCommand } from './command.ts';

const content = randomBytes(300_000);
let modelsDir: string;
let server: FileServer;

beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'visavis-models-'));
  server = await startFileServer(content);
});
afterEach(async () => {
  await server.close();
  await rm(modelsDir, { recursive: true });
});

const entry = (name: string, rank?: number) => ({
  name,
  task: 'llm',
  title: name,
  languages: ['en'],
  licence: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
  ...(rank === undefined ? {} : { rank }),
  files: [{ path: 'weights.gguf', size: content.length, sha256: createHash('sha256').update(content).digest('hex') }],
  sources: [{ type: 'http', urls: { 'weights.gguf': server.url } }],
});

/** Runs the command as a shell would; its exit code and what it wrote. */
async function models(line: string, stop = new AbortController()) {
  const written = { out: '', err: '' };
  const stdout = new PassThrough().on('data', (chunk: Buffer) => {
    written.out += chunk.toString();
  });
  const stderr = new PassThrough().on('data', (chunk: Buffer) => {
    written.err += chunk.toString();
  });
  const catalogue = parseCatalogue({ models: [entry('big-model'), entry('small-model', 1)] });
  const code = await runModelsCommand(
    line.split(' ').filter(Boolean),
    { modelsDir, folders: [], catalogue },
    { stdout, stderr, signal: stop.signal },
  );
  return { code, ...written };
}

describe('npm run models', () => {
  it('lists the catalogue with the state of each model', async () => {
    const { code, out } = await models('list');
    expect(code).toBe(0);
    expect(out).toMatch(
      /NAME +TASK +SIZE +LICENCE +LANGUAGES +STATE\nbig-model +llm +0 MB +Apache-2\.0 +en +absent\nsmall-model/,
    );
    expect(out).toContain(modelsDir);
  });

  it('pulls the default, verifies it, and removes it', async () => {
    expect(await models('pull')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/small-model is here: .*weights\.gguf\n$/),
    });
    expect(await models('list')).toMatchObject({ out: expect.stringMatching(/small-model .* ready/) });
    expect(await models('verify')).toMatchObject({ code: 0, out: 'small-model: all files are as they should be\n' });
    expect(await models('remove small-model')).toMatchObject({ code: 0, out: 'small-model is removed (0.3 MB)\n' });
    expect(await models('verify')).toMatchObject({ code: 0, out: expect.stringContaining('no models here yet') });
  });

  it('fails for a damaged model, and says how to mend it', async () => {
    await models('pull big-model');
    await writeFile(join(modelsDir, 'big-model', 'weights.gguf'), randomBytes(content.length));
    expect(await models('verify big-model')).toMatchObject({
      code: 1,
      err: expect.stringContaining('npm run models -- pull big-model'),
    });
  });

  it('suggests the nearest name', async () => {
    expect(await models('pull smal-model')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean small-model?') });
    expect(await models('pull xyz')).toMatchObject({ code: 2, err: expect.stringContaining('models -- list') });
  });

  it('says how it is used when it is used wrongly', async () => {
    expect(await models('fetch')).toMatchObject({ code: 2, err: expect.stringContaining('npm run models -- pull') });
    expect(await models('remove')).toMatchObject({ code: 2 });
    expect(await models('--help')).toMatchObject({ code: 0, out: expect.stringContaining('npm run models -- pull') });
  });

  it('says why a model cannot be had', async () => {
    server.next({ status: 404 });
    expect(await models('pull')).toMatchObject({ code: 1, err: expect.stringMatching(/answered 404[\s\S]*model_folders/) });
  });

  it('keeps what it has when interrupted, says so, and goes on the next time', async () => {
    server.next({ pause: { after: 100_000, until: new Promise(() => undefined) } });
    const stop = new AbortController();
    const running = models('pull', stop);
    const part = join(modelsDir, 'small-model', 'weights.gguf.part');
    await expect
      .poll(
        () =>
          readFile(part).then(
            (bytes) => bytes.length,
            () => 0,
          ),
        { interval: 5 },
      )
      .toBe(100_000);
    stop.abort(new Error('SIGINT'));
    expect(await running).toMatchObject({
      code: 130,
      err: expect.stringMatching(/stopped at 0\.1 of 0\.3 MB; it goes on from there/),
    });
    expect(await models('pull')).toMatchObject({ code: 0 });
    expect(server.requests[1]?.range).toBe('bytes=100000-');
  });
});
