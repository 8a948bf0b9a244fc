// What the tests use beside npm's packages: brought on Debian as root, expected to be there elsewhere.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The package that brings a command. */
const PACKAGES = {
  chromium: 'chromium',
  pg_ctl: 'postgresql',
  wrk: 'wrk',
  turnserver: 'coturn',
  caddy: 'caddy',
  nginx: 'nginx-light',
  openssl: 'openssl',
};

const has = (command) =>
  spawnSync('sh', ['-c', `command -v ${command} || ls /usr/lib/postgresql/*/bin/${command}`], { stdio: 'ignore' }).status === 0;

/** Installs what is missing; says what could not be had (what needs it says so). */
export function bringDebianPackages(commands = ['chromium', 'pg_ctl', 'turnserver', 'caddy', 'nginx', 'openssl', 'jq']) {
  const missing = commands.filter((command) => !has(command)).map((command) => PACKAGES[command]);
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    console.log(`Not installed here: ${missing.join(', ')}`);
    return;
  }
  console.log(`Installing ${missing.join(', ')} …`);
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], options);
}
