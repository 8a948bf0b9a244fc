import { smooth } from './easing.ts';
import { between, type Random } from './random.ts';

/** A lid goes down fast, stays for a picture, and comes up slowly, in ms; after Evinger et al. 1991. */
const DOWN_MS = 75;
const SHUT_MS = 45;
const UP_MS = 140;
export const BLINK_MS = DOWN_MS + SHUT_MS + UP_MS;
/** From one to the next, in ms: 10 to 25 a minute, as people do who are talked to. */
const [SHORTEST_MS, LONGEST_MS] = [1_800, 6_000];
const DOUBLE_SHARE = 0.12;
const DOUBLE_AFTER_MS = BLINK_MS + 60;

/** How far a lid is down, so long after a blink began: 0 open to 1. */
export function lidAt(sinceMs: number): number {
  if (sinceMs <= 0 || sinceMs >= BLINK_MS) return 0;
  return sinceMs < DOWN_MS + SHUT_MS ? smooth(sinceMs / DOWN_MS) : 1 - smooth((sinceMs - DOWN_MS - SHUT_MS) / UP_MS);
}

/** When blinks begin, one after the other. */
export interface Blinks {
  /** The lid at a time that is not before the one asked last. */
  at(ms: number): number;
  /** A good moment for one, such as the end of a phrase: it is taken, if there was none just now. */
  suggest(ms: number): void;
}

/** Not so soon after another, in ms. */
const REST_MS = 900;

export function createBlinks(random: Random): Blinks {
  let begun = Number.NEGATIVE_INFINITY;
  let next = between(random, 600, LONGEST_MS / 2);
  let doubled = false;

  function goOn(ms: number): void {
    while (ms >= next) {
      begun = next;
      doubled = !doubled && random() < DOUBLE_SHARE;
      next = begun + (doubled ? DOUBLE_AFTER_MS : pauseMs(random));
    }
  }

  return {
    at(ms) {
      goOn(ms);
      return lidAt(ms - begun);
    },
    suggest(ms) {
      goOn(ms);
      if (ms - begun > REST_MS) next = Math.min(next, ms);
    },
  };
}

/** More short pauses than long ones. */
function pauseMs(random: Random): number {
  const share = random() * 0.6 + random() * 0.4;
  return SHORTEST_MS + (LONGEST_MS - SHORTEST_MS) * share ** 1.3;
}

/** When blinks begin in a loop, in ms: none is cut by its seam. */
export function blinksInLoop(random: Random, periodMs: number): number[] {
  const begins: number[] = [];
  for (let at = between(random, 500, 1_800); at + BLINK_MS + 200 < periodMs; at += pauseMs(random)) begins.push(at);
  return begins;
}
