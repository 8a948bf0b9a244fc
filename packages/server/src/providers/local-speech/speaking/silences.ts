import type { TimeSpan } from '../../../core/speech/speech.ts';
import type { WordTime } from '../engines/voice-engine.ts';
import { SILENCE_RATIO, soundLevels } from './sound.ts';

/** Shorter ones are part of sounds: a "t" holds its breath for up to 80 ms. */
const LEAST_SECONDS = 0.05;
/** What is left of a sound whose time would be nothing but silence. */
const LEAST_SOUND_SECONDS = 0.02;

/** The stretches without sound, in seconds. */
export function findSilences(samples: Float32Array, sampleRate: number): TimeSpan[] {
  const { levels, seconds } = soundLevels(samples, sampleRate);
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const silences: TimeSpan[] = [];
  let from = 0;
  for (let at = 0; at <= levels.length; at += 1) {
    if (at < levels.length && (levels[at] ?? 0) <= loudest * SILENCE_RATIO) continue;
    const span = { start: from * seconds, end: Math.min(at * seconds, samples.length / sampleRate) };
    if (span.end - span.start >= LEAST_SECONDS) silences.push(span);
    from = at + 1;
  }
  return silences;
}

/**
 * Lets words end and begin at the silence of the pauses between them: models count it to the sounds beside it. Changes `words`.
 * @param pauses whether there is a pause after each word; after the last there always is
 */
export function fitToSilences(words: readonly WordTime[], pauses: readonly boolean[], silences: readonly TimeSpan[]): void {
  for (const [index, word] of words.entries()) {
    const next = words[index + 1];
    if (next && !pauses[index]) continue;
    const from = word.phonemes.at(-1)?.start ?? (word.start + word.end) / 2;
    const to = next ? (next.phonemes[0]?.end ?? (next.start + next.end) / 2) : Number.POSITIVE_INFINITY;
    const possible = next ? silences : silences.filter(({ end }) => end >= word.end);
    const silence = longestWithin(possible, from + LEAST_SOUND_SECONDS, to - LEAST_SOUND_SECONDS);
    if (!silence) continue;
    endWord(word, silence.start);
    if (next) beginWord(next, silence.end);
  }
}

function longestWithin(silences: readonly TimeSpan[], from: number, to: number): TimeSpan | undefined {
  let longest: TimeSpan | undefined;
  for (const { start, end } of silences) {
    const within = { start: Math.max(start, from), end: Math.min(end, to) };
    if (within.end - within.start > (longest ? longest.end - longest.start : 0)) longest = within;
  }
  return longest;
}

function endWord(word: WordTime, second: number): void {
  word.end = second;
  const last = word.phonemes.at(-1);
  if (last) last.end = second;
}

function beginWord(word: WordTime, second: number): void {
  word.start = second;
  const [first] = word.phonemes;
  if (first) first.start = second;
}
