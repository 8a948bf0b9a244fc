// Compiles all packages; only what has changed since the last time is compiled again.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const { status } = spawnSync(process.execPath, [compiler, '-b', 'packages/protocol', 'packages/face', 'packages/server'], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
