import type { SpokenWord } from '../../core/calls/voice-conversation.ts';

/** What is known of a reply's sound: what was made of it, handed over and played. All times are in ms. */
export interface PlayoutLedger {
  /** Each with the blanks before it, so that they can be joined; times count from the beginning of the reply's sound. */
  words: readonly SpokenWord[];
  handedMs: number;
  /** When the last sample was handed over, by `performance.now()`. */
  handedAt: number;
  /** As the client told it last. */
  playedMs: number;
  /** From the handover to the loudspeaker, as the client's last report shows it. */
  measuredDelayMs: number | undefined;
  /** When the client was told to be silent at once: what was on its way then is not heard. */
  hushedAt: number | undefined;
  /** Whether it has said since where it was silent. */
  hushReported: boolean;
}

export const EMPTY_LEDGER: PlayoutLedger = {
  words: [],
  handedMs: 0,
  handedAt: 0,
  playedMs: 0,
  measuredDelayMs: undefined,
  hushedAt: undefined,
  hushReported: false,
};

export function handOver(ledger: PlayoutLedger, ms: number, at: number): PlayoutLedger {
  return { ...ledger, handedMs: ledger.handedMs + ms, handedAt: at };
}

/** A client's report; what it cannot have played yet, it has not. */
export function played(ledger: PlayoutLedger, playedMs: number, at: number): PlayoutLedger {
  const credible = Math.max(ledger.playedMs, Math.min(playedMs, ledger.handedMs));
  if (ledger.hushedAt !== undefined) return { ...ledger, playedMs: credible, hushReported: true };
  if (credible === ledger.playedMs) return ledger;
  // After the handover has stopped, a report shows no delay any more.
  const stillPlaying = credible < ledger.handedMs && at - ledger.handedAt < 100;
  return { ...ledger, playedMs: credible, measuredDelayMs: stillPlaying ? ledger.handedMs - credible : ledger.measuredDelayMs };
}

/** The client is told to be silent. */
export function hush(ledger: PlayoutLedger, at: number): PlayoutLedger {
  return { ...ledger, hushedAt: at, hushReported: false };
}

/** The handover goes on from this place, which is not after what was handed over. */
export function goOn(ledger: PlayoutLedger, fromMs: number): PlayoutLedger {
  const handedMs = Math.min(fromMs, ledger.handedMs);
  return { ...ledger, handedMs, playedMs: Math.min(ledger.playedMs, handedMs), hushedAt: undefined, hushReported: false };
}

/** How much has come out of the loudspeaker: what was handed over, but for what is still on its way. */
export function heardMs(ledger: PlayoutLedger, at: number, guessedDelayMs: number): number {
  if (ledger.hushReported) return ledger.playedMs;
  const until = ledger.hushedAt ?? at;
  const onTheWay = Math.max(0, (ledger.measuredDelayMs ?? guessedDelayMs) - (until - ledger.handedAt));
  return Math.max(ledger.playedMs, ledger.handedMs - onTheWay, 0);
}

/** How many words were heard: a word is, when half of it was. */
export function countHeardWords(words: readonly SpokenWord[], ms: number): number {
  const unheard = words.findIndex((word) => (word.startMs + word.endMs) / 2 > ms);
  return unheard === -1 ? words.length : unheard;
}
