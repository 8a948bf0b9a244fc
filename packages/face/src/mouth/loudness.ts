import { createHopStore } from './hop-store.ts';
import { HOP, HOP_MS } from './mel-bands.ts';

/** What is known of how loud a voice is, from utterance to utterance, in dBFS. */
export interface VoiceLevel {
  speechDb: number;
  noiseDb: number;
}

/** Before anything was heard. */
export const USUAL_LEVEL: Readonly<VoiceLevel> = { speechDb: -36, noiseDb: -75 };

/** How loud an utterance is, and where it is silent. */
export interface Loudness {
  /** Of 24 kHz samples that follow the ones before. */
  push(samples: Int16Array): void;
  /** No more will come for now. */
  end(): void;
  /** How many whole hops of 10 ms are known. */
  readonly hops: number;
  /** How loud the voice speaks at about that hop, in dBFS: what its sound is measured by. */
  levelAt(hop: number): number;
  /** 0 silent to 1 loud, for this voice; 0 where nothing is known. */
  energyAt(ms: number): number;
  /** How far the mouth may move: 1 in speech, 0 in silence. What is not known yet counts as speech. */
  speechAt(ms: number): number;
  dropBefore(ms: number): void;
}

/** Below the loudest of the voice and this far below is silence; soft consonants are 25 to 30 dB down. */
const SILENT_BELOW_DB = 36;
const ABOVE_NOISE_DB = 8;
/** Never is all of this silence, or any of that sound. */
const SURELY_SOUND_DB = -32;
const SURELY_SILENT_DB = -70;
/** How fast the level follows: down by this a hop, and the noise up. */
const LEVEL_FALL_DB = 0.02;
const NOISE_RISE_DB = 0.1;
/** Shorter silences are those before a plosive, in ms: the mouth has other things to do in them. */
const PAUSE_MS = 110;
/** The mouth closes so long after a sound, and gets ready so long before the next. */
const CLOSING_MS = 80;
const OPENING_MS = 60;
/** A pause is looked at no farther than this to either side. */
const FAR_HOPS = 16;
/** What is louder than the voice's level less this has energy. */
const ENERGY_RANGE_DB = 26;

const [DB, LEVEL, SILENT] = [0, 1, 2] as const;

export function createLoudness(level: VoiceLevel): Loudness {
  const store = createHopStore(3);
  let power = 0;
  let counted = 0;
  let ended = false;

  function pushHop(db: number): void {
    level.speechDb = Math.max(db, level.speechDb - (db > level.noiseDb + ABOVE_NOISE_DB ? LEVEL_FALL_DB : 0));
    level.noiseDb = Math.min(Math.max(db, -90), level.noiseDb + NOISE_RISE_DB);
    const limit = Math.max(level.speechDb - SILENT_BELOW_DB, Math.min(level.noiseDb + ABOVE_NOISE_DB, level.speechDb - 14));
    const at = store.push();
    store.values[at + DB] = db;
    store.values[at + LEVEL] = level.speechDb;
    store.values[at + SILENT] = db < Math.min(Math.max(limit, SURELY_SILENT_DB), SURELY_SOUND_DB) ? 1 : 0;
  }

  const isSilent = (hop: number) => store.values[store.offset(hop) + SILENT] === 1;

  return {
    push(samples) {
      ended = false;
      for (let i = 0; i < samples.length; i++) {
        power += samples[i]! * samples[i]!;
        if (++counted < HOP) continue;
        pushHop(decibels(power / HOP));
        power = 0;
        counted = 0;
      }
    },
    end() {
      ended = true;
    },
    get hops() {
      return store.to;
    },
    levelAt(hop) {
      const known = Math.min(Math.max(hop, store.from), store.to - 1);
      return known < store.from ? level.speechDb : store.values[store.offset(known) + LEVEL]!;
    },
    energyAt(ms) {
      const hop = Math.floor(ms / HOP_MS);
      if (hop < store.from || hop >= store.to) return 0;
      const at = store.offset(hop);
      const energy = 1 + (store.values[at + DB]! - store.values[at + LEVEL]!) / ENERGY_RANGE_DB;
      return store.values[at + SILENT] === 1 ? 0 : Math.min(Math.max(energy, 0), 1);
    },
    speechAt(ms) {
      const hop = Math.floor(ms / HOP_MS);
      if (hop >= store.to) return afterEnd(ms);
      // Only in its first 60 ms may a mouth be ready for an utterance that has not begun.
      if (hop < store.from) return store.from > 0 || store.to === 0 ? 1 : Math.max(0, 1 + ms / OPENING_MS);
      if (!isSilent(hop)) return 1;
      let first = hop;
      while (first > store.from && hop - first < FAR_HOPS && isSilent(first - 1)) first -= 1;
      let next = hop + 1;
      while (next < store.to && next - hop < FAR_HOPS && isSilent(next)) next += 1;
      const open = next === store.to && !ended;
      const edge = first === 0 || (next === store.to && ended);
      if (!edge && !open && (next - first) * HOP_MS < PAUSE_MS) return 1;
      if (open && (next - first) * HOP_MS < PAUSE_MS && first > 0) return 1;
      const closing = first === 0 ? 0 : 1 - (ms - first * HOP_MS) / CLOSING_MS;
      const opening = next === store.to ? 0 : 1 - (next * HOP_MS - ms) / OPENING_MS;
      return Math.max(closing, opening, 0);
    },
    dropBefore(ms) {
      store.drop(Math.floor(ms / HOP_MS) - 2 * FAR_HOPS);
    },
  };

  /** After all sound: closing, if it has ended, from the last hop on that was not silent. */
  function afterEnd(ms: number): number {
    if (!ended || store.to === 0) return 1;
    let last = store.to;
    while (last > store.from && store.to - last < FAR_HOPS && isSilent(last - 1)) last -= 1;
    return Math.max(0, 1 - (ms - last * HOP_MS) / CLOSING_MS);
  }
}

/** Of the mean square of 16-bit samples, in dBFS. */
function decibels(meanSquare: number): number {
  return 10 * Math.log10(meanSquare / (32_768 * 32_768) + 1e-10);
}
