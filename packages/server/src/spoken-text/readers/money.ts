import type { Currency, Language } from '../language.ts';
import { isWordAt, matchAt, type Reader, said } from '../reading.ts';
import { type Amount, amountAt, amountWords, isOne, minusAt, rangeDashAt, signed } from './amounts.ts';

/** "$", "US$", "USD", "€" at an index. */
function currencyAt(
  text: string,
  at: number,
  language: Language,
): { end: number; currency: Currency; isCode: boolean } | undefined {
  const match = matchAt(/(?:US|A|C)?\$|[€£¥₹₽₩₪₺₴₿¢]|[A-Z]{3}(?![\p{L}])/uy, text, at);
  const written = match?.[0] ?? '';
  const currency = Object.hasOwn(language.currencies, written) ? language.currencies[written] : undefined;
  return currency && { end: at + written.length, currency, isCode: /^[A-Z]{3}$/.test(written) };
}

/** "m" or " million" after an amount of money. */
function scaleAt(text: string, at: number, language: Language): { end: number; word: string } | undefined {
  const match = matchAt(
    /(?:[ -]?(?:hundred|thousand|million|billion|trillion)|(?:[kKMTBbmt]|mn|bn|tn|mm))(?![\p{L}\p{N}])/uy,
    text,
    at,
  );
  const name = (match?.[0] ?? '').replace(/[ -]/, '');
  const word = Object.hasOwn(language.scales, name) ? language.scales[name] : undefined;
  return match && word ? { end: at + match[0].length, word } : undefined;
}

function moneyWords(amount: Amount, scale: string, currency: Currency, language: Language): string {
  const [one, many] = currency.name;
  if (scale !== '') return `${amountWords(amount, language)} ${scale} ${many}`;
  if (amount.decimals.length !== 2 || !currency.hundredth) {
    return `${amountWords(amount, language)} ${isOne(amount) ? one : many}`;
  }
  const whole: Amount = { ...amount, decimals: '' };
  const hundredths = String(Number(amount.decimals));
  const cents = `${language.cardinal(hundredths)} ${currency.hundredth[hundredths === '1' ? 0 : 1]}`;
  if (hundredths === '0') return moneyWords(whole, '', currency, language);
  if (/^0+$/.test(amount.whole)) return cents;
  return `${moneyWords(whole, '', currency, language)} ${language.words.moneyAnd} ${cents}`;
}

/** $5, -$5.20, €3.50, £1.2m, $3 million, $5-10, USD 20 */
export const readMoneyBefore: Reader = (place) => {
  const { text, at, language } = place;
  const minusFirst = minusAt(text, at);
  const sign = currencyAt(text, at + (minusFirst ? 1 : 0), language);
  if (!sign) return undefined;
  const gap = matchAt(sign.isCode ? / ?/y : /(?: (?=\d))?/y, text, sign.end)?.[0].length ?? 0;
  const minus = minusFirst || text[sign.end + gap] === '-';
  const first = amountAt(text, sign.end + gap + (minus && !minusFirst ? 1 : 0), language);
  if (!first) return undefined;
  const dash = rangeDashAt(text, first.end);
  const again = dash > 0 ? (currencyAt(text, first.end + dash, language)?.end ?? first.end + dash) : 0;
  const second = dash > 0 ? amountAt(text, again, language) : undefined;
  const last = second ?? first;
  const scale = scaleAt(text, last.end, language);
  const end = scale?.end ?? last.end;
  if (isWordAt(text, end) && !/\p{L}/u.test(text[end] ?? '')) return undefined;
  const from = second ? `${amountWords(first, language)} ${language.words.to} ` : '';
  const words = from + moneyWords(last, scale?.word ?? '', sign.currency, language);
  return said(place, end, signed(words, minus, language));
};

/** 50¢, 3,50 €, 20 USD */
export const readMoneyAfter: Reader = (place) => {
  const { text, at, language } = place;
  const amount = amountAt(text, at, language);
  if (!amount) return undefined;
  const scale = scaleAt(text, amount.end, language);
  const end = scale?.end ?? amount.end;
  const gap = text[end] === ' ' ? 1 : 0;
  const sign = currencyAt(text, end + gap, language);
  if (!sign || isWordAt(text, sign.end)) return undefined;
  if (gap === 1 && !sign.isCode && language.decimalSeparator === '.') return undefined;
  return said(place, sign.end, moneyWords(amount, scale?.word ?? '', sign.currency, language));
};
