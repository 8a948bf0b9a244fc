import type { Language } from '../language.ts';
import { plainLanguage } from './plain.ts';

const plain = plainLanguage('fr');
const monthNames = 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' ');

/** "virgule vingt", but one by one where a zero leads or there are many. */
function decimals(digits: string): string {
  if (digits.length <= 2 && !digits.startsWith('0')) return plain.cardinal(digits);
  return Array.from(digits, plain.cardinal).join(' ');
}

/** French: numbers, dates with the name of the month, addresses, symbols. */
export const french: Language = {
  ...plain,
  decimal: (whole, digits) => `${plain.cardinal(whole)} virgule ${decimals(digits)}`,
  decimalSeparator: ',',
  groupSeparators: '. ',
  words: {
    minus: 'moins',
    to: 'à',
    percent: 'pour cent',
    degrees: 'degrés',
    per: 'par',
    moneyAnd: 'et',
    by: 'par',
    times: 'fois',
    number: 'numéro',
    at: 'arobase',
    dot: 'point',
    slash: 'barre oblique',
    dash: 'tiret',
    underscore: 'tiret bas',
    hash: 'dièse',
    version: 'version',
    hashtag: 'mot dièse',
    link: 'lien',
    codeExample: 'exemple de code',
  },
  symbols: {
    '&': 'et',
    '@': 'arobase',
    '%': 'pour cent',
    '+': 'plus',
    '=': 'égale',
    '<': 'inférieur à',
    '>': 'supérieur à',
    '×': 'fois',
  },
  codeSymbols: { '.': 'point', '@': 'arobase', '/': 'barre oblique', '-': 'tiret', '#': 'dièse', '+': 'plus', '=': 'égale' },
  units: {
    km: ['kilomètre', 'kilomètres'],
    m: ['mètre', 'mètres'],
    cm: ['centimètre', 'centimètres'],
    mm: ['millimètre', 'millimètres'],
    kg: ['kilogramme', 'kilogrammes'],
    g: ['gramme', 'grammes'],
    l: ['litre', 'litres'],
    'km/h': ['kilomètre par heure', 'kilomètres par heure'],
    Go: ['gigaoctet', 'gigaoctets'],
    Mo: ['mégaoctet', 'mégaoctets'],
    '°C': ['degré Celsius', 'degrés Celsius'],
    '°': ['degré', 'degrés'],
    '%': ['pour cent', 'pour cent'],
  },
  currencies: {
    '€': { name: ['euro', 'euros'], hundredth: ['centime', 'centimes'] },
    $: { name: ['dollar', 'dollars'], hundredth: ['cent', 'cents'] },
    '£': { name: ['livre', 'livres'] },
    EUR: { name: ['euro', 'euros'], hundredth: ['centime', 'centimes'] },
  },
  ordinalSuffix: /(?:er|re|e|ème)(?![\p{L}\p{N}])/uy,
  months: Object.fromEntries(monthNames.map((name, index) => [name, index + 1])),
  date: ({ day, month, year }) => {
    const said = `${day === 1 ? 'premier' : plain.cardinal(String(day))} ${monthNames[month - 1]}`;
    return year === undefined ? said : `${said} ${plain.cardinal(String(year))}`;
  },
  clock: (hours, minutes) => {
    const hour = hours === 1 ? 'une heure' : `${plain.cardinal(String(hours))} heures`;
    return minutes === 0 ? hour : `${hour} ${plain.cardinal(String(minutes))}`;
  },
  abbreviations: {
    m: { say: 'Monsieur', ends: 'never' },
    mme: { say: 'Madame', ends: 'never' },
    mlle: { say: 'Mademoiselle', ends: 'never' },
    dr: { say: 'Docteur', ends: 'never' },
    etc: { say: 'et cetera', ends: 'before-capital' },
    'p.ex': { say: 'par exemple', ends: 'never' },
  },
  conjunctions: new Set([
    'et',
    'ou',
    'mais',
    'parce',
    'quand',
    'lorsque',
    'si',
    'que',
    'qui',
    'car',
    'donc',
    'pour',
    'puis',
    'où',
  ]),
};
