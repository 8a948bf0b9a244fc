// What the tests use beside npm's packages: brought on Debian as root, expected to be there elsewhere.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A command that shows that a package is there, and the package. */
const NEEDED = [
  ['chromium', 'chromium'],
  ['pg_ctl', 'postgresql'],
];

const has = (command) =>
  spawnSync('sh', ['-c', `command -v ${command} || ls /usr/lib/postgresql/*/bin/${command}`], { stdio: 'ignore' }).status === 0;

/** Installs what is missing; says what could not be had (the tests that need it are skipped, with the reason). */
export function bringDebianPackages() {
  const missing = NEEDED.filter(([command]) => !has(command)).map(([, name]) => name);
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    console.log(`Not installed here, tests that need them are skipped: ${missing.join(', ')}`);
    return;
  }
  console.log(`Installing ${missing.join(', ')} …`);
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
}
