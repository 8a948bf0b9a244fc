// `npm run test:node22`: the suite of the last commit on Node 22 (npm's `node` package), in a temporary clone, with native
// parts built for it. It takes several minutes; arguments are those of `npm test`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'visavis-node22-'));
const run = (command, args, options) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
};

try {
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', join(folder, 'node22'), 'node@22'], {});
  const node = join(folder, 'node22/node_modules/node');
  const binaries = join(node, 'bin');
  // The package keeps the headers beside the binary of its platform.
  const platform = [join(node, 'node_modules'), dirname(node)]
    .map((parent) => join(parent, `node-${process.platform}-${process.arch}`))
    .find((path) => existsSync(join(path, 'include')));
  const env = { ...process.env, PATH: `${binaries}:${process.env.PATH}`, ...(platform && { npm_config_nodedir: platform }) };
  const clone = join(folder, 'clone');
  run('git', ['clone', '--quiet', root, clone], {});
  run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: clone, env });
  run('node', ['--version'], { env });
  run('node', ['scripts/test.mjs', ...process.argv.slice(2)], { cwd: clone, env });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
