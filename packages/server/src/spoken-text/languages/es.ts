import type { Language } from '../language.ts';
import { plainLanguage } from './plain.ts';

const plain = plainLanguage('es');
const monthNames = 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' ');
const digitByDigit = (digits: string) => Array.from(digits, plain.cardinal).join(' ');

/** Spanish: numbers, dates with the name of the month, addresses, symbols. */
export const spanish: Language = {
  ...plain,
  decimal: (whole, decimals) => `${plain.cardinal(whole)} coma ${digitByDigit(decimals)}`,
  decimalSeparator: ',',
  groupSeparators: '. ',
  words: {
    minus: 'menos',
    to: 'a',
    percent: 'por ciento',
    degrees: 'grados',
    per: 'por',
    moneyAnd: 'con',
    by: 'por',
    times: 'por',
    number: 'número',
    at: 'arroba',
    dot: 'punto',
    slash: 'barra',
    dash: 'guion',
    underscore: 'guion bajo',
    hash: 'almohadilla',
    version: 'versión',
    hashtag: 'etiqueta',
    link: 'enlace',
    codeExample: 'ejemplo de código',
  },
  symbols: {
    '&': 'y',
    '@': 'arroba',
    '%': 'por ciento',
    '+': 'más',
    '=': 'igual a',
    '<': 'menor que',
    '>': 'mayor que',
    '×': 'por',
  },
  codeSymbols: { '.': 'punto', '@': 'arroba', '/': 'barra', '-': 'guion', '#': 'almohadilla', '+': 'más', '=': 'igual' },
  units: {
    km: ['kilómetro', 'kilómetros'],
    m: ['metro', 'metros'],
    cm: ['centímetro', 'centímetros'],
    mm: ['milímetro', 'milímetros'],
    kg: ['kilogramo', 'kilogramos'],
    g: ['gramo', 'gramos'],
    l: ['litro', 'litros'],
    'km/h': ['kilómetro por hora', 'kilómetros por hora'],
    GB: ['gigabyte', 'gigabytes'],
    MB: ['megabyte', 'megabytes'],
    '°C': ['grado Celsius', 'grados Celsius'],
    '°': ['grado', 'grados'],
    '%': ['por ciento', 'por ciento'],
  },
  currencies: {
    '€': { name: ['euro', 'euros'], hundredth: ['céntimo', 'céntimos'] },
    $: { name: ['dólar', 'dólares'], hundredth: ['centavo', 'centavos'] },
    '£': { name: ['libra', 'libras'] },
    EUR: { name: ['euro', 'euros'], hundredth: ['céntimo', 'céntimos'] },
  },
  months: Object.fromEntries(monthNames.map((name, index) => [name, index + 1])),
  date: ({ day, month, year }) => {
    const said = `${day === 1 ? 'primero' : plain.cardinal(String(day))} de ${monthNames[month - 1]}`;
    return year === undefined ? said : `${said} de ${plain.cardinal(String(year))}`;
  },
  dateJoiner: 'de',
  clock: (hours, minutes) => {
    const hour = hours === 1 ? 'una' : plain.cardinal(String(hours));
    return minutes === 0 ? `${hour} en punto` : `${hour} y ${plain.cardinal(String(minutes))}`;
  },
  abbreviations: {
    sr: { say: 'señor', ends: 'never' },
    sra: { say: 'señora', ends: 'never' },
    dr: { say: 'doctor', ends: 'never' },
    dra: { say: 'doctora', ends: 'never' },
    ud: { say: 'usted', ends: 'never' },
    uds: { say: 'ustedes', ends: 'never' },
    etc: { say: 'etcétera', ends: 'before-capital' },
    'p.ej': { say: 'por ejemplo', ends: 'never' },
  },
  conjunctions: new Set(['y', 'o', 'pero', 'porque', 'aunque', 'cuando', 'mientras', 'si', 'que', 'para', 'donde', 'como']),
};
