// Compiles all packages and bundles the pages for browsers; only what has changed since the last time is made again.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const COMPILED = ['packages/protocol', 'packages/face', 'packages/client', 'packages/server'];
/** What each bundle is made of, besides the lockfile. */
const BUNDLES = [
  { name: 'console', from: ['packages/protocol', 'packages/face', 'packages/client', 'packages/console'] },
  { name: 'widget', from: ['packages/protocol', 'packages/face', 'packages/client', 'packages/widget'] },
];

run('typescript/bin/tsc', ['-b', ...COMPILED], root);
for (const { name, from } of BUNDLES) {
  const folder = join(root, 'packages', name);
  const stamp = join(folder, 'dist', 'built');
  const inputs = [join(root, 'package-lock.json'), ...from.map((part) => join(root, part))];
  if (existsSync(stamp) && Math.max(...inputs.map(newest)) < statSync(stamp).mtimeMs) continue;
  const startedAt = Date.now();
  run('vite/bin/vite.js', ['build', '--logLevel', 'warn'], folder);
  await compress(join(folder, 'dist', 'web'));
  writeFileSync(stamp, '');
  // What changed while it was made is made again the next time.
  utimesSync(stamp, startedAt / 1000, startedAt / 1000);
}

/** Puts a compressed form beside everything that gets smaller by it; the server sends that. */
async function compress(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = join(folder, name);
    if (!/\.(js|css|svg|json|webmanifest)$/.test(name) || statSync(file).size < 1_024) continue;
    const text = readFileSync(file);
    const [small, fallback] = await Promise.all([promisify(brotliCompress)(text), promisify(gzip)(text, { level: 9 })]);
    writeFileSync(`${file}.br`, small);
    writeFileSync(`${file}.gz`, fallback);
  }
}

/** When a file, or the newest file of a folder, was changed, in ms. */
function newest(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  let latest = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.endsWith('.tsbuildinfo')) continue;
    latest = Math.max(latest, newest(join(path, entry.name)));
  }
  return latest;
}

function run(script, args, cwd) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
