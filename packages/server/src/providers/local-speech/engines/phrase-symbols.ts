import type { PhonemeTime, WordTime } from './voice-engine.ts';

/** One symbol of what a neural voice is given: a phoneme or stress mark of a word, or what stands between words. */
export interface PhraseSymbol {
  symbol: string;
  /** Index of the word it belongs to; undefined for spaces and punctuation. */
  word: number | undefined;
}

const BETWEEN_WORDS = new Set([' ', '.', '?', '!', ',', ';', ':', '—', '…']);

/** The symbols of a phrase from what is said of each word: its phonemes and the punctuation after it. */
export function phraseSymbols(said: readonly string[]): PhraseSymbol[] {
  const symbols: PhraseSymbol[] = [];
  for (const [index, text] of said.entries()) {
    for (const symbol of text) symbols.push({ symbol, word: BETWEEN_WORDS.has(symbol) ? undefined : index });
    if (index < said.length - 1) symbols.push({ symbol: ' ', word: undefined });
  }
  return symbols;
}

/** Stress and length marks take time in the models, but are no sound of their own: their time belongs to the sound they mark. */
export const STRESS_MARKS: ReadonlySet<string> = new Set(['ˈ', 'ˌ']);
const LENGTH_MARK = 'ː';

/**
 * The times of words from how long each symbol lasts. Between words without punctuation there is no silence: the time of the space is
 * already the next word's (forced alignment of 500 such places: within 10 ms, where its end is 40 to 50 ms late).
 * @param seconds the time of each symbol, in the order of `symbols`
 * @param startSecond when the first symbol begins
 */
export function wordTimes(
  wordCount: number,
  symbols: readonly PhraseSymbol[],
  seconds: readonly number[],
  startSecond: number,
): WordTime[] {
  const words: WordTime[] = Array.from({ length: wordCount }, () => ({ start: Number.NaN, end: Number.NaN, phonemes: [] }));
  let now = startSecond;
  let markedFrom: number | undefined;
  let spaceFrom: number | undefined;
  let punctuated = false;
  for (const [index, { symbol, word: wordIndex }] of symbols.entries()) {
    const start = now;
    now += seconds[index] ?? 0;
    const word = wordIndex === undefined ? undefined : words[wordIndex];
    if (!word) {
      markedFrom = undefined;
      if (symbol === ' ') spaceFrom ??= start;
      else punctuated = true;
      continue;
    }
    const from = (punctuated ? undefined : spaceFrom) ?? markedFrom ?? start;
    spaceFrom = undefined;
    punctuated = false;
    if (Number.isNaN(word.start)) word.start = from;
    word.end = now;
    markedFrom = STRESS_MARKS.has(symbol) ? from : undefined;
    if (markedFrom === undefined) addPhoneme(word.phonemes, symbol, from, now);
  }
  fillGaps(words, startSecond);
  return words;
}

function addPhoneme(phonemes: PhonemeTime[], symbol: string, start: number, end: number): void {
  const last = phonemes.at(-1);
  if (symbol === LENGTH_MARK && last) {
    last.phoneme += symbol;
    last.end = end;
  } else phonemes.push({ phoneme: symbol, start, end });
}

/** A word without sound happens at the end of the one before it. */
function fillGaps(words: WordTime[], startSecond: number): void {
  let end = startSecond;
  for (const word of words) {
    if (Number.isNaN(word.start)) {
      word.start = end;
      word.end = end;
    }
    end = word.end;
  }
}
