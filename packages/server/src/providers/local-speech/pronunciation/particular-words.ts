import {
  BE_FORMS,
  DEGREES,
  DETERMINERS,
  DO_FORMS,
  HAVE_FORMS,
  isAdjective,
  isContentWord,
  MODALS,
  PREPOSITIONS,
  SUBJECTS,
} from './function-words.ts';
import type { Neighbourhood, WordClass } from './word-class.ts';

/** Words whose reading depends on more than a noun, verb or adjective being there. Undefined: as any other word. */
export function readingOfParticularWord(place: Neighbourhood, endsPhrase: boolean): WordClass | undefined {
  const { word, previous, left, next } = place;
  switch (word) {
    case 'read':
      return readingOfRead(place);
    case 'used':
      return isUsedForSomething(place) ? 'verb' : 'past-verb';
    case "that's":
      return previous === '' ? 'determiner' : undefined;
    case 'that':
      return isPointing(place, endsPhrase) ? 'determiner' : 'preposition';
    case 'in':
      return ENTERING.test(previous) && (next === '' || next === 'to' || next === 'and' || next === 'with')
        ? 'adverb'
        : 'preposition';
    case 'lives':
      return DETERMINERS.has(left) || isAdjective(left) || PREPOSITIONS.has(left) || left === 'and' ? 'noun' : 'verb';
    case 'live':
      return LIVES_SOMEWHERE.test(next) && !BE_FORMS.has(left) && !DETERMINERS.has(left) && !/^(?:watch|go|went|goes)$/.test(left)
        ? 'verb'
        : undefined;
    case 'close':
      if (/^(?:to|by|enough)$/.test(next) && left !== 'to') return 'adjective';
      return /^(?:come|came|get|got|getting|stay|keep|stand|sit|hold|pretty)$/.test(left) ? 'adjective' : undefined;
    case 'use':
      return /^cases?$/.test(next) ? 'noun' : undefined;
    case 'closes':
      return DETERMINERS.has(left) ? 'noun' : 'verb';
    case 'contents':
      return 'noun';
    case 'inside':
      return DETERMINERS.has(left) && next !== '' && isContentWord(next) ? 'adjective' : undefined;
    case 'content':
      return BE_FORMS.has(left) || DEGREES.has(previous) || /^(?:with|to)$/.test(next) ? 'adjective' : 'noun';
    case 'minute':
      return /^(?:details?|amounts?|differences?|particles?|quantit(?:y|ies)|traces?|changes?|fractions?)$/.test(next)
        ? 'adjective'
        : 'noun';
    case 'learned':
      return /^(?:man|men|woman|women|scholars?|professors?|friend|judge)$/.test(next) && DETERMINERS.has(left)
        ? 'adjective'
        : 'verb';
    case 'wind':
      return /^(?:up|down)$/.test(next) && !DETERMINERS.has(left) ? 'verb' : undefined;
    case 'wound':
      if (next === 'up' || next === 'down' || BE_FORMS.has(left) || HAVE_FORMS.has(left)) return 'past-participle';
      return SUBJECTS.has(left) || left === 'it' ? 'past-verb' : 'noun';
    case 'tear':
      return /^(?:it|them|up|down|off|apart|the|this|that)$/.test(next) && !DETERMINERS.has(left) ? 'verb' : undefined;
    case 'lead': // The metal; misaki has only the other word.
      return /^(?:pipes?|paints?|poisoning|acid|ore|shot)$/.test(next) ? 'adjective' : undefined;
    case 'bass': // An instrument or voice; the lexicon's usual reading is the fish.
      return place.all.some((each) => /^(?:fish|fishing|sea|lake|caught|striped|grilled|river)$/.test(each))
        ? 'noun'
        : 'adjective';
    default:
      return undefined;
  }
}

const ENTERING =
  /^(?:log|sign|check|fill|plug|opt|come|came|type|turn|hand|move|go|put|call|dial|drop|tune|zoom|step|let|cut)(?:s|ed|ing|ged|ging)?$/;
const LIVES_SOMEWHERE =
  /^(?:in|at|with|near|here|there|together|alone|long|longer|forever|under|by|next|abroad|somewhere|nearby)$/;
const LONG_AGO = /^(?:yesterday|last|ago|already|earlier|once|before|was|were|had|said|did|told|got)$/;
const AGAIN_AND_AGAIN =
  /^(?:every|usually|often|always|sometimes|each|never|daily|weekly|mornings|evenings|weekends|tonight|tomorrow|now)$/;

/** "read" sounds like "red" in the past: after have or be, and after a subject without an auxiliary unless it is a habit. */
function readingOfRead({ left, beforeLeft, next, all }: Neighbourhood): WordClass {
  if (HAVE_FORMS.has(left) || BE_FORMS.has(left)) return 'past-participle';
  if (left === 'to' || MODALS.has(left) || DO_FORMS.has(left) || /'(?:ll|d)$|n't$/.test(left)) return 'verb';
  const longAgo = all.some((word) => LONG_AGO.test(word));
  if (SUBJECTS.has(left) || left === 'it') {
    if (HAVE_FORMS.has(beforeLeft)) return 'past-participle';
    if (MODALS.has(beforeLeft) || DO_FORMS.has(beforeLeft)) return 'verb';
    if (left === 'he' || left === 'she' || left === 'it' || longAgo) return 'past-verb';
    return left === 'you' || all.some((word) => AGAIN_AND_AGAIN.test(word)) ? 'verb' : 'past-verb';
  }
  if (DETERMINERS.has(left) || PREPOSITIONS.has(left) || left === '') return 'noun';
  const nounSubject = isContentWord(left) && !left.endsWith('s') && (DETERMINERS.has(next) || longAgo);
  return nounSubject && !/^(?:please|and|let|me|us)$/.test(left)
    ? 'past-verb'
    : longAgo && isContentWord(left)
      ? 'past-verb'
      : 'verb';
}

/** "a knife is used to cut" (with z), other than "I am used to it" and "it used to rain". */
function isUsedForSomething({ left, next, afterNext }: Neighbourhood): boolean {
  if (next !== 'to' || !BE_FORMS.has(left)) return false;
  const aboutThings = /^(?:is|are|was|were|be|been|being|it's|isn't|aren't)$/.test(left);
  return aboutThings && isContentWord(afterNext) && !afterNext.endsWith('ing') && !afterNext.endsWith('s');
}

/** "that" with stress, pointing at something ("that is mine", "after that"), other than "the one that is mine". */
function isPointing({ previous, next }: Neighbourhood, endsPhrase: boolean): boolean {
  if (endsPhrase || next === '') return true;
  if (SUBJECTS.has(next) || DETERMINERS.has(next)) return false;
  if (previous === '') return true;
  return PREPOSITIONS.has(previous) || /^(?:do|did|does|doing|get|got|is|was|like)$/.test(previous);
}
