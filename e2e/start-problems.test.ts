import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, type Exit, type ProductOptions, runProduct, startProduct, temporaryFolder } from './harness/product.ts';
import { mountSmallDisk } from './harness/small-disk.ts';

afterEach(cleanUp);

/** The one line on stderr of a start that fails. */
async function problemOf(options: ProductOptions): Promise<string> {
  const exit: Exit = await runProduct(options);
  expect(exit, exit.stdout).toMatchObject({ code: 1, signal: null });
  expect(exit.stderr.split('\n'), exit.stderr).toHaveLength(2);
  expect(exit.stdout).not.toContain('is ready');
  return exit.stderr.trim();
}

describe('a start that cannot succeed says in one line what to do and exits with 1', () => {
  it('where another server uses the data folder', async () => {
    const { dataDir } = await startProduct();
    expect(await problemOf({ dataDir })).toBe(
      `Another server uses the data folder ${dataDir}; stop it or set VISAVIS_DATA_DIR to another folder.`,
    );
  });

  it('where the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    try {
      const problem = await problemOf({ env: { PORT: String(port) } });
      expect(problem).toBe(`Port ${port} is in use on 127.0.0.1; stop the other program or set PORT to another one.`);
    } finally {
      other.close();
    }
  });

  it('where the host is no address of this machine', async () => {
    expect(await problemOf({ env: { HOST: '192.0.2.1' } })).toBe(
      '192.0.2.1 is no address of this machine; set HOST to 127.0.0.1 or 0.0.0.0.',
    );
  });

  it('where the data folder lies behind a file', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const dataDir = join(file, 'data');
    expect(await problemOf({ dataDir })).toBe(
      `The data folder ${dataDir} cannot be written; change its rights or set VISAVIS_DATA_DIR to another folder.`,
    );
  });

  it('where the data folder is a file', async () => {
    const dataDir = join(temporaryFolder(), 'file');
    writeFileSync(dataDir, '');
    expect(await problemOf({ dataDir })).toContain(`The data folder ${dataDir} cannot be written;`);
  });

  it('where the data folder is on a disk that is mounted read-only', async ({ skip }) => {
    const disk = mountSmallDisk('12m');
    if (typeof disk === 'string') return skip(disk);
    try {
      execFileSync('mount', ['-o', 'remount,ro', disk.path]);
      expect(await problemOf({ dataDir: disk.path })).toContain('cannot be written;');
    } finally {
      disk.unmount();
    }
  });

  it.for(['to the last byte', 'but for 100 KiB', 'but for 400 KiB'])('where the disk is full: %s', async (how, { skip }) => {
    const disk = mountSmallDisk('12m');
    if (typeof disk === 'string') return skip(disk);
    try {
      disk.fill(Number(/\d+/.exec(how)?.[0] ?? 0) * 1024);
      expect(await problemOf({ dataDir: join(disk.path, 'data') })).toContain('is full; free some space or set VISAVIS_DATA_DIR');
      disk.free();
      const next = await startProduct({ dataDir: join(disk.path, 'data') });
      expect(readFileSync(join(next.dataDir, 'secret.key'), 'utf8')).toMatch(/^[\w-]{43}\n$/);
      await next.stop();
    } finally {
      disk.unmount();
    }
  });

  it.each([
    ['not a database', (file: string) => writeFileSync(file, 'This is a text and no database at all. '.repeat(300))],
    ['cut off', cutOff],
    ['overwritten in its middle', overwrite],
  ])('where the database is damaged: %s', async (_how, damage) => {
    const first = await startProduct();
    await first.stop();
    damage(join(first.dataDir, 'visavis.db'));
    expect(await problemOf({ dataDir: first.dataDir })).toBe(
      `The database in ${first.dataDir} is damaged or no database; restore it from a copy or set VISAVIS_DATA_DIR to another folder.`,
    );
  });

  it.each([
    ['a port of letters', { PORT: 'http' }, /^PORT is not valid: .*number/],
    ['a port out of range', { PORT: '65536' }, /^PORT .*65535/],
    ['a short secret', { VISAVIS_SECRET: 'short' }, /^VISAVIS_SECRET must have at least 32 characters; .*openssl rand -hex 32/],
    [
      'an unknown kind of model',
      { VISAVIS_LLM: 'gpt-4' },
      /^VISAVIS_LLM must be local\/<model>, openai\/<model> or ollama\/<model>$/,
    ],
    ['an unknown kind of recogniser', { VISAVIS_STT: 'whisper' }, /^VISAVIS_STT must be local\/<name> or none$/],
    [
      'an unknown recogniser',
      { VISAVIS_STT: 'local/whisper' },
      /^VISAVIS_STT: there is no model local\/whisper; there are .*local\/moonshine-tiny-en/,
    ],
    [
      'an unknown voice',
      { VISAVIS_TTS: 'local/nobody' },
      /^VISAVIS_TTS: there is no voice local\/nobody; there are local\/samuel, /,
    ],
    ['an address without a scheme', { OPENAI_BASE_URL: 'localhost:8000' }, /^OPENAI_BASE_URL .*URL/],
    ['a negative limit', { VISAVIS_RATE_LIMIT: '-1' }, /^VISAVIS_RATE_LIMIT .*0/],
    ['no workers', { VISAVIS_WORKERS: '0' }, /^VISAVIS_WORKERS .*1/],
    ['an unknown log level', { VISAVIS_LOG_LEVEL: 'loud' }, /^VISAVIS_LOG_LEVEL .*"info"/],
    ['a flag that is none', { VISAVIS_TRUST_PROXY: 'maybe' }, /^VISAVIS_TRUST_PROXY /],
    ['another kind of database', { DATABASE_URL: 'mysql://localhost/x' }, /^DATABASE_URL must begin with postgres:\/\/$/],
    ['an API key that is none', { VISAVIS_API_KEY: 'secret' }, /^VISAVIS_API_KEY: the key has 6 characters; use 16 to 256/],
    ['Redis', { REDIS_URL: 'redis://localhost' }, /^REDIS_URL is for several machines/],
  ])('with %s', async (_what, env, problem) => {
    expect(await problemOf({ env })).toMatch(problem);
  });

  it.each([
    ['refuses connections', 'postgres://localhost:9/visavis'],
    ['has no such host', 'postgres://no-such-host.invalid/visavis'],
  ])('where the database server %s', async (_what, url) => {
    expect(await problemOf({ env: { DATABASE_URL: url } })).toBe(
      'The database of DATABASE_URL cannot be reached or refuses the login; check the address, or leave it out to use SQLite.',
    );
  });

  it('with a configuration file that is not there', async () => {
    expect(await problemOf({ env: { VISAVIS_CONFIG: '/nowhere/config.yaml' } })).toBe(
      'The configuration file /nowhere/config.yaml cannot be read; correct VISAVIS_CONFIG or leave it out.',
    );
  });

  it.each([
    ['is no YAML', 'port: [3000', /is not valid YAML: /],
    ['has an unknown key', 'prot: 3000', /prot is no setting; did you mean "port"\?$/],
    [
      'has an unknown key further in',
      'sessions:\n  idle_timeout: 5',
      /sessions.idle_timeout is no setting; did you mean "idle_timeout_seconds"\?$/,
    ],
    ['has a value of the wrong kind', 'sessions: 5', /sessions is not valid: .*object/],
    ['has a limit out of range', 'sessions:\n  concurrent: 0', /sessions.concurrent .*1/],
    ['is a list', '- port', /config.yaml is not valid: expected object/],
  ])('with a configuration file that %s', async (_what, yaml, problem) => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'config.yaml');
    writeFileSync(file, yaml);
    const line = await problemOf({ env: { VISAVIS_CONFIG: file } });
    expect(line).toContain(file);
    expect(line).toMatch(problem);
  });
});

function cutOff(file: string): void {
  execFileSync('truncate', ['-s', '20000', file]);
}

function overwrite(file: string): void {
  execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=4096', 'seek=1', 'count=30', 'conv=notrunc'], { stdio: 'ignore' });
}
