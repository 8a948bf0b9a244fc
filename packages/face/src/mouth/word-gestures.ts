import { type Gesture, gesturesOf, type TimedPhoneme } from './gestures.ts';
import { phonesOfWord } from './letters.ts';
import { HOP_MS } from './mel-bands.ts';
import { seenIn } from './phones.ts';
import type { Viseme } from './visemes.ts';

/** A word as a voice tells it, in ms from the beginning of an utterance's sound. */
export interface TimedWord {
  text: string;
  startMs: number;
  endMs: number;
  /** Only of voices that know. */
  phonemes?: readonly TimedPhoneme[];
}

/** How sure a phone is that was told, that was spelled and found in the sound, and that was only spelled. */
const TOLD = 1;
const FOUND = 0.75;
const SPELLED = 0.5;

/** How long a vowel is against a consonant. */
const VOWEL_WEIGHT = 1.6;
const VOWELS: ReadonlySet<Viseme> = new Set(['aa', 'E', 'I', 'O', 'U']);

export type Likeliness = (hop: number, viseme: Viseme) => number | undefined;

/** What the mouth does for a word. `likeliness` is what its sound says; without, the letters share the word's time. */
export function gesturesOfWord({ text, startMs, endMs, phonemes }: TimedWord, likeliness?: Likeliness): Gesture[] {
  if (phonemes && phonemes.length > 0) return phonemes.flatMap((phoneme) => gesturesOf(phoneme, TOLD));
  if (!(endMs > startMs)) return [];
  const symbols = phonesOfWord(text).filter((symbol) => seenIn(symbol).length > 0);
  const weights = symbols.map((symbol) => weightOf(symbol));
  const found = likeliness && symbols.length > 0 ? findPhones(symbols, weights, startMs, endMs, likeliness) : undefined;
  if (found) return found.flatMap((phoneme) => gesturesOf(phoneme, FOUND));
  return spread(symbols, weights, startMs, endMs).flatMap((phoneme) => gesturesOf(phoneme, SPELLED));
}

function weightOf(symbol: string): number {
  const phones = seenIn(symbol);
  return VOWELS.has(phones[0]!.viseme) && symbol !== 'w' && symbol !== 'j' ? VOWEL_WEIGHT + (phones.length - 1) * 0.4 : 1;
}

function spread(symbols: readonly string[], weights: readonly number[], startMs: number, endMs: number): TimedPhoneme[] {
  const perWeight = (endMs - startMs) / weights.reduce((sum, weight) => sum + weight, 0);
  let atMs = startMs;
  return symbols.map((symbol, i) => {
    const from = atMs;
    atMs += weights[i]! * perWeight;
    return { symbol, startMs: from, endMs: atMs };
  });
}

/** A phone that was told too far from where its letters stand is rather a mistake, in ms. */
const ASTRAY_MS = 70;
/** Longer words are not looked through: something is wrong with their times. */
const MOST_HOPS = 300;

/**
 * Where in a word's sound its phones are: the most likely path through them (Viterbi), with silence before and after if there is any.
 * Undefined where the sound is not seen yet or is too short.
 */
function findPhones(
  symbols: readonly string[],
  weights: readonly number[],
  startMs: number,
  endMs: number,
  likeliness: Likeliness,
): TimedPhoneme[] | undefined {
  const firstHop = Math.round(startMs / HOP_MS);
  const hops = Math.round(endMs / HOP_MS) - firstHop;
  // Each phone has a viseme or two; a state for each, and silence around them.
  const states = [
    { viseme: 'sil' as Viseme, phone: -1, middleMs: startMs },
    ...spread(symbols, weights, startMs, endMs).flatMap(({ symbol, startMs: from, endMs: to }, phone) => {
      const phones = seenIn(symbol);
      return phones.map(({ viseme }, i) => ({ viseme, phone, middleMs: from + ((to - from) * (i + 0.5)) / phones.length }));
    }),
    { viseme: 'sil' as Viseme, phone: symbols.length, middleMs: endMs },
  ];
  const count = states.length;
  if (hops < count || hops > MOST_HOPS) return undefined;
  const cameFrom = new Uint8Array(hops * count);
  let best = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  let next = new Float32Array(count);
  for (let t = 0; t < hops; t++) {
    const ms = (firstHop + t + 0.5) * HOP_MS;
    for (let s = 0; s < count; s++) {
      const { viseme, middleMs } = states[s]!;
      const likely = likeliness(firstHop + t, viseme);
      if (likely === undefined) return undefined;
      const stray = (ms - middleMs) / ASTRAY_MS;
      const here = likely - 0.5 * stray * stray;
      if (t === 0) next[s] = s <= 1 ? here : Number.NEGATIVE_INFINITY;
      else {
        const moved = s > 0 && best[s - 1]! > best[s]!;
        cameFrom[t * count + s] = moved ? 1 : 0;
        next[s] = here + (moved ? best[s - 1]! : best[s]!);
      }
    }
    [best, next] = [next, best];
  }
  let state = best[count - 1]! > best[count - 2]! ? count - 1 : count - 2;
  if (best[state] === Number.NEGATIVE_INFINITY) return undefined;
  const phones = symbols.map((symbol) => ({ symbol, startMs: Number.POSITIVE_INFINITY, endMs: 0 }));
  for (let t = hops - 1; t >= 0; t--) {
    const phone = phones[states[state]!.phone];
    const ms = (firstHop + t) * HOP_MS;
    if (phone) {
      phone.startMs = Math.min(phone.startMs, ms);
      phone.endMs = Math.max(phone.endMs, ms + HOP_MS);
    }
    if (cameFrom[t * count + state] === 1) state -= 1;
  }
  return phones;
}
