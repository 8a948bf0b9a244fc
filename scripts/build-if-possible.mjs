// Builds what has changed where the development packages are installed; elsewhere (a container) the built files must be there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Visavis needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
if (existsSync(at('node_modules/@types/better-sqlite3'))) {
  const build = spawnSync(process.execPath, [at('scripts/build.mjs')], { stdio: 'inherit' });
  if (build.status !== 0) process.exit(build.status ?? 1);
} else if (!existsSync(at('packages/server/dist/main.js'))) {
  console.error('The server is not built, and what builds it is not installed; run "npm ci" without --omit=dev once.');
  process.exit(1);
}
