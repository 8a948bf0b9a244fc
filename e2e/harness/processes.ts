import { readdirSync, readFileSync } from 'node:fs';
import { until } from './until.ts';

/** Whether a process runs; one that is dead and only waits for its parent to notice does not. */
export function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X';
}

/** The processes that a process has started and that still run. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent && isRunning(pid));
}

/** What a process was started with. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Waits until all processes are gone; gives how long that took, in ms. */
export async function gone(pids: readonly number[], withinMs: number): Promise<number> {
  const startedAt = performance.now();
  await until(`processes ${pids} to be gone`, () => pids.every((pid) => !isRunning(pid)), withinMs);
  return performance.now() - startedAt;
}

/** Open file descriptors and memory of a process. */
export function resourcesOf(pid: number): { files: number; residentMb: number } {
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { files: readdirSync(`/proc/${pid}/fd`).length, residentMb: Number(resident) / 1024 };
}

/** See proc_pid_stat(5): the name in brackets may hold blanks and brackets. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
