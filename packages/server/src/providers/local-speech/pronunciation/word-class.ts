import {
  ADVERBS,
  BE_FORMS,
  CAUSATIVES,
  CONJUNCTIONS,
  DEGREES,
  DEMONSTRATIVES,
  DETERMINERS,
  DO_FORMS,
  HAVE_FORMS,
  IS_CONTRACTIONS,
  isAdjective,
  isContentWord,
  MODALS,
  OBJECTS,
  PREPOSITIONS,
  SUBJECTS,
  THIRD_PERSON,
} from './function-words.ts';
import { readingOfParticularWord } from './particular-words.ts';
import type { SpokenWord } from './spoken-word.ts';

/** What a word is in its sentence, as far as its pronunciation may depend on it. */
export type WordClass =
  | 'noun'
  | 'proper-noun'
  | 'letter'
  | 'verb'
  | 'past-verb'
  | 'past-participle'
  | 'adjective'
  | 'adverb'
  | 'determiner'
  | 'preposition'
  | 'other';

/** A word among its neighbours, all in small letters; '' where the phrase begins or ends. */
export interface Neighbourhood {
  word: string;
  /** The word before, and the one before that, without adverbs in between ("to always record"). */
  left: string;
  beforeLeft: string;
  /** The word before, adverb or not. */
  previous: string;
  /** The first word of the phrase. */
  opening: string;
  next: string;
  afterNext: string;
  /** Every word of the text. */
  all: readonly string[];
}

/**
 * Tells what each word is by its neighbours. It knows the little words and no others: enough for "to record" and "a record", the
 * heteronyms of conversation, and no more than that. A word it cannot tell is 'other', which is said in its usual way.
 */
export function classifyWords(words: readonly SpokenWord[]): WordClass[] {
  const all = words.map((word) => word.text.toLowerCase().replaceAll('’', "'"));
  const shouted = words.length > 1 && words.every((word) => word.text === word.text.toUpperCase());
  return words.map((word, index) => {
    const byCapitals = classOfCapitals(words, index, shouted);
    if (byCapitals) return byCapitals;
    const place = neighbourhoodOf(words, all, index);
    return readingOfParticularWord(place, word.pause !== '') ?? classByNeighbours(place);
  });
}

const ENDS_PHRASE = /[.?!,;:—…]/;

function classOfCapitals(words: readonly SpokenWord[], index: number, shouted: boolean): WordClass | undefined {
  const text = words[index]?.text ?? '';
  const before = words[index - 1]?.pause === '' ? words[index - 1]?.text : undefined;
  const after = words[index]?.pause === '' ? words[index + 1]?.text : undefined;
  if (text.length === 1) {
    if (!/[AIa]/.test(text)) return /[A-Za-z]/.test(text) ? 'letter' : undefined;
    if (isLetter(before) || isLetter(after)) return 'letter';
    if (text === 'I') return 'other';
    const begins = before === undefined && !shouted;
    return after === undefined || (text === 'A' && !begins && !shouted) ? 'letter' : 'determiner';
  }
  if (shouted || !/^[A-Z]/.test(text)) return undefined;
  if (/^[A-Z]{2,}/.test(text)) return isEmphasis(text) ? undefined : 'proper-noun';
  const sentenceStart = index === 0 || /[.?!:…]/.test(words[index - 1]?.pause ?? '');
  return sentenceStart || text === "I'm" || text.startsWith("I'") ? undefined : 'proper-noun';
}

/** A little word in capitals ("do NOT reply"), unless these are letters ("IT", "the US", "ten AM"). */
function isEmphasis(text: string): boolean {
  return !isContentWord(text.toLowerCase()) && !/^(?:IT|US|AM|WHO|NO)$/.test(text);
}

function isLetter(text: string | undefined): boolean {
  return text !== undefined && /^[A-Z]$/.test(text);
}

function neighbourhoodOf(words: readonly SpokenWord[], all: readonly string[], index: number): Neighbourhood {
  const leftOf = (position: number) => (ENDS_PHRASE.test(words[position - 1]?.pause ?? '.') ? -1 : position - 1);
  const rightOf = (position: number) => (ENDS_PHRASE.test(words[position]?.pause ?? '.') ? -1 : position + 1);
  const skipAdverbs = (position: number) => {
    let at = leftOf(position);
    while (at >= 0 && isAdverb(all[at] ?? '')) at = leftOf(at);
    return at;
  };
  const openingOf = (position: number): number => (leftOf(position) < 0 ? position : openingOf(leftOf(position)));
  const textAt = (position: number) => (position < 0 ? '' : (all[position] ?? ''));
  const left = skipAdverbs(index);
  const next = rightOf(index);
  return {
    word: all[index] ?? '',
    left: textAt(left),
    beforeLeft: left < 0 ? '' : textAt(leftOf(left)),
    previous: textAt(leftOf(index)),
    opening: textAt(openingOf(index)),
    next: textAt(next),
    afterNext: next < 0 ? '' : textAt(rightOf(next)),
    all,
  };
}

