import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const PRELOADED = fileURLToPath(new URL('./helpers-stand-back.cts', import.meta.url));
const PRIORITIES = `const { getPriority } = require('node:os');
  const threads = require('node:fs').readdirSync('/proc/self/task').map(Number);
  console.log(JSON.stringify({ main: getPriority(process.pid), helpers: threads.filter((id) => id !== process.pid).map(getPriority) }));`;

describe.skipIf(process.platform !== 'linux')('a process that preloads it', () => {
  it('has its helpers stand back behind its main thread', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...['--require', 'tsx/cjs', '--require', PRELOADED, '--eval', PRIORITIES],
    ]);
    const { main, helpers } = JSON.parse(stdout) as { main: number; helpers: number[] };
    expect(main).toBe(getPriority());
    // V8's threads and the four of libuv's pool.
    expect(helpers.filter((priority) => priority === 4).length).toBeGreaterThanOrEqual(8);
    expect(helpers.filter((priority) => priority < 4)).toEqual([]);
  });
});
