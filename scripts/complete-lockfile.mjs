// Completes package-lock.json after `npm install` against a registry that carries only some platforms' binaries.
//
// npm leaves an optional platform package that it could not see out of the lockfile, and `npm ci` then refuses the
// lockfile as out of sync, on every platform. This adds the missing entries (version, os, cpu, libc; no integrity, as
// it is not known here), so that `npm ci` skips them where they do not apply and fetches them where they do.
//
// Usage: node scripts/complete-lockfile.mjs          (run it after every `npm install` that changes the lockfile)
import { readFileSync, writeFileSync } from 'node:fs';

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'wasi',
  'win32',
  'windows',
  'win',
  'mac',
];
const CPU = [
  'arm64',
  'arm',
  'armv7',
  'armv7l',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
  'universal',
];
const SPELLING = { windows: 'win32', win: 'win32', mac: 'darwin', armv7: 'arm', armv7l: 'arm', ppc64le: 'ppc64' };
const spell = (word) => SPELLING[word] ?? word;

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;

/** The lockfile path at which `name`, wanted by the package at `from`, is found, as Node resolves it. */
function resolve(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const path = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (packages[path]) return path;
    if (!at) return undefined;
  }
}

const added = [];
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolve(path, name)) continue;
    const words = name.replace('@', '').split(/[/\-_.]|(?<=win)(?=32)/);
    const joined = name.includes('win32') ? [...words, 'win32'] : words;
    const os = joined.filter((word) => OS.includes(word)).map(spell);
    const cpu = joined.filter((word) => CPU.includes(word) && word !== 'universal').map(spell);
    if (name === 'fsevents') os.push('darwin');
    if (os.length === 0 && cpu.length === 0) throw new Error(`Cannot tell the platform of ${name} (wanted by ${path})`);
    packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
      ...(cpu.length ? { cpu: [...new Set(cpu)] } : {}),
      ...(os.length ? { os: [...new Set(os)] } : {}),
      ...(joined.some((word) => word.includes('musl')) ? { libc: ['musl'] } : {}),
    };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length ? `Added ${added.length}: ${added.join(', ')}` : 'Nothing was missing');
