import type { TurnSettings } from '../../core/calls/voice-spec.ts';

/** Counts the silence of both. */
export interface SilenceWatch {
  /** Somebody did or said something: the count begins anew. */
  activity(): void;
  /** Nothing is counted while somebody speaks, or nobody is there. */
  hold(held: boolean): void;
  stop(): void;
}

/** `onNudge` is called once in a silence, `onEnd` at its end. */
export function createSilenceWatch(
  { nudgeAfterMs, endAfterSilenceMs }: Pick<TurnSettings, 'nudgeAfterMs' | 'endAfterSilenceMs'>,
  { onNudge, onEnd }: { onNudge: () => void; onEnd: () => void },
): SilenceWatch {
  let since = Date.now();
  let nudged = false;
  let held = true;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    clearTimeout(timer);
    if (held || stopped) return;
    const endIn = endAfterSilenceMs === null ? undefined : since + endAfterSilenceMs - Date.now();
    const nudgeIn = nudgeAfterMs === null || nudged ? undefined : since + nudgeAfterMs - Date.now();
    if (endIn !== undefined && (nudgeIn === undefined || endIn <= nudgeIn)) {
      timer = setTimeout(onEnd, Math.max(0, endIn));
    } else if (nudgeIn !== undefined) {
      timer = setTimeout(nudge, Math.max(0, nudgeIn));
    }
  }

  function nudge(): void {
    nudged = true;
    onNudge();
    schedule();
  }

  return {
    activity() {
      since = Date.now();
      nudged = false;
      schedule();
    },
    hold(next) {
      if (held === next) return;
      held = next;
      schedule();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
