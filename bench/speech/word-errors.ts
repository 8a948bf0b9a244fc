/**
 * Word errors between what was said and what was recognised, after both went through the same normalisation:
 *
 * 1. lower case, accents and punctuation away, hyphens and slashes are spaces, text in brackets away;
 * 2. numbers are digits: "ten" = "10", "twenty-five dollars" = "$25", "half past" stays as it is, "first" = "1st";
 * 3. contractions and careless forms are written out: "it's" = "it is", "gonna" = "going to", "mr" = "mister";
 * 4. British spellings are American ones;
 * 5. hesitations ("uh", "um", "hm") do not count, on either side;
 * 6. a boundary between words is no error: "mail box" = "mailbox", "two nine three" = "293".
 */
export interface WordErrors {
  /** Words of the reference. */
  words: number;
  errors: number;
  substitutions: number;
  insertions: number;
  deletions: number;
}

/** The share of errors. Of many utterances: all errors by all words, not the mean of their shares. */
export const wordErrorRate = ({ words, errors }: Pick<WordErrors, 'words' | 'errors'>): number =>
  words === 0 ? Number(errors > 0) : errors / words;

export function addWordErrors(all: readonly WordErrors[]): WordErrors {
  const sum = { words: 0, errors: 0, substitutions: 0, insertions: 0, deletions: 0 };
  for (const each of all) for (const key of Object.keys(sum) as (keyof WordErrors)[]) sum[key] += each[key];
  return sum;
}

/** The longest run of words that may be one word on the other side. */
const MOST_JOINED = 8;

interface Cell {
  errors: number;
  /** Where the best way comes from. */
  reference: number;
  heard: number;
}

export function countWordErrors(said: string, recognised: string): WordErrors {
  const reference = normaliseWords(said);
  const heard = normaliseWords(recognised);
  const cells: Cell[][] = [];
  for (let i = 0; i <= reference.length; i++) {
    const row: Cell[] = [];
    cells.push(row);
    for (let j = 0; j <= heard.length; j++) {
      let best: Cell = { errors: i === 0 && j === 0 ? 0 : Number.POSITIVE_INFINITY, reference: 0, heard: 0 };
      const consider = (words: number, others: number, cost: number) => {
        const from = cells[i - words]?.[j - others];
        if (from && from.errors + cost < best.errors) best = { errors: from.errors + cost, reference: words, heard: others };
      };
      if (i > 0 && j > 0) consider(1, 1, reference[i - 1] === heard[j - 1] ? 0 : 1);
      if (i > 0) consider(1, 0, 1);
      if (j > 0) consider(0, 1, 1);
      for (let joined = 2; joined <= MOST_JOINED; joined++) {
        if (j > 0 && i >= joined && reference.slice(i - joined, i).join('') === heard[j - 1]) consider(joined, 1, 0);
        if (i > 0 && j >= joined && heard.slice(j - joined, j).join('') === reference[i - 1]) consider(1, joined, 0);
      }
      row.push(best);
    }
  }
  const result = { words: reference.length, errors: 0, substitutions: 0, insertions: 0, deletions: 0 };
  for (let i = reference.length, j = heard.length; i > 0 || j > 0; ) {
    const cell = cells[i]?.[j];
    if (!cell) break;
    const before = cells[i - cell.reference]?.[j - cell.heard]?.errors ?? 0;
    if (cell.errors > before) {
      result.errors += 1;
      if (cell.reference === 0) result.insertions += 1;
      else if (cell.heard === 0) result.deletions += 1;
      else result.substitutions += 1;
    }
    i -= cell.reference;
    j -= cell.heard;
  }
  return result;
}

const HESITATIONS = new Set(['uh', 'um', 'uhm', 'erm', 'er', 'hm', 'hmm', 'mm', 'mhm']);

const WRITTEN_OUT: Record<string, string> = {
  "can't": 'can not',
  cannot: 'can not',
  "won't": 'will not',
  "shan't": 'shall not',
  "let's": 'let us',
  "y'all": 'you all',
  gonna: 'going to',
  wanna: 'want to',
  gotta: 'got to',
  kinda: 'kind of',
  yknow: 'you know',
  "y'know": 'you know',
  alright: 'all right',
  ok: 'okay',
  mr: 'mister',
  mrs: 'missus',
  dr: 'doctor',
  vs: 'versus',
  etc: 'et cetera',
};

/** Only after these words is `'s` a verb; elsewhere it is a genitive. */
const IS_AFTER = /^(it|that|there|here|what|who|he|she|where|how|when)'s$/;

const SPELLINGS: Record<string, string> = Object.fromEntries(
  `colour color, favour favor, favourite favorite, flavour flavor, honour honor, humour humor, labour labor, neighbour neighbor,
  neighbourhood neighborhood, behaviour behavior, rumour rumor, harbour harbor, centre center, centres centers, metre meter,
  metres meters, kilometre kilometer, kilometres kilometers, litre liter, litres liters, theatre theater, fibre fiber,
  grey gray, cheque check, cheques checks, tyre tire, tyres tires, programme program, programmes programs, catalogue catalog,
  dialogue dialog, jewellery jewelry, travelling traveling, travelled traveled, traveller traveler, cancelled canceled,
  cancelling canceling, cancellation cancelation, labelled labeled, modelling modeling, licence license, defence defense,
  practise practice, aluminium aluminum, mum mom, plough plow, storey story, judgement judgment, ageing aging, enquiry inquiry,
  organise organize, organised organized, organisation organization, realise realize, realised realized, recognise recognize,
  recognised recognized, apologise apologize, apologised apologized, analyse analyze, analysed analyzed, specialise specialize,
  specialist specialist, summarise summarize, prioritise prioritize, finalise finalize, customise customize, minimise minimize,
  maximise maximize, emphasise emphasize, whilst while, towards toward, learnt learned, dialled dialed, grandad granddad`
    .split(/,\s*/)
    .map((pair) => pair.trim().split(' ')),
);

