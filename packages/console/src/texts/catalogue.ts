/** The languages that the console has texts in. A catalogue of another language has the same keys. */
const LANGUAGES = ['en'] as const;
type Language = (typeof LANGUAGES)[number];

/** The first of the reader's languages that there are texts in. */
export const language: Language =
  // Tests of texts run where there is no browser.
  (globalThis.navigator?.languages ?? [])
    .map((tag) => tag.split('-')[0])
    .find((tag): tag is Language => LANGUAGES.includes(tag as Language)) ?? 'en';

/** The texts of one page in the reader's language. Texts with places in them are functions. */
export function catalogue<T extends object>(texts: Record<Language, T>): T {
  return texts[language];
}

const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const STEPS: Array<[Intl.RelativeTimeFormatUnit, seconds: number]> = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How long ago, in words: "3 minutes ago". */
export function ago(timestamp: string, now = Date.now()): string {
  const seconds = (now - Date.parse(timestamp)) / 1000;
  const [unit, length] = STEPS.find(([, step]) => seconds >= step) ?? ['second', 1];
  if (unit === 'second') return relative.format(0, 'second');
  if (unit === 'day' && seconds > 30 * 86_400) return date(timestamp);
  return relative.format(-Math.floor(seconds / length), unit);
}

/** A day: "28 Nov 2026". */
export function date(timestamp: string): string {
  return new Date(timestamp).toLocaleDateString(undefined, { dateStyle: 'medium' });
}

/** A point in time: "28 Nov 2026, 14:03". */
export function dateTime(timestamp: string): string {
  return new Date(timestamp).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A length of time as a clock shows it: "4:07", "1:02:45". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "1.4 MB", "250 MB". */
export function fileSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toLocaleString(language, { maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 })} ${units[power]}`;
}
