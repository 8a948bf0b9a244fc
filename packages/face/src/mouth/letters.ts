/**
 * Spelling to rough phones, for voices that only tell when a word is said. Rules for English, tried from the top at each place; where
 * none fits (other alphabets), a letter stands for the nearest Latin one. Only what the lips do has to be right, so that
 * voicing, stress and most vowel qualities do not matter.
 */
const RULES: readonly (readonly [pattern: RegExp, phones: string])[] = (
  [
    // Whole words whose spelling misleads.
    ['^one$', 'w ʌ n'],
    ['^once$', 'w ʌ n s'],
    ['^(two|to|too)$', 't u'],
    ['^who', 'h u'],
    ['^you', 'j u'],
    ['^eye', 'aɪ'],
    ['^of$', 'ə v'],
    ['^do(?=$|e|ing)', 'd u'],
    ['^are$', 'ɑ ɹ'],
    ['^i$', 'aɪ'],
    ['^the$', 'ð ə'],
    ['^a$', 'ə'],
    // Silent letters.
    ['^(kn|gn|pn)', 'n'],
    ['^wr', 'ɹ'],
    ['^ps', 's'],
    ['mb$', 'm'],
    ['bt$', 't'],
    ['lk$', 'k'],
    ['gh(?=t)', ''],
    ['igh', 'aɪ'],
    ['eigh', 'eɪ'],
    ['(augh|ough)(?=t)', 'ɔ'],
    ['ough', 'oʊ'],
    // Several letters, one sound.
    ['tch', 'ʧ'],
    ['sch', 's k'],
    ['(sh|[tc]i(?=on|al|ous|en)|si(?=on))', 'ʃ'],
    ['ch', 'ʧ'],
    ['ph', 'f'],
    ['th', 'θ'],
    ['wh', 'w'],
    ['ck', 'k'],
    ['ng', 'ŋ'],
    ['qu', 'k w'],
    ['x', 'k s'],
    ['gh$', ''],
    ['gh', 'g'],
    ['(j|dg)e?', 'ʤ'],
    ['ge$', 'ʤ'],
    ['ture$', 'ʧ ɚ'],
    ['c(?=[eiy])', 's'],
    // Vowels.
    ['(oo|ew|ue$|ui)', 'u'],
    ['ou', 'aʊ'],
    ['ow$', 'oʊ'],
    ['ow', 'aʊ'],
    ['(oa|oe$)', 'oʊ'],
    ['(oi|oy)', 'ɔɪ'],
    ['(au|aw|al(?=[lk]))', 'ɔ'],
    ['(ai|ay|ei|ey(?!$))', 'eɪ'],
    ['(ee|ea|ie(?!$)|ey$)', 'i'],
    ['(er|ir|ur|ear(?=[nt]))', 'ɝ'],
    ['ar', 'ɑ ɹ'],
    ['or', 'ɔ ɹ'],
    ['e$', ''],
    ['e(?=[ds]$)', ''],
    ['a(?=[bcdfgklmnpstvz]e)', 'eɪ'],
    ['i(?=[bcdfgklmnpstvz]e[sdr]?$)', 'aɪ'],
    ['o(?=[bcdfgklmnpstvz]e)', 'oʊ'],
    ['u(?=[bcdfgklmnpstvz]e)', 'u'],
    ['o$', 'oʊ'],
    ['^y', 'j'],
    ['y$', 'i'],
    ['y', 'ɪ'],
    ['a', 'æ'],
    ['e', 'ɛ'],
    ['i', 'ɪ'],
    ['o', 'ɑ'],
    ['u', 'ʌ'],
    // The same consonant twice is said once.
    ['([bcdfgklmnprstvz])(?=\\1)', ''],
    ['c', 'k'],
    ['r', 'ɹ'],
    ['([bdfghklmnpstvwz])', '$1'],
  ] as const
).map(([pattern, phones]) => [new RegExp(pattern, 'uy'), phones]);

/** Letters of other alphabets as the Latin ones that look most alike on the lips. */
const OTHER_ALPHABETS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ ß: 's', æ: 'e', ø: 'o', œ: 'o', ð: 'd', þ: 'th', ł: 'l', đ: 'd', ı: 'i' },
    ...{
      а: 'a',
      б: 'b',
      в: 'v',
      г: 'g',
      д: 'd',
      е: 'e',
      ё: 'o',
      ж: 'sh',
      з: 'z',
      и: 'i',
      й: 'i',
      к: 'k',
      л: 'l',
      м: 'm',
      н: 'n',
    },
    ...{
      о: 'o',
      п: 'p',
      р: 'r',
      с: 's',
      т: 't',
      у: 'u',
      ф: 'f',
      х: 'h',
      ц: 's',
      ч: 'ch',
      ш: 'sh',
      щ: 'sh',
      ы: 'i',
      э: 'e',
      ю: 'u',
      я: 'a',
    },
    ...{
      α: 'a',
      β: 'v',
      γ: 'g',
      δ: 'd',
      ε: 'e',
      ζ: 'z',
      η: 'i',
      θ: 'th',
      ι: 'i',
      κ: 'k',
      λ: 'l',
      μ: 'm',
      ν: 'n',
      ξ: 'x',
      ο: 'o',
    },
    ...{ π: 'p', ρ: 'r', σ: 's', ς: 's', τ: 't', υ: 'i', φ: 'f', χ: 'h', ψ: 'ps', ω: 'o' },
  }),
);

const DIGITS = ['ziro', 'wun', 'too', 'three', 'for', 'five', 'six', 'seven', 'eit', 'nine'];

/** The phones of a written word, as far as its letters show them. Empty where nothing can be made of it. */
export function phonesOfWord(word: string): string[] {
  const latin = [...word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')]
    .map((letter) => OTHER_ALPHABETS.get(letter) ?? DIGITS['0123456789'.indexOf(letter)] ?? letter)
    .join('');
  return (latin.match(/\p{L}+/gu) ?? []).flatMap(phonesOfLetters);
}

function phonesOfLetters(word: string): string[] {
  const phones: string[] = [];
  for (let at = 0; at < word.length; ) {
    const match = firstRule(word, at);
    if (match) phones.push(...match.phones);
    // A script without letters for sounds: something is said, and nobody knows what.
    else if (!/[a-z]/.test(word[at] ?? '')) phones.push('d', 'ə');
    at += match?.length ?? 1;
  }
  return phones;
}

function firstRule(word: string, at: number): { phones: string[]; length: number } | undefined {
  for (const [pattern, phones] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(word);
    if (!match) continue;
    const said = phones.replace('$1', match[1] ?? '');
    return { phones: said === '' ? [] : said.split(' '), length: Math.max(match[0].length, 1) };
  }
  return undefined;
}
