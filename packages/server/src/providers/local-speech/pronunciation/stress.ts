import { PRIMARY_STRESS, SECONDARY_STRESS, VOWELS } from './phonemes.ts';

/**
 * How strongly a word is said, as in misaki: -2 without stress, -1 primary becomes secondary and secondary none, -0.5 and 0 the same if
 * there is a primary stress, 0 to 1 secondary if there is none at all, 1 secondary becomes primary, 2 primary in any case.
 */
export type Emphasis = -2 | -1 | -0.5 | 0 | 0.5 | 1 | 2;

/** Strengthens or weakens the stress of a word. */
export function applyStress(phonemes: string, emphasis: Emphasis | undefined): string {
  if (emphasis === undefined) return phonemes;
  const primary = phonemes.includes(PRIMARY_STRESS);
  const secondary = phonemes.includes(SECONDARY_STRESS);
  if (emphasis < -1) return phonemes.replaceAll(PRIMARY_STRESS, '').replaceAll(SECONDARY_STRESS, '');
  if (emphasis === -1 || (emphasis <= 0 && primary)) return demote(phonemes);
  if (!primary && !secondary) {
    if (emphasis < 0) return phonemes;
    return stressFirstVowel(phonemes, emphasis > 1 ? PRIMARY_STRESS : SECONDARY_STRESS);
  }
  return emphasis >= 1 && !primary ? phonemes.replaceAll(SECONDARY_STRESS, PRIMARY_STRESS) : phonemes;
}

/**
 * Makes one word of its parts, as misaki does with "JavaScript" and "phone-in": a single letter leans on what follows, and of parts
 * that are all stressed the lighter half is weakened.
 */
export function balanceStress(parts: readonly { text: string; phonemes: string }[]): string[] {
  const phonemes = parts.map((part) => part.phonemes);
  const sounding = parts.flatMap((part, index) => (part.phonemes ? [{ index, text: part.text, phonemes: part.phonemes }] : []));
  const weaken = (index: number) => {
    phonemes[index] = applyStress(phonemes[index] ?? '', -0.5);
  };
  const [first, second] = sounding;
  if (first && second && sounding.length === 2 && first.text.length === 1) {
    weaken(second.index);
    return phonemes;
  }
  const stressed = (part: { phonemes: string }) => Number(part.phonemes.includes(PRIMARY_STRESS));
  const stresses = sounding.reduce((sum, part) => sum + stressed(part), 0);
  if (sounding.length < 2 || stresses <= Math.floor((sounding.length + 1) / 2)) return phonemes;
  const lightest = [...sounding].sort(
    (a, b) => stressed(a) - stressed(b) || weightOf(a.phonemes) - weightOf(b.phonemes) || a.index - b.index,
  );
  for (const part of lightest.slice(0, Math.floor(sounding.length / 2))) weaken(part.index);
  return phonemes;
}

const LONG = new Set('AIOQWYʤʧ');

function weightOf(phonemes: string): number {
  return [...phonemes].reduce((sum, symbol) => sum + (LONG.has(symbol) ? 2 : 1), 0);
}

function demote(phonemes: string): string {
  return phonemes.replaceAll(SECONDARY_STRESS, '').replaceAll(PRIMARY_STRESS, SECONDARY_STRESS);
}

function stressFirstVowel(phonemes: string, mark: string): string {
  const symbols = [...phonemes];
  const vowel = symbols.findIndex((symbol) => VOWELS.has(symbol));
  return vowel < 0 ? phonemes : symbols.toSpliced(vowel, 0, mark).join('');
}
