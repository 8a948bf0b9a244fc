import { CLOSED_MOUTH, MOUTH_PARAMETERS, type MouthShape } from '../pose.ts';
import { type AudioMouth, createAudioMouth, type MouthModel } from './audio-mouth.ts';
import { createGestureLine, type GestureLine, pressLips, tuckLip } from './gesture-line.ts';
import { createLoudness, type Loudness, USUAL_LEVEL, type VoiceLevel } from './loudness.ts';
import { HOP_MS, SOUND_RATE } from './mel-bands.ts';
import { ownVoicesModel } from './own-voices-model.ts';
import { gesturesOfWord, type TimedWord } from './word-gestures.ts';

/**
 * The mouth of a session: hears what will be said and tells how the mouth stands at each moment of it. What the voice tells (phonemes,
 * else words) goes before what is heard in the sound; in silence the mouth is closed, whatever is told. All times are in ms from the
 * beginning of an utterance's sound. An utterance begins with the first thing that is said of it.
 */
export interface MouthTrack {
  /**
   * Sound of an utterance, 24 kHz mono, kept and not copied. It follows what came before; what is missing up to `positionMs`, a
   * minute at most, counts as silence.
   */
  speech(utterance: string, samples: Int16Array, positionMs?: number): void;
  /** Words of an utterance, as soon as they are known, in any order. Times that make no sense are passed over. */
  words(utterance: string, words: readonly TimedWord[]): void;
  /** No more sound will come for it. */
  end(utterance: string): void;
  /**
   * How the mouth stands; closed for an utterance that is not known. To be asked in order of time, more or less: what lies more than
   * a second before is forgotten. Works on the sound up to some 1.5 s ahead, at most 1.2 ms at a time.
   */
  at(utterance: string, ms: number): MouthShape;
  /** How loud the voice is at a moment: 0 silent to 1. */
  energy(utterance: string, ms: number): number;
  /** Until when the mouth is known; 0 for an utterance that is not. */
  madeMs(utterance: string): number;
  /** It was played, or cut off. */
  forget(utterance: string): void;
}

interface Utterance {
  loudness: Loudness;
  audio: AudioMouth;
  line: GestureLine;
  /** Words without phonemes whose sound is still to be looked through. */
  waiting: TimedWord[];
  /** Until when there are phonemes. */
  toldToMs: number;
  wordsToMs: number;
  droppedBeforeMs: number;
  /** Heard so far. */
  samples: number;
}

/** What must be seen of the sound for a moment, and what is, when there is time. */
const NEEDED_MS = 60;
const AHEAD_MS = 1_500;
const HOPS_AT_ONCE = 24;
const HOPS_OF_A_WORD = 80;
/** After the last phoneme the sound is looked at, if it goes on for so long. */
const UNTOLD_MS = 400;
/** A word whose sound is not seen by then is spelled without it. */
const LAST_MOMENT_MS = 120;
/** What was played is kept so long. */
const KEPT_MS = 1_000;
/** Sound that is less too late than this follows at once, and more than that is not waited for. */
const MOST_ROUNDING = SOUND_RATE / 200;
const MOST_MISSING = 60 * SOUND_RATE;
/** No session speaks more utterances at a time; the oldest is forgotten, should nobody do it. */
const MOST_UTTERANCES = 32;

/** How much wider a loud voice opens the mouth than a low one: from 0.84 to 1.1 of the usual. */
const [LOW_VOICE, LOUD_VOICE] = [0.84, 0.26];
const LOUDNESS_SPAN_MS = 50;

