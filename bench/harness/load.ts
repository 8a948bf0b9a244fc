import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSeconds } from './machine.ts';

export interface Load {
  rps: number;
  msP50: number;
  msP99: number;
  requests: number;
  errors: number;
  /** Share of one core that the generator used. */
  peerCpu: number;
}

/**
 * Load by `wrk` (one thread, C: it takes little of the cores it shares). `request` is the body of a Lua function that
 * returns one formatted request; `n` counts them.
 */
export async function load(options: { url: string; connections: number; seconds: number; request: string }): Promise<Load> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-load-'));
  const script = join(folder, 'load.lua');
  const result = join(folder, 'result.json');
  await writeFile(
    script,
    `n = 0
function request() n = n + 1; ${options.request} end
function done(summary, latency)
  local e = summary.errors
  local f = io.open("${result}", "w")
  f:write(string.format('{"requests":%d,"us":%d,"p50":%f,"p99":%f,"errors":%d}', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
  f:close()
end
`,
  );
  const child = spawn('wrk', ['-t1', `-c${options.connections}`, `-d${options.seconds}s`, '-s', script, options.url], {
    stdio: 'ignore',
  });
  let cpu = 0;
  const watch = setInterval(() => {
    try {
      cpu = cpuSeconds(child.pid ?? 0);
    } catch {
      // It has just ended: the last reading stands.
    }
  }, 100);
  await new Promise<void>((resolve, reject) => {
    child.once('error', () => reject(new Error('wrk is not installed (Debian: apt-get install wrk)')));
    child.once('exit', () => resolve());
  });
  clearInterval(watch);
  const { requests, us, p50, p99, errors } = JSON.parse(await readFile(result, 'utf8'));
  await rm(folder, { recursive: true });
  const seconds = us / 1e6;
  return { rps: requests / seconds, msP50: p50 / 1000, msP99: p99 / 1000, requests, errors, peerCpu: cpu / seconds };
}
