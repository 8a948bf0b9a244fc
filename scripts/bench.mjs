// `npm run bench -- NAME [--json]`: one benchmark of bench/NAME against the built product, on this machine.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import './build-if-possible.mjs';
import { bringDebianPackages } from './debian-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(`${root}/bench`).filter((folder) => existsSync(`${root}/bench/${folder}/bench.ts`));
if (!names.includes(name)) {
  console.error(`Usage: npm run bench -- ${names.join('|')} [--json]`);
  process.exit(1);
}
bringDebianPackages(['wrk']);
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--conditions=source', `${root}/bench/${name}/bench.ts`, ...rest],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
