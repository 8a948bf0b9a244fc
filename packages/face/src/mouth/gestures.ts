import { type SeenPhone, seenIn } from './phones.ts';
import type { Viseme } from './visemes.ts';

/** A phoneme as a voice tells it, in ms from the beginning of an utterance's sound. */
export interface TimedPhoneme {
  /** IPA, or misaki's shorthand; stress and length marks are passed over. */
  symbol: string;
  startMs: number;
  endMs: number;
}

/** One thing that the mouth does. */
export interface Gesture {
  viseme: Viseme;
  /** 0 to 1. */
  strength: number;
  startMs: number;
  endMs: number;
  /** Lips that must be together (p, b, m) or lip and teeth (f, v) from here to there, however fast the speech is. */
  contactFromMs: number;
  contactToMs: number;
  /** How sure its times are: 1 told by the voice, less when guessed. */
  trust: number;
}

/**
 * A contact is held at least so long: a picture at 25 fps, wherever its frames fall, shows it in one of them at least. 40 ms, and
 * room for rounding.
 */
const LEAST_CONTACT_MS = 44;
/** The lips meet a little before the sound stops. */
const CONTACT_LEAD_MS = 10;
/** Of a p or b, the rest being the burst, heard through open lips. */
const HELD_SHARE = 0.7;
/** Where the first part of a diphthong gives way to the second. */
const FIRST_SHARE = 0.55;

/** What the mouth does for a phoneme: nothing of its own, one thing, or two for a diphthong. */
export function gesturesOf({ symbol, startMs, endMs }: TimedPhoneme, trust: number): Gesture[] {
  const phones = seenIn(symbol);
  if (!(endMs > startMs)) return phones.length === 0 ? [] : [gestureOf(phones[0]!, startMs, startMs + 1, trust)];
  const lengthMs = endMs - startMs;
  const edges =
    phones.length === 2 ? [0, FIRST_SHARE, 1] : Array.from({ length: phones.length + 1 }, (_, i) => i / phones.length);
  return phones.map((phone, i) => gestureOf(phone, startMs + lengthMs * edges[i]!, startMs + lengthMs * edges[i + 1]!, trust));
}

function gestureOf({ viseme, strength, bursts = false }: SeenPhone, startMs: number, endMs: number, trust: number): Gesture {
  const gesture = { viseme, strength, startMs, endMs, trust, contactFromMs: endMs, contactToMs: startMs };
  if (viseme !== 'PP' && viseme !== 'FF') return gesture;
  const fromMs = startMs - CONTACT_LEAD_MS;
  const toMs = bursts ? startMs + (endMs - startMs) * HELD_SHARE : endMs - CONTACT_LEAD_MS;
  const missingMs = Math.max(0, LEAST_CONTACT_MS - (toMs - fromMs));
  return { ...gesture, contactFromMs: fromMs - missingMs / 2, contactToMs: toMs + missingMs / 2 };
}
