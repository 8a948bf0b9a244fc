import { CLOSED_MOUTH, type MouthShape } from '../pose.ts';
import { scaleMouth, smooth, widestOf } from './easing.ts';

/**
 * A mouth whose speech is gone is shut after so long, in ms. Promised are 120 after the last sound, and the picture for the 40 ms that follow
 * it was asked for before anybody knew.
 */
const SHUT_MS = 70;
/** After an interruption a new speech takes over so gently. */
const RETURN_MS = 60;
/** A wider shape than this does not close from one frame to the next, unless the speech is gone. */
const WIDE = 0.12;

/** Lets a mouth through as it is, but never lets it stop half open. */
export interface MouthGuard {
  /** What to show, at times that never go back; `undefined`: nothing is said. */
  at(ms: number, mouth: Readonly<MouthShape> | undefined): MouthShape;
  /** The speech is cut off: shut the mouth, whatever it is told meanwhile. */
  interrupt(): void;
}

export function createMouthGuard(): MouthGuard {
  let shown: MouthShape = { ...CLOSED_MOUTH };
  let shownAtMs = 0;
  let cut = false;
  let leaving: { from: MouthShape; sinceMs: number } | undefined;
  let returnedMs = Number.NEGATIVE_INFINITY;

  function leave(ms: number): MouthShape {
    leaving ??= { from: shown, sinceMs: shownAtMs };
    const left = 1 - smooth((ms - leaving.sinceMs) / SHUT_MS);
    if (left === 0) {
      leaving = undefined;
      returnedMs = ms;
      return { ...CLOSED_MOUTH };
    }
    return scaleMouth(leaving.from, left);
  }

  return {
    at(ms, mouth) {
      const open = widestOf(shown) > 0;
      const isGone = mouth === undefined || widestOf(mouth) === 0;
      const vanished = isGone && open && (leaving !== undefined || mouth === undefined || widestOf(shown) > WIDE);
      if (cut && !open) cut = false;
      if (vanished || ((cut || leaving !== undefined) && open)) shown = leave(ms);
      else if (isGone) shown = { ...CLOSED_MOUTH };
      else shown = scaleMouth(mouth, smooth((ms - returnedMs) / RETURN_MS));
      if (leaving === undefined) cut = false;
      shownAtMs = ms;
      return shown;
    },
    interrupt() {
      cut = true;
    },
  };
}
