/** Lets generated text through until a stop text appears; holds back what may be the beginning of one. */
export interface TextGate {
  /** The text that may be shown now. */
  push(text: string): string;
  /** What was held back, when nothing more comes. */
  end(): string;
  /** Whether a stop text has appeared; nothing comes through after it. */
  stopped(): boolean;
}

/** The stop texts themselves never come through. */
export function createTextGate(stops: readonly string[]): TextGate {
  let held = '';
  let stopped = false;

  return {
    stopped: () => stopped,
    push(text) {
      if (stopped) return '';
      held += text;
      const found = stops.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
      if (found.length > 0) {
        stopped = true;
        const out = held.slice(0, Math.min(...found));
        held = '';
        return out;
      }
      const keep = Math.max(0, ...stops.map((stop) => overlap(held, stop)));
      const out = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return out;
    },
    end() {
      const out = held;
      held = '';
      return out;
    },
  };
}

/** Length of the longest end of `text` that `stop` begins with. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length -= 1) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
