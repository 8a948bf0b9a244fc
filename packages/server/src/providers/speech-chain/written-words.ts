import type { TimedWord } from '../../core/speech/speech.ts';

/** Finds the words that a voice gives back in the text that was written, so that nothing of it is lost between them. */
export interface WrittenWords {
  readonly text: string;
  /** Everything before was said, or stands before what was said. */
  readonly saidTo: number;
  write(text: string): void;
  /** The words with all that was written before each and after the one before it: their texts, joined, are the written text. */
  said(words: readonly TimedWord[]): TimedWord[];
  /** What was written after the last word, as a word of no length; undefined where there is nothing. */
  rest(at: number): TimedWord | undefined;
}

/** A word is looked for so far ahead: what is not said (a code block, a link's address) may stand before it. */
const LOOK_AHEAD = 4_000;

export function createWrittenWords(): WrittenWords {
  let text = '';
  let saidTo = 0;

  function take(end: number, { start, end: ends, phonemes }: Omit<TimedWord, 'text'>): TimedWord {
    const word = { text: text.slice(saidTo, end), start, end: Math.max(start, ends), ...(phonemes && { phonemes }) };
    saidTo = end;
    return word;
  }

  return {
    get text() {
      return text;
    },
    get saidTo() {
      return saidTo;
    },
    write(more) {
      text += more;
    },
    said(words) {
      return words.flatMap((word) => {
        const wanted = word.text.trim();
        if (wanted === '') return [];
        const found = text.slice(saidTo, saidTo + LOOK_AHEAD + wanted.length).indexOf(wanted);
        // What a voice says in other words than were written takes the next written word's place.
        const end = found >= 0 ? saidTo + found + wanted.length : endOfNextWord(text, saidTo);
        return end > saidTo ? [take(end, word)] : [];
      });
    },
    rest(at) {
      if (text.slice(saidTo).trim() === '') return undefined;
      return take(text.length, { start: at, end: at });
    },
  };
}

function endOfNextWord(text: string, from: number): number {
  const match = /^\s*\S+/.exec(text.slice(from));
  return from + (match?.[0].length ?? 0);
}