function isAdverb(word: string): boolean {
  return ADVERBS.has(word) || (word.length > 4 && word.endsWith('ly') && word !== 'family' && word !== 'reply');
}

/** Words that are adjectives where an adjective can be, though they are also nouns or verbs. */
const ADJECTIVES_TOO = new Set(
  (
    'close closer live separate perfect present content deliberate elaborate intimate invalid compact overweight upset moderate ' +
    'alternate appropriate approximate duplicate frequent legitimate diffuse animate converse subordinate absent abstract'
  ).split(' '),
);

function classByNeighbours(place: Neighbourhood): WordClass {
  const { word, left, beforeLeft, previous, next } = place;
  const adjectiveToo = ADJECTIVES_TOO.has(word);
  const attributive = adjectiveToo && next !== '' && isContentWord(next);
  if (DEGREES.has(previous) && adjectiveToo && !(previous === 'so' && left !== previous)) return 'adjective';
  if (isVerbAfter(place)) return 'verb';
  if (BE_FORMS.has(left)) return adjectiveToo ? 'adjective' : word.endsWith('ed') ? 'past-participle' : 'noun';
  if (HAVE_FORMS.has(left)) return attributive ? 'adjective' : word.endsWith('ed') ? 'past-participle' : 'noun';
  if (next === 'of') return 'noun';
  if (DEMONSTRATIVES.has(left) && (startsObject(next) || left !== previous)) return 'verb';
  if (left === 'this' && word.endsWith('s')) return 'verb';
  if ((left === 'these' || left === 'those') && !word.endsWith('s')) return adjectiveToo ? 'adjective' : 'verb';
  const possessive = left.endsWith("'s") && !IS_CONTRACTIONS.has(left);
  if (DETERMINERS.has(left) || DEMONSTRATIVES.has(left) || possessive || PREPOSITIONS.has(left))
    return attributive ? 'adjective' : 'noun';
  if (isAdjective(left)) return attributive ? 'adjective' : 'noun';
  if (left === '' || CONJUNCTIONS.has(left)) return beginsCommand(place) ? 'verb' : isNounBefore(next) ? 'noun' : 'other';
  if (left.length > 2 && isContentWord(left) && beforeLeft !== 'to') {
    const plural = isPlural(left);
    if (plural && !word.endsWith('s') && (startsObject(next) || PREPOSITIONS.has(next))) return 'verb';
    // "The app records audio" is likelier than a compound such as "the customer records office".
    const singularVerb = word.endsWith('s') && !plural;
    if (singularVerb && (startsObject(next) || (DETERMINERS.has(beforeLeft) && isContentWord(next) && next !== '')))
      return 'verb';
    if (isNounBefore(next) || (next === '' && !plural && !word.endsWith('s'))) return 'noun';
  }
  return 'other';
}

function isVerbAfter({ word, left, beforeLeft, opening, next }: Neighbourhood): boolean {
  if (left === 'to') return next !== 'of';
  if (MODALS.has(left) || DO_FORMS.has(left) || /'(?:ll|d)$/.test(left)) return true;
  if (/n't$/.test(left) && !BE_FORMS.has(left) && !HAVE_FORMS.has(left)) return true;
  // "Does it record?", "Can the app record calls?"
  if ((left === 'it' || left === 'this' || left === 'that') && asks(beforeLeft)) return true;
  if (asks(opening) && DETERMINERS.has(beforeLeft) && isContentWord(left)) return true;
  if (SUBJECTS.has(left)) return !(left === 'you' && PREPOSITIONS.has(beforeLeft));
  if (THIRD_PERSON.has(left) && word.endsWith('s')) return true;
  return OBJECTS.has(left) && CAUSATIVES.has(beforeLeft);
}

function asks(word: string): boolean {
  return DO_FORMS.has(word) || (MODALS.has(word) && !/^(?:please|help|lets|let's)$/.test(word));
}

function isPlural(word: string): boolean {
  return /[^s]s$/.test(word) || /^(?:people|men|women|children|kids)$/.test(word);
}

/** Whether an object may begin with this word: "record the call". */
function startsObject(word: string): boolean {
  return DETERMINERS.has(word) || DEMONSTRATIVES.has(word) || OBJECTS.has(word);
}

function beginsCommand({ next, afterNext }: Neighbourhood): boolean {
  return startsObject(next) || ((next === 'up' || next === 'down' || next === 'off') && startsObject(afterNext));
}

function isNounBefore(word: string): boolean {
  return BE_FORMS.has(word) || HAVE_FORMS.has(word) || (MODALS.has(word) && word !== 'please' && word !== 'help');
}
