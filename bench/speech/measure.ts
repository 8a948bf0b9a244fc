import { cpuSeconds, percentile, residentBytes, round } from '../harness/machine.ts';

/** Middle and slow end of many times. */
export const spread = (milliseconds: readonly number[]) => ({
  p50: round(percentile(milliseconds, 0.5), 1),
  p95: round(percentile(milliseconds, 0.95), 1),
});

export const megabytes = (processId: number): number => round(residentBytes(processId) / 2 ** 20, 1);

/** CPU seconds of a process while something ran, by the seconds of audio it was about. */
export async function realTimeFactor(processId: number, work: () => Promise<{ audioSeconds: number }>): Promise<number> {
  const before = cpuSeconds(processId);
  const { audioSeconds } = await work();
  return round((cpuSeconds(processId) - before) / audioSeconds, 4);
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
