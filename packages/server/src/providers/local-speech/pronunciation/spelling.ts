/** Letters that Unicode does not take apart into a plain letter and an accent. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'th', þ: 'th', ı: 'i', ħ: 'h', ŋ: 'ng' },
  ...{ Æ: 'Ae', Œ: 'Oe', Ø: 'O', Ł: 'L', Đ: 'D', Ð: 'Th', Þ: 'Th', Ħ: 'H', Ŋ: 'Ng', ẞ: 'SS' },
};
const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** More is not a word, and not worth the time. */
const LONGEST_WORD = 200;

/** Writes a word with nothing but the letters a to z, digits and ASCII signs: é becomes e, ’ becomes ', emoji and the rest vanish. */
export function plainSpelling(word: string): string {
  return word
    .slice(0, LONGEST_WORD)
    .normalize('NFKD')
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/[‐‑–—]/g, '-')
    .replace(/[^\x20-\x7e]/gu, (letter) => PLAIN_LETTERS[letter] ?? '');
}

/**
 * The parts of a word that may be words of their own: "follow-up", "PDFReader", "Karen'll", "B2B". Signs come as parts too.
 * The pattern is misaki's, which also keeps "iPhones" and "TVs" together.
 */
export function partsOf(word: string): string[] {
  const parts =
    word.match(
      /^'+|[A-Z]+(?=[A-Z][a-z]{2})|\d|[-_]+|'{2,}|[A-Za-z]*?(?:'[A-Za-z])*?[a-z](?=[A-Z])|[A-Za-z]+(?:'[A-Za-z]+)*|[^-_A-Za-z'\d]|'+$/g,
    ) ?? [];
  return parts.flatMap((part) => {
    const clitic = /^(.{2,})('(?:ll|ve|re|d|m))$/i.exec(part);
    return clitic ? [clitic[1] ?? '', clitic[2] ?? ''] : [DIGITS[Number.parseInt(part, 10)] ?? part];
  });
}
