import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface PostgresServer {
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * A Postgres for tests: the server of `DATABASE_URL`, or else one of its own from Debian's package, on loopback, in a
 * temporary folder. A string says why there is none.
 */
export async function startPostgres(): Promise<PostgresServer | string> {
  const { default: pg } = await import('pg');
  const databaseOn = (admin: string) => async () => {
    const name = `visavis_${process.pid}_${Math.random().toString(36).slice(2)}`;
    const client = new pg.Client({ connectionString: admin });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    const url = new URL(admin);
    url.pathname = `/${name}`;
    return url.href;
  };
  const given = process.env.DATABASE_URL;
  if (given) return { newDatabase: databaseOn(given), stop: async () => undefined };

  const bin = binaries();
  if (!bin) return 'Postgres is not installed here (Debian: postgresql) and DATABASE_URL is not set';
  const root = process.getuid?.() === 0;
  const owner = root ? await userIds('postgres') : undefined;
  if (root && !owner) return 'Postgres does not run as root, and there is no user "postgres" here';

  const folder = await mkdtemp(join(tmpdir(), 'visavis-postgres-'));
  if (owner) await chown(folder, owner.uid, owner.gid);
  await chmod(folder, 0o700);
  const options = { ...owner, cwd: folder };
  await execute(join(bin, 'initdb'), ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], options);
  const port = await freePort();
  const server = spawn(join(bin, 'postgres'), ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'], {
    ...options,
    stdio: 'ignore',
  });
  const admin = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await reachable(pg.Client, admin, () => server.exitCode);
  return {
    newDatabase: databaseOn(admin),
    async stop() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function binaries(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':')];
  for (const version of ['18', '17', '16', '15', '14', '13']) folders.push(`/usr/lib/postgresql/${version}/bin`);
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

async function userIds(name: string): Promise<{ uid: number; gid: number } | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

async function reachable(Client: typeof import('pg').Client, url: string, exitCode: () => number | null): Promise<void> {
  for (;;) {
    if (exitCode() !== null) throw new Error(`Postgres ended with ${exitCode()}`);
    const client = new Client({ connectionString: url });
    const connected = await client.connect().then(
      () => true,
      () => false,
    );
    if (connected) return client.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