/** The words that are compared. */
export function normaliseWords(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc`]/g, "'")
    .replace(/[[(<{][^\])>}]*[\])>}]/g, ' ')
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/[$£€]\s?(\d+)\.(\d\d)\b/g, '$1 dollars $2')
    .replace(/\$\s?(\d+(?:\.\d+)?)/g, '$1 dollars')
    .replace(/£\s?(\d+(?:\.\d+)?)/g, '$1 pounds')
    .replace(/€\s?(\d+(?:\.\d+)?)/g, '$1 euros')
    // A time with a full stop: "7.30".
    .replace(/\b(\d{1,2})\.([0-5]\d)\b/g, '$1 $2')
    .replace(/(\d)\.(?=\d)/g, '$1 point ')
    .replace(/%/g, ' percent ')
    .replace(/&/g, ' and ')
    .replace(/\b((?:[a-z]\.){2,})/g, (letters) => letters.replaceAll('.', ''))
    .replace(/(\d)(am|pm|km|kg|cm|mm)\b/g, '$1 $2')
    .replace(/\b(\d{1,2}):00\b/g, '$1')
    .replace(/[^\p{L}\p{N}']+/gu, ' ');
  const words = plain
    .split(' ')
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter((word) => word !== '' && !HESITATIONS.has(word))
    .flatMap((word) => writeOut(word).split(' '))
    .map((word) => SPELLINGS[word] ?? word);
  return asDigits(words);
}

function writeOut(word: string): string {
  const whole = WRITTEN_OUT[word];
  if (whole) return whole;
  if (IS_AFTER.test(word)) return word.replace("'s", ' is');
  return word
    .replace(/n't$/, ' not')
    .replace(/'re$/, ' are')
    .replace(/'ve$/, ' have')
    .replace(/'ll$/, ' will')
    .replace(/'m$/, ' am')
    .replace(/'d$/, ' would')
    .replaceAll("'", '');
}

const list = (text: string) => text.split(' ');
const UNITS = new Map(
  list(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  ).map((word, value) => [word, value] as const),
);
const TENS = new Map(
  list('twenty thirty forty fifty sixty seventy eighty ninety').map((word, index) => [word, (index + 2) * 10] as const),
);
const SCALES = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
]);
const ORDINALS = new Map(
  list(
    'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth',
  ).map((word, index) => [word, index + 1] as const),
);
const ORDINAL_TENS = new Map(list('twentieth thirtieth').map((word, index) => [word, (index + 2) * 10] as const));

/** Runs of number words as digits. Where a new number begins ("twenty twenty", "two nine"), two numbers stand. */
function asDigits(words: readonly string[]): string[] {
  const result: string[] = [];
  for (let at = 0; at < words.length; ) {
    const number = readNumber(words, at);
    if (number) {
      result.push(number.text);
      at = number.next;
    } else {
      const word = words[at] ?? '';
      // "oh" among digits is the digit.
      const amongDigits = word === 'oh' && (/^\d+$/.test(result.at(-1) ?? '') || UNITS.has(words[at + 1] ?? ''));
      // On its own "second" may be the one of a minute.
      result.push(amongDigits ? '0' : word === '2nd' ? 'second' : word);
      at += 1;
    }
  }
  return result;
}

function readNumber(words: readonly string[], from: number): { text: string; next: number } | undefined {
  let total = 0;
  let group: number | undefined;
  let at = from;
  const ordinal = (value: number) => ({ text: withEnding(total + value), next: at + 1 });
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    // "one hundred and five": only inside a number, and only when a number goes on.
    const mayGoOn = group === undefined ? total > 0 : group >= 100 && group % 100 === 0;
    if (word === 'and' && mayGoOn && isBelowHundred(words[at + 1])) continue;
    const unit = UNITS.get(word);
    const tens = TENS.get(word);
    const last = ORDINALS.get(word);
    const lastTens = ORDINAL_TENS.get(word);
    const fitsUnit = (value: number) =>
      group === undefined ||
      (value > 0 && value < 10 && group % 10 === 0 && group % 100 >= 20) ||
      (value > 0 && group % 100 === 0 && group > 0);
    if (unit !== undefined && fitsUnit(unit)) group = (group ?? 0) + unit;
    else if (tens !== undefined && (group === undefined || (group % 100 === 0 && group > 0))) group = (group ?? 0) + tens;
    else if (last !== undefined && fitsUnit(last) && !(word === 'second' && group === undefined))
      return ordinal((group ?? 0) + last);
    else if (lastTens !== undefined && (group === undefined || group % 100 === 0)) return ordinal((group ?? 0) + lastTens);
    else if (word === 'hundred' && group !== undefined && group < 100 && group > 0) group *= 100;
    else if (SCALES.has(word) && group !== undefined && group > 0) {
      total += group * (SCALES.get(word) ?? 1);
      group = undefined;
      if (!isBelowHundred(words[at + 1]) && words[at + 1] !== 'and') {
        at += 1;
        break;
      }
    } else break;
  }
  return group === undefined && total === 0 ? undefined : { text: String(total + (group ?? 0)), next: at };
}

const isBelowHundred = (word: string | undefined): boolean => word !== undefined && (UNITS.has(word) || TENS.has(word));

function withEnding(value: number): string {
  const ending = value % 100 >= 11 && value % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}
