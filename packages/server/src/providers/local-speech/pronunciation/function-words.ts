/** The little words by which the part of speech of their neighbours is told. All in small letters. */
const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

export const DETERMINERS = words(
  "a an the this these my your his our their its whose no any every each some another either neither which what one's " +
    'one two three four five six seven eight nine ten twenty fifty hundred first second third next last both all few several many much',
);
export const DEMONSTRATIVES = words('that those');
export const SUBJECTS = words("i you we they who he she y'all");
export const THIRD_PERSON = words('he she it who which everyone everybody someone somebody nobody');
export const OBJECTS = words('me him her us them it you this that everything something nothing');
export const PREPOSITIONS = words(
  'of in for with on at from by about into onto under over without per during after before like than through between against via ' +
    'within since until till upon across behind beyond near despite except toward towards',
);
export const MODALS = words(
  "will would can could should may might must shall cannot let's lets please help gonna wanna gotta i'd i'll",
);
export const DO_FORMS = words("do does did don't doesn't didn't");
export const BE_FORMS = words(
  "am is are was were be been being isn't aren't wasn't weren't ain't i'm you're we're they're he's she's it's that's there's here's what's who's",
);
export const HAVE_FORMS = words(
  "have has had having haven't hasn't hadn't i've you've we've they've who've could've would've should've",
);
/** Contractions in 's that are no possessives. */
export const IS_CONTRACTIONS = words("it's that's let's he's she's here's there's what's who's where's how's when's");
/** Verbs after which an object and another verb come: "let me record it". */
export const CAUSATIVES = words('let lets make makes made help helps helped have see saw watch watched hear heard');
/** Words between a subject and its verb. */
export const ADVERBS = words(
  'not never always just also really still ever even only already often usually sometimes then now soon actually probably maybe ' +
    'simply both kindly directly rarely hardly currently immediately once quickly automatically carefully',
);
/** Words before an adjective. */
export const DEGREES = words(
  'very so too quite pretty rather extremely more most less least as how fairly particularly highly really',
);
export const CONJUNCTIONS = words('and or but then so because if when while as whether unless although though');
/** Frequent adjectives without an ending that tells. */
const ADJECTIVES = words(
  'new old good great big small large little long short high low best better worst bad free full own same other only real early late ' +
    'main major minor common public private special certain clear simple single daily weekly monthly yearly annual current previous ' +
    'final future past recent top hot cold warm strong heavy light poor rich young quick fast slow easy hard safe right wrong true false ' +
    'whole entire further extra rough fair sharp sudden huge broken fresh local direct strict latest complete written',
);
const ADJECTIVE_ENDING = /(?:al|ive|ous|ful|ic|able|ible|less|ical|ary|ish)$/;

/** Whether a word looks like an adjective. */
export function isAdjective(word: string): boolean {
  return ADJECTIVES.has(word) || (word.length > 5 && ADJECTIVE_ENDING.test(word));
}

/** Whether a word is none of the little words, so that it names something. */
export function isContentWord(word: string): boolean {
  return !LITTLE_WORDS.some((set) => set.has(word)) && !/^\d/.test(word) && !/n't$|'(?:ll|re|ve|d|m)$/.test(word);
}

const OTHER_LITTLE_WORDS = words(
  'to not here there up down out off away back again together alone where why too well yes no okay today',
);
const LITTLE_WORDS = [
  ...[DETERMINERS, DEMONSTRATIVES, SUBJECTS, OBJECTS, PREPOSITIONS, MODALS, DO_FORMS, BE_FORMS, HAVE_FORMS],
  ...[ADVERBS, CONJUNCTIONS, OTHER_LITTLE_WORDS],
];
