import type { TimedWord } from '../../core/speech/speech.ts';
import type { SpokenPiece } from '../../spoken-text/to-spoken.ts';

/** When a stretch of a spoken text is said: a character, a word, or several. In seconds. */
export interface Mark {
  text: string;
  start: number;
  end: number;
}

/** Tells the times of written words from what a vendor says of them, or from the length of its audio. */
export interface WordTimes {
  /** The next text of the call; returns it as the voice is to get it, '' where nothing is to be said. */
  add(written: string, pieces: readonly SpokenPiece[]): string;
  mark(marks: readonly Mark[]): void;
  /** The words, each once, that have begun when so much audio has come, in seconds. */
  begunBy(seconds: number): TimedWord[];
  /** The text in hand was said to its end by then: the rest of its words. */
  textEnded(seconds: number): TimedWord[];
  /** The call broke off: the words that were said at least by half, their times estimated where none were told. */
  brokenOffAt(seconds: number): TimedWord[];
  /** Everything was said: all the rest. */
  ended(seconds: number): TimedWord[];
}

interface Word {
  text: string;
  /** Place in all texts as the voice got them. */
  from: number;
  to: number;
  /** Which text it belongs to. */
  clause: number;
  start?: number;
  end?: number;
}

/** Characters a second of an English voice, before anything is known of this one. */
const USUAL_RATE = 15;
/** Of a word's length in characters: between words a voice needs about so much more. */
const BETWEEN_WORDS = 1.5;
/** A stretch is looked for so far ahead. */
const LOOK_AHEAD = 80;

/**
 * Where the vendor tells no times, a word of n characters (as it is spoken) lasts (n + 1.5) / r seconds, and follows the one before it. r begins at 15 characters a
 * second; with each text that was said to its end it becomes (all its characters, + 1.5 for each word) / (its real length), over all texts of the call.
 * At the end of a text the clock is set to its real end, so that errors do not add up.
 */
export function createWordTimes({ tellsTimes }: { tellsTimes: boolean }): WordTimes {
  const words: Word[] = [];
  let spoken = '';
  let clauses = 0;
  /** Words given out. */
  let given = 0;
  /** Up to where marks have come, in `spoken`. */
  let marked = 0;
  let firstUnmarked = 0;
  /** The estimate: the next word without a time begins here; the texts so far, and how much was said in them. */
  let clock = 0;
  let clauseInHand = 0;
  let clauseBegan = 0;
  let units = 0;
  let unitSeconds = 0;

  const unitsOf = ({ from, to }: Word) => to - from + BETWEEN_WORDS;
  const rate = () => (unitSeconds > 0.2 ? units / unitSeconds : USUAL_RATE);

  /** Gives out the word that comes next, with its own times or these. */
  function give(word: Word, start: number, end: number): TimedWord {
    given += 1;
    clock = word.end ?? end;
    return { text: word.text, start: word.start ?? start, end: Math.max(word.start ?? start, word.end ?? end) };
  }

  /** Words in their order, as long as so much (0..1) of each was given out by `seconds`. */
  function estimatedUntil(seconds: number, share: number, within: (word: Word) => boolean): TimedWord[] {
    const out: TimedWord[] = [];
    for (let word = words[given]; word && within(word); word = words[given]) {
      const start = word.start ?? clock;
      const length = unitsOf(word) / rate();
      if (start + length * share >= seconds) break;
      out.push(give(word, start, start + length));
    }
    return out;
  }

  /** The rest of these words, before `seconds`: evenly by their lengths. */
  function squeezed(seconds: number, within: (word: Word) => boolean): TimedWord[] {
    const rest: Word[] = [];
    for (let index = given; index < words.length && within(words[index] as Word); index += 1) rest.push(words[index] as Word);
    const total = rest.reduce((sum, word) => sum + unitsOf(word), 0);
    const begin = Math.min(clock, seconds);
    let passed = 0;
    return rest.map((word) => {
      const start = begin + ((seconds - begin) * passed) / total;
      passed += unitsOf(word);
      return give(word, start, begin + ((seconds - begin) * passed) / total);
    });
  }

  return {
    add(written, pieces) {
      let text = '';
      for (const { start, end, spoken: said, pause } of pieces) {
        const part = said + pause;
        if (part === '') continue;
        const from = spoken.length + text.length;
        text += `${part} `;
        if (said !== '') words.push({ text: written.slice(start, end), from, to: from + part.length, clause: clauses });
      }
      if (!/[\p{L}\p{N}]/u.test(text)) return '';
      spoken += text;
      clauses += 1;
      return text;
    },
    mark(marks) {
      for (const { text, start, end } of marks) {
        const wanted = text.trim();
        if (wanted === '') continue;
        const found = spoken.slice(marked, marked + LOOK_AHEAD).indexOf(wanted);
        // What the vendor writes in another way takes as much room.
        const from = found >= 0 ? marked + found : marked;
        marked = from + wanted.length;
        for (let index = firstUnmarked; index < words.length; index += 1) {
          const word = words[index] as Word;
          if (word.from >= marked) break;
          if (word.to > from) {
            word.start ??= start;
            word.end = end;
          }
          if (word.to <= marked) firstUnmarked = index + 1;
        }
      }
    },
    begunBy(seconds) {
      if (tellsTimes) return estimatedUntil(seconds, 0, (word) => word.start !== undefined && word.to <= marked + 1);
      // The last word of a text waits for its real end.
      return estimatedUntil(seconds, 0, (word) => word.clause === clauseInHand && words[given + 1]?.clause === clauseInHand);
    },
    textEnded(seconds) {
      const inHand = (word: Word) => word.clause <= clauseInHand;
      units += words.filter((word) => word.clause === clauseInHand).reduce((sum, word) => sum + unitsOf(word), 0);
      unitSeconds += seconds - clauseBegan;
      const rest = squeezed(seconds, inHand);
      clauseInHand += 1;
      clauseBegan = seconds;
      clock = seconds;
      return rest;
    },
    brokenOffAt: (seconds) => estimatedUntil(seconds, 0.5, () => true),
    ended: (seconds) => squeezed(seconds, () => true),
  };
}
