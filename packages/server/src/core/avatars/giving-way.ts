import { setTimeout as pass } from 'node:timers/promises';

/** Lets live calls go before work that nobody waits for. */
export interface GivingWay {
  /** Where calls are in need of the machine, waits a moment and gives true: look again. False: it is this work's turn, once. */
  waited(signal: AbortSignal): Promise<boolean>;
}

const STEP_MS = 500;
/** Where calls never end, the work goes on slowly, a piece each time. */
const MOST_MS = 15_000;

export function createGivingWay({
  isBusy,
  stepMs = STEP_MS,
  mostMs = MOST_MS,
}: {
  isBusy: () => boolean;
  stepMs?: number;
  mostMs?: number;
}): GivingWay {
  let since: number | undefined;
  return {
    async waited(signal) {
      if (!isBusy() || (since !== undefined && performance.now() - since >= mostMs)) {
        since = undefined;
        return false;
      }
      since ??= performance.now();
      await pass(stepMs, undefined, { signal }).catch(() => undefined);
      return true;
    },
  };
}
