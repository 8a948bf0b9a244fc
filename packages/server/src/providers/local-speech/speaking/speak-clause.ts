import type { TimedWord } from '../../../core/speech/speech.ts';
import { toSpoken } from '../../../spoken-text/to-spoken.ts';
import type { VoiceEngine, WordTime } from '../engines/voice-engine.ts';
import type { SpokenWord } from '../pronunciation/spoken-word.ts';
import { loudnessOf, USUAL_LUFS } from './loudness.ts';
import { findSilences, fitToSilences } from './silences.ts';
import { audibleRange, fadeEnds, toPcm } from './sound.ts';

/** What all voices are brought to, in Hz. */
export const OUTPUT_RATE = 24_000;

/** How much of a clause's difference from the common loudness is evened, and at most. */
const EVENED = 0.5;
const MOST_EVENED_DB = 2;

export interface SpokenClause {
  /** Mono at `OUTPUT_RATE`; the silence at its ends is cut off. Empty if there is nothing to say. */
  samples: Int16Array;
  /** The written words that are said, in the clause's own time. */
  words: TimedWord[];
}

export interface ClauseOptions {
  language: string;
  speed: number;
  /** What brings the voice to the common loudness. */
  gain: number;
  /** Brings samples of the voice's rate to `OUTPUT_RATE`. */
  resample(samples: Float32Array): Float32Array;
}

/** Says one clause as it was written: text to words, words to sound, sound to its loudness and ends. */
export async function speakClause(voice: VoiceEngine, text: string, options: ClauseOptions): Promise<SpokenClause> {
  const pieces = toSpoken(text, { language: options.language }).filter((piece) => piece.spoken !== '' || piece.pause !== '');
  const words: SpokenWord[] = [];
  /** Which of `words` belong to which piece: from, to. */
  const ranges: Array<[number, number]> = [];
  for (const { spoken, pause } of pieces) {
    const from = words.length;
    for (const word of spoken.split(' ').filter(Boolean)) words.push({ text: word, pause: '' });
    const last = words.at(-1);
    if (last && pause !== '') last.pause = pause;
    ranges.push([from, words.length]);
  }
  if (words.length === 0) return { samples: new Int16Array(0), words: [] };

  const phrase = await voice.speak(words, options.speed);
  const { start, end } = audibleRange(phrase.samples, voice.sampleRate);
  const pauses = words.map(({ pause }) => pause !== '');
  fitToSilences(phrase.words, pauses, findSilences(phrase.samples, voice.sampleRate));
  const audible = options.resample(phrase.samples.slice(start, end));
  fadeEnds(audible, OUTPUT_RATE);
  const offset = start / voice.sampleRate;
  const length = (end - start) / voice.sampleRate;
  const timed = pieces.flatMap((piece, index) => {
    const [from, to] = ranges[index] ?? [0, 0];
    const times = phrase.words.slice(from, to);
    return times.length === 0 ? [] : [joined(text.slice(piece.start, piece.end), times, offset, length)];
  });
  return { samples: toPcm(audible, evenGain(audible, options.gain), OUTPUT_RATE), words: timed };
}

/** The gain that brings a clause halfway to the common loudness: what a voice does by chance is evened, that it has ups and downs is kept. */
function evenGain(samples: Float32Array, gain: number): number {
  const loudness = loudnessOf(samples, OUTPUT_RATE);
  if (loudness === undefined) return gain;
  const missing = USUAL_LUFS - loudness - 20 * Math.log10(gain);
  const correction = Math.min(Math.max(missing * EVENED, -MOST_EVENED_DB), MOST_EVENED_DB);
  return gain * 10 ** (correction / 20);
}

/** A written word takes the time of all words that it is said with. */
function joined(text: string, times: readonly WordTime[], offset: number, length: number): TimedWord {
  const shift = (second: number) => Math.min(Math.max(second - offset, 0), length);
  const phonemes = times
    .flatMap((time) => time.phonemes)
    .map(({ phoneme, start, end }) => ({ phoneme, start: shift(start), end: shift(end) }));
  return {
    text,
    start: shift(times[0]?.start ?? 0),
    end: shift(times.at(-1)?.end ?? 0),
    ...(phonemes.length > 0 && { phonemes }),
  };
}
