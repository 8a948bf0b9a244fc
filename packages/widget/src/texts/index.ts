import { ar } from './ar.ts';
import { de } from './de.ts';
import { en, type TextKey, type Texts } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { he } from './he.ts';

export type { TextKey, Texts } from './en.ts';

const CATALOGUES: Record<string, Texts> = { ar, de, en, es, fr, he };

/** Written from right to left; the languages of the catalogues and those that pages bring texts for. */
const RIGHT_TO_LEFT = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'iw', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** The first part of a language tag (BCP 47): `de` of `de-AT`. */
export function baseLanguage(tag: string): string {
  return tag.trim().toLowerCase().split(/[-_]/)[0] ?? '';
}

export function directionOf(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(baseLanguage(language)) ? 'rtl' : 'ltr';
}

/** The first of the languages that the widget speaks; English where it speaks none of them. */
export function languageFor(wanted: readonly (string | null | undefined)[]): string {
  for (const tag of wanted) if (tag && baseLanguage(tag) in CATALOGUES) return baseLanguage(tag);
  return 'en';
}

/** The texts of a language with those of the page in their place; unknown keys and values that are no text count for nothing. */
export function textsIn(language: string, overrides: Partial<Record<string, unknown>> = {}): Texts {
  const texts = { ...(CATALOGUES[baseLanguage(language)] ?? en) };
  for (const key of Object.keys(texts) as TextKey[]) {
    const own = overrides[key];
    if (typeof own === 'string') texts[key] = own;
  }
  return texts;
}

/** Puts the agent's name into a text. */
export function withAgent(text: string, agent: string): string {
  return text.replaceAll('{agent}', agent);
}
