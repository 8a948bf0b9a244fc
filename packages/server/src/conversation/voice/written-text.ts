/**
 * Finds the words that a voice says in the text it was given, so that what was heard is kept as it was written: with its
 * line breaks and marks, and without what a voice makes of a number.
 */
export interface WrittenText {
  add(text: string): void;
  /** The part of the text that ends with this word, from where the word before ended; the word itself where it is not found. */
  take(word: string): string;
  /** What comes after the last word that was taken, if there is nothing in it to be said. */
  rest(): string;
}

/** A word is not looked for further away than this, in characters: marks, a link's address. */
const REACH = 300;

export function createWrittenText(): WrittenText {
  let text = '';
  let at = 0;
  let astray = false;
  return {
    add(more) {
      text += more;
    },
    take(word) {
      const wanted = word.trim();
      const found = wanted === '' ? -1 : find(text, wanted, at);
      if (found === -1 || found - at > REACH) {
        astray = true;
        return at === 0 && word === wanted ? word : ` ${wanted}`;
      }
      const end = endOfToken(text, found + wanted.length);
      // What was said instead of the text in between is there already.
      const slice = astray ? ` ${text.slice(found, end)}` : text.slice(at, end);
      astray = false;
      at = end;
      return slice;
    },
    rest() {
      const left = text.slice(at);
      return astray || /[\p{L}\p{N}]/u.test(left) ? '' : left.trimEnd();
    },
  };
}

/** The place of a word that does not stand inside another. */
function find(text: string, word: string, from: number): number {
  for (let at = text.indexOf(word, from); at !== -1; at = text.indexOf(word, at + 1)) {
    const [before, first] = [text[at - 1], word[0]];
    const [last, after] = [word.at(-1), text[at + word.length]];
    if (!(isLetter(before) && isLetter(first)) && !(isLetter(last) && isLetter(after))) return at;
  }
  return -1;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** Marks that stand directly behind a word belong to it. */
function endOfToken(text: string, from: number): number {
  let end = from;
  while (end < text.length && !/\s/.test(text[end]!) && !isLetter(text[end])) end++;
  return end < text.length && isLetter(text[end]) ? from : end;
}
