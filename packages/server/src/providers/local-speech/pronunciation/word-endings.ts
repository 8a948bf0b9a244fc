import type { EnglishVariant } from './phonemes.ts';

/** Whether a word is in the lexicon. */
type Known = (word: string) => boolean;

/** An American t between one of these and a vowel is a flap. */
const BEFORE_FLAP = new Set('AIOWYiuæɑəɛɪɹʊʌ');
const DOUBLED_CONSONANT = /([bcdgklmnprstvxz])\1ing$|cking$/;

/** "cats" → "cat", "boxes" → "box", "cities" → "city", "James's" → "James". */
export function stemOfS(word: string, known: Known): string | undefined {
  if (word.length < 3 || !word.endsWith('s')) return undefined;
  if (!word.endsWith('ss') && known(word.slice(0, -1))) return word.slice(0, -1);
  const syllable = word.endsWith("'s") || (word.length > 4 && word.endsWith('es') && !word.endsWith('ies'));
  if (syllable && known(word.slice(0, -2))) return word.slice(0, -2);
  const stem = `${word.slice(0, -3)}y`;
  return word.length > 4 && word.endsWith('ies') && known(stem) ? stem : undefined;
}

/** "used" → "use", "emailed" → "email". */
export function stemOfEd(word: string, known: Known): string | undefined {
  if (word.length < 4 || !word.endsWith('d')) return undefined;
  if (!word.endsWith('dd') && known(word.slice(0, -1))) return word.slice(0, -1);
  const stem = word.slice(0, -2);
  return word.length > 4 && word.endsWith('ed') && !word.endsWith('eed') && known(stem) ? stem : undefined;
}

/** "emailing" → "email", "using" → "use", "planning" → "plan". */
export function stemOfIng(word: string, known: Known): string | undefined {
  if (word.length < 5 || !word.endsWith('ing')) return undefined;
  const stem = word.slice(0, -3);
  if (word.length > 5 && known(stem)) return stem;
  if (known(`${stem}e`)) return `${stem}e`;
  return word.length > 5 && DOUBLED_CONSONANT.test(word) && known(word.slice(0, -4)) ? word.slice(0, -4) : undefined;
}

/** The sound of -s and 's after a stem: kˈæts, dˈɔɡz, bˈɑksᵻz. https://en.wiktionary.org/wiki/-s */
export function addS(stem: string | undefined, variant: EnglishVariant): string | undefined {
  if (!stem) return undefined;
  if (endsIn(stem, 'ptkfθ')) return `${stem}s`;
  return endsIn(stem, 'szʃʒʧʤ') ? `${stem}${shortI(variant)}z` : `${stem}z`;
}

/** The sound of -ed after a stem: wˈɔkt, pˈAntᵻd, plˈAd. https://en.wiktionary.org/wiki/-ed */
export function addEd(stem: string | undefined, variant: EnglishVariant): string | undefined {
  if (!stem) return undefined;
  if (endsIn(stem, 'pkfθʃsʧ')) return `${stem}t`;
  if (endsIn(stem, 'd')) return `${stem}${shortI(variant)}d`;
  if (!endsIn(stem, 't')) return `${stem}d`;
  return `${flapped(stem, variant)}${shortI(variant)}d`;
}

/** The sound of -ing after a stem: ˈizi → ˈiziɪŋ, wˈAt → wˈAɾɪŋ. British vowels that bring back an r have no rule. */
export function addIng(stem: string | undefined, variant: EnglishVariant): string | undefined {
  if (!stem || (variant === 'en-GB' && endsIn(stem, 'əː'))) return undefined;
  return `${flapped(stem, variant)}ɪŋ`;
}

function flapped(stem: string, variant: EnglishVariant): string {
  const flaps = variant === 'en-US' && endsIn(stem, 't') && BEFORE_FLAP.has(stem.at(-2) ?? '');
  return flaps ? `${stem.slice(0, -1)}ɾ` : stem;
}

function shortI(variant: EnglishVariant): string {
  return variant === 'en-GB' ? 'ɪ' : 'ᵻ';
}

function endsIn(stem: string, phonemes: string): boolean {
  return phonemes.includes(stem.at(-1) ?? ' ');
}
