import { type Edit, markdownEdits } from './markdown.ts';

/** Text as it is to be said, every character knowing the place in the written text that it came from. */
export interface Prose {
  text: string;
  /** Per UTF-16 unit of `text`: where in the written text it starts and ends. */
  starts: Int32Array;
  ends: Int32Array;
}

/** One emoji with all that belongs to it: skin tones, joined people, flags, keycaps, tags. */
const emoji =
  /(?:\p{RI}\p{RI}|[0-9#*]\uFE0F?\u20E3|(?![©®™↔-↙])(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?)|[©®™↔-↙]\uFE0F)(?:[\u{1F3FB}-\u{1F3FF}\uFE0F\u20E3\u{E0020}-\u{E007F}]|\u200D\p{Extended_Pictographic})*|\p{RI}|[\u{1F3FB}-\u{1F3FF}]/uy;

/** What may start an emoji, to look for one only there. */
const emojiStart = /[0-9#*©®™\u203C-\u3299\uD83C-\uD83E]/;

/** Seen by nobody and said by nobody: zero-width characters, directions, soft hyphens, controls, private use. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Co}\p{Noncharacter_Code_Point}\uFFFC\uFFFD]/u;

/** One character for one character. */
const replacements: Readonly<Record<string, string>> = {
  '\u2028': '\n',
  '\u2029': '\n',
  '\u0085': '\n',
  '‘': "'",
  '’': "'",
  ʼ: "'",
  '′': "'",
  '＇': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '″': '"',
  '«': '"',
  '»': '"',
  '‐': '-',
  '‑': '-',
  '‒': '–',
  '―': '—',
  '−': '-',
  '。': '.',
  '、': ',',
  '，': ',',
  '；': ';',
  '：': ':',
  '！': '!',
  '？': '?',
  '؟': '?',
  '،': ',',
  '؛': ';',
  '।': '.',
  '…': '…',
};

/** The text without Markdown, emoji and invisible characters, and with one form of every space, quote and dash. */
export function proseOf(written: string, words: { codeExample: string }): Prose {
  const text: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const put = (character: string, start: number, end: number) => {
    for (let unit = 0; unit < character.length; unit += 1) {
      text.push(character[unit] ?? '');
      starts.push(start);
      ends.push(end);
    }
  };
  let done = 0;
  for (const { start, end, put: replacement } of [...markdownEdits(written, words), endOf(written)]) {
    copy(written, done, start, put);
    put(replacement, start, end);
    done = end;
  }
  return { text: text.join(''), starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
}

function endOf(written: string): Edit {
  return { start: written.length, end: written.length, put: '' };
}

function copy(written: string, from: number, to: number, put: (character: string, start: number, end: number) => void): void {
  for (let at = from; at < to; ) {
    const unit = written[at] ?? '';
    if (unit < '\u007F' && unit > '\u001F' && !emojiStart.test(unit)) {
      put(unit, at, at + 1);
      at += 1;
      continue;
    }
    const end = Math.min(to, at + characterLength(written, at));
    const character = written.slice(at, end);
    put(plain(character, end - at), at, end);
    at = end;
  }
}

/** Length of the emoji or the character there. */
function characterLength(written: string, at: number): number {
  if (emojiStart.test(written[at] ?? '')) {
    emoji.lastIndex = at;
    if (emoji.test(written)) return emoji.lastIndex - at;
  }
  return (written.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function plain(character: string, length: number): string {
  emoji.lastIndex = 0;
  if (emojiStart.test(character[0] ?? '') && emoji.test(character) && emoji.lastIndex === length) return ' ';
  if (character === '\n') return character;
  if (/\s/u.test(character)) return ' ';
  const replacement = replacements[character];
  if (replacement !== undefined) return replacement;
  if (invisible.test(character)) return '';
  if (!character.isWellFormed()) return ' ';
  return /[！-～ﬀ-ﬆ]/.test(character) ? character.normalize('NFKC') : character;
}
