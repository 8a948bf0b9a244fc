import type { Language } from '../language.ts';
import { numberWords } from '../number-words.ts';
import { german } from './de.ts';
import { english } from './en.ts';
import { britishEnglish } from './en-gb.ts';
import { spanish } from './es.ts';
import { french } from './fr.ts';
import { plainLanguage } from './plain.ts';

const plain = plainLanguage('und');

const known = new Map<string, Language>([
  ...Object.keys(numberWords).map((tag): [string, Language] => [tag, plainLanguage(tag)]),
  ['en', english],
  ['en-gb', britishEnglish],
  ['en-au', britishEnglish],
  ['en-ie', britishEnglish],
  ['en-nz', britishEnglish],
  ['es', spanish],
  ['de', german],
  ['fr', french],
]);

/** The language of a tag such as `en-GB`; the language without its region, else one whose words stay as they are. */
export function languageOf(tag: string): Language {
  const lower = tag.toLowerCase().replaceAll('_', '-');
  return known.get(lower) ?? known.get(lower.split('-')[0] ?? '') ?? plain;
}
