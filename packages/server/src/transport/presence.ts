/** A client of which neither a packet nor a text came for so long is lost. */
export const LOST_AFTER_MS = 3_000;
const LOOK_EVERY_MS = 500;
/** While texts come (a `pong` every second), packets need not be counted. */
const TEXT_FRESH_MS = 1_500;

/** Tells whether a connected client is there. */
export interface Presence {
  /** A text of the client came. */
  sign(): void;
  stop(): void;
}

/**
 * Watches over a client that is connected from now on; `change` is called with every change. One sign is enough: a muted
 * page still sends packets, a page without a microphone only texts.
 *
 * Never by the sound that arrives: measured with @roamhq/wrtc 0.10, its sink hands out 100 pieces a second for ever after
 * the peer was killed (concealment, then silence), while `packetsReceived` of `inbound-rtp` stands still from the first
 * second on. ICE says `disconnected` only after 7.7 s, and `connected` once more in between.
 */
export function watchPresence(options: {
  /** How long ago the last packet of the microphone came; undefined: none ever did. */
  packetAgeMs: () => Promise<number | undefined>;
  change: (state: 'connected' | 'lost') => void;
}): Presence {
  let lastSign = performance.now();
  let lastText = lastSign;
  let state: 'connected' | 'lost' = 'connected';
  let stopped = false;
  let counting = false;

  const decide = () => {
    const next = performance.now() - lastSign < LOST_AFTER_MS ? 'connected' : 'lost';
    if (stopped || next === state) return;
    state = next;
    options.change(next);
  };

  const look = async () => {
    if (counting) return;
    if (performance.now() - lastText > TEXT_FRESH_MS) {
      counting = true;
      const age = await options.packetAgeMs().catch(() => undefined);
      counting = false;
      if (age !== undefined) lastSign = Math.max(lastSign, performance.now() - age);
    }
    decide();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);

  return {
    sign() {
      lastText = performance.now();
      lastSign = lastText;
      decide();
    },
    stop() {
      stopped = true;
      clearInterval(timer);
    },
  };
}