export function createMouthTrack({ model = ownVoicesModel() }: { model?: MouthModel } = {}): MouthTrack {
  const utterances = new Map<string, Utterance>();
  const level: VoiceLevel = { ...USUAL_LEVEL };
  const shape = new Float32Array(MOUTH_PARAMETERS.length);
  const heard = new Float32Array(MOUTH_PARAMETERS.length);

  function open(id: string): Utterance {
    const known = utterances.get(id);
    if (known) return known;
    const loudness = createLoudness(level);
    const audio = createAudioMouth(model, loudness);
    const line = createGestureLine();
    const utterance = { loudness, audio, line, waiting: [], toldToMs: 0, wordsToMs: 0, droppedBeforeMs: 0, samples: 0 };
    utterances.set(id, utterance);
    for (const oldest of utterances.keys()) {
      if (utterances.size <= MOST_UTTERANCES) break;
      utterances.delete(oldest);
    }
    return utterance;
  }

  function hear(utterance: Utterance, samples: Int16Array): void {
    utterance.loudness.push(samples);
    utterance.audio.push(samples);
    utterance.samples += samples.length;
  }

  function lookAhead({ audio, toldToMs }: Utterance, ms: number): void {
    const toldTo = toldToMs - NEEDED_MS - UNTOLD_MS;
    if (ms < toldTo) audio.skip(Math.floor(ms / HOP_MS));
    if (toldToMs > 0 && ms < toldToMs + UNTOLD_MS) return;
    audio.advance(Math.ceil((ms + NEEDED_MS) / HOP_MS), Number.POSITIVE_INFINITY);
    audio.advance(Math.ceil((ms + AHEAD_MS) / HOP_MS), HOPS_AT_ONCE);
  }

  function placeWords({ waiting, line, audio }: Utterance, ms: number): void {
    while (waiting.length > 0) {
      const word = waiting[0]!;
      if (audio.seen * HOP_MS < word.endMs) {
        if (ms + LAST_MOMENT_MS < word.startMs) return;
        audio.advance(Math.ceil(word.endMs / HOP_MS), HOPS_OF_A_WORD);
      }
      line.add(gesturesOfWord(word, (hop, viseme) => audio.likeliness(hop, viseme)));
      waiting.shift();
    }
  }

  function drop(utterance: Utterance, ms: number): void {
    const before = ms - KEPT_MS;
    if (before < utterance.droppedBeforeMs + KEPT_MS) return;
    utterance.droppedBeforeMs = before;
    utterance.line.dropBefore(before);
    utterance.audio.dropBefore(before);
    utterance.loudness.dropBefore(before);
  }

  return {
    speech(id, samples, positionMs = 0) {
      const utterance = open(id);
      const missing = Math.round((positionMs * SOUND_RATE) / 1_000) - utterance.samples;
      if (missing > MOST_ROUNDING && missing <= MOST_MISSING) hear(utterance, new Int16Array(missing));
      hear(utterance, samples);
    },
    words(id, words) {
      const utterance = open(id);
      for (const word of words) {
        if (!Number.isFinite(word.startMs) || !Number.isFinite(word.endMs)) continue;
        utterance.wordsToMs = Math.max(utterance.wordsToMs, word.endMs);
        if (!word.phonemes || word.phonemes.length === 0) utterance.waiting.push(word);
        else {
          utterance.toldToMs = Math.max(utterance.toldToMs, word.endMs);
          utterance.line.add(gesturesOfWord(word).filter(hasTimes));
        }
      }
      utterance.waiting.sort((a, b) => a.startMs - b.startMs);
    },
    end(id) {
      const utterance = utterances.get(id);
      utterance?.loudness.end();
      utterance?.audio.end();
    },
    at(id, ms) {
      const utterance = utterances.get(id);
      if (!utterance || !Number.isFinite(ms)) return { ...CLOSED_MOUTH };
      const { loudness, audio, line } = utterance;
      lookAhead(utterance, ms);
      placeWords(utterance, ms);
      const speech = loudness.speechAt(ms);
      if (speech === 0) {
        drop(utterance, ms);
        return { ...CLOSED_MOUTH };
      }
      const { trust, pressed, tucked } = line.at(ms, shape);
      shape[0]! *= loudness.hops > 0 ? LOW_VOICE + LOUD_VOICE * energyAround(loudness, ms) : 1;
      if (trust < 1 && audio.at(ms, heard))
        for (let k = 0; k < shape.length; k++) shape[k] = heard[k]! + (shape[k]! - heard[k]!) * trust;
      tuckLip(shape, tucked);
      pressLips(shape, pressed);
      drop(utterance, ms);
      return shapeOf(shape, speech);
    },
    energy: (id, ms) => utterances.get(id)?.loudness.energyAt(ms) ?? 0,
    madeMs(id) {
      const utterance = utterances.get(id);
      if (!utterance) return 0;
      const { loudness, wordsToMs } = utterance;
      return Math.max(
        loudness.hops * HOP_MS - NEEDED_MS,
        Math.min(wordsToMs, loudness.hops === 0 ? wordsToMs : loudness.hops * HOP_MS),
        0,
      );
    },
    forget: (id) => void utterances.delete(id),
  };
}

const hasTimes = ({ startMs, endMs }: { startMs: number; endMs: number }) => Number.isFinite(startMs) && Number.isFinite(endMs);

/** The energy of some 100 ms around. */
function energyAround(loudness: Loudness, ms: number): number {
  let sum = 0;
  for (let away = -LOUDNESS_SPAN_MS; away <= LOUDNESS_SPAN_MS; away += 2 * HOP_MS) sum += loudness.energyAt(ms + away);
  return sum / (LOUDNESS_SPAN_MS / HOP_MS + 1);
}

/** Numbers in the order of `MOUTH_PARAMETERS` as a shape, all of them less by a factor. */
function shapeOf(values: Float32Array, by: number): MouthShape {
  const [open, wide, narrow, pucker, up, press, tuck, tongue] = values as unknown as number[];
  return {
    open: open! * by,
    wide: wide! * by,
    narrow: narrow! * by,
    pucker: pucker! * by,
    up: up! * by,
    press: press! * by,
    tuck: tuck! * by,
    tongue: tongue! * by,
  };
}
