import type { Language } from '../language.ts';
import { plainLanguage } from './plain.ts';

const plain = plainLanguage('de');
const monthNames = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ');
const digitByDigit = (digits: string) => Array.from(digits, plain.cardinal).join(' ');

/** "neunzehnhundertneunundneunzig", but "zweitausendvierundzwanzig". */
function year(value: number): string {
  if (value < 1100 || value > 1999) return plain.cardinal(String(value));
  const rest = value % 100;
  return `${plain.cardinal(String(Math.floor(value / 100)))}hundert${rest === 0 ? '' : plain.cardinal(String(rest))}`;
}

/** German: numbers, dates with the name of the month, addresses, symbols. */
export const german: Language = {
  ...plain,
  year,
  decimal: (whole, decimals) => `${plain.cardinal(whole)} Komma ${digitByDigit(decimals)}`,
  decimalSeparator: ',',
  groupSeparators: '.',
  words: {
    minus: 'minus',
    to: 'bis',
    percent: 'Prozent',
    degrees: 'Grad',
    per: 'pro',
    moneyAnd: 'und',
    by: 'mal',
    times: 'mal',
    number: 'Nummer',
    at: 'at',
    dot: 'Punkt',
    slash: 'Schrägstrich',
    dash: 'Bindestrich',
    underscore: 'Unterstrich',
    hash: 'Raute',
    version: 'Version',
    hashtag: 'Hashtag',
    link: 'Link',
    codeExample: 'Codebeispiel',
  },
  symbols: {
    '&': 'und',
    '@': 'at',
    '%': 'Prozent',
    '+': 'plus',
    '=': 'gleich',
    '<': 'kleiner als',
    '>': 'größer als',
    '×': 'mal',
  },
  codeSymbols: { '.': 'Punkt', '@': 'at', '/': 'Schrägstrich', '-': 'Bindestrich', '#': 'Raute', '+': 'plus', '=': 'gleich' },
  units: {
    km: ['Kilometer', 'Kilometer'],
    m: ['Meter', 'Meter'],
    cm: ['Zentimeter', 'Zentimeter'],
    mm: ['Millimeter', 'Millimeter'],
    kg: ['Kilogramm', 'Kilogramm'],
    g: ['Gramm', 'Gramm'],
    l: ['Liter', 'Liter'],
    'km/h': ['Kilometer pro Stunde', 'Kilometer pro Stunde'],
    GB: ['Gigabyte', 'Gigabyte'],
    MB: ['Megabyte', 'Megabyte'],
    '°C': ['Grad Celsius', 'Grad Celsius'],
    '°': ['Grad', 'Grad'],
    '%': ['Prozent', 'Prozent'],
  },
  currencies: {
    '€': { name: ['Euro', 'Euro'], hundredth: ['Cent', 'Cent'] },
    $: { name: ['Dollar', 'Dollar'], hundredth: ['Cent', 'Cent'] },
    '£': { name: ['Pfund', 'Pfund'] },
    EUR: { name: ['Euro', 'Euro'], hundredth: ['Cent', 'Cent'] },
  },
  fullStopOrdinals: true,
  ordinalSuffix: /\.(?= (?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)(?!\p{L}))/uy,
  months: Object.fromEntries(monthNames.map((name, index) => [name.toLowerCase(), index + 1])),
  date: ({ day, month, year: inYear }) => {
    const said = `${plain.ordinal(String(day))} ${monthNames[month - 1]}`;
    return inYear === undefined ? said : `${said} ${year(inYear)}`;
  },
  clock: (hours, minutes) => {
    const hour = hours === 1 ? 'ein' : plain.cardinal(String(hours));
    return minutes === 0 ? `${hour} Uhr` : `${hour} Uhr ${plain.cardinal(String(minutes))}`;
  },
  abbreviations: {
    dr: { say: 'Doktor', ends: 'never' },
    hr: { say: 'Herr', ends: 'never' },
    fr: { say: 'Frau', ends: 'never' },
    prof: { say: 'Professor', ends: 'never' },
    nr: { say: 'Nummer', ends: 'never' },
    str: { say: 'Straße', ends: 'before-capital' },
    bzw: { say: 'beziehungsweise', ends: 'never' },
    ca: { say: 'circa', ends: 'never' },
    usw: { say: 'und so weiter', ends: 'before-capital' },
    'z.b': { say: 'zum Beispiel', ends: 'never' },
    'd.h': { say: 'das heißt', ends: 'never' },
  },
  conjunctions: new Set(['und', 'oder', 'aber', 'weil', 'obwohl', 'wenn', 'während', 'dass', 'damit', 'denn', 'sondern', 'wo']),
};
