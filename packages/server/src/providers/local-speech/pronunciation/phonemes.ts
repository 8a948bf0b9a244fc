/** Which English is spoken; the two have lexicons and phonemes of their own. */
export type EnglishVariant = 'en-US' | 'en-GB';

export const PRIMARY_STRESS = 'ˈ';
export const SECONDARY_STRESS = 'ˌ';

/**
 * The phonemes of misaki (https://github.com/hexgrad/misaki, EN_PHONES.md), as its version 1 gives them to Kokoro: one symbol a sound,
 * so A is the vowel of "day", I of "eye", O of "go" (Q in British), W of "now", Y of "boy", ʧ and ʤ of "church" and "judge", T the
 * flapped t of "water", ᵊ a schwa that is hardly there. A stress mark stands before its vowel. The schwa ɐ is that of "a" and "an".
 */
const VOCABULARY = {
  'en-US': new Set('AIOWYbdfhijklmnpstuvwzæðŋɐɑɔəɛɜɡɪɹTʃʊʌʒʤʧˈˌθᵊᵻ '),
  'en-GB': new Set('AIQWYabdfhijklmnpstuvwzðŋɐɑɒɔəɛɜɡɪɹʃʊʌʒʤʧˈˌːθᵊ '),
} satisfies Record<EnglishVariant, Set<string>>;

/** The vowels that misaki counts: "to" and "the" change before them, and a stress mark goes before one. */
export const VOWELS: ReadonlySet<string> = new Set('AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ');
export const CONSONANTS: ReadonlySet<string> = new Set('bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ');

/** Whether a voice knows every symbol; a space separates what was written as one word but is said as two. */
export function inVocabulary(phonemes: string, variant: EnglishVariant): boolean {
  return [...phonemes].every((symbol) => VOCABULARY[variant].has(symbol));
}

/** Lexicon notation (flap ɾ, glottal stop ʔ) in that of the voices (T, t); what no voice of the variant knows is left out. */
export function toVoiceNotation(phonemes: string, variant: EnglishVariant): string {
  const written = phonemes.replaceAll('ɾ', variant === 'en-US' ? 'T' : 't').replaceAll('ʔ', 't');
  return [...written].filter((symbol) => VOCABULARY[variant].has(symbol)).join('');
}
