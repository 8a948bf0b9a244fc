import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** What every line of a benchmark says about where it ran. */
export function machine(): { machine: string; commit: string } {
  const { model } = cpus()[0] ?? { model: 'unknown' };
  return {
    machine: `${cpus().length} x ${model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}`,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  };
}

/** CPU seconds (user and system) that a process has used so far. Linux, proc(5). */
export function cpuSeconds(processId: number): number {
  const fields = readFileSync(`/proc/${processId}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident and private memory of a process in bytes. Linux, proc(5). */
export function residentBytes(processId: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, 'latin1'));
  return Number(line?.[1] ?? 0) * 1024;
}

/** The value below which the share `p` (0..1) of the numbers lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Prints a result: one JSON line, or the same for people. */
export function report(result: object): void {
  if (process.argv.includes('--json')) console.log(JSON.stringify(result));
  else console.dir(result, { depth: 4 });
}
