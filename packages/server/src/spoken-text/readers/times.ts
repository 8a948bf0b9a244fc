import { capitalFollows, matchAt, type Reader, said } from '../reading.ts';

const half = /( ?)([ap])(?:m|\.m\.?)(?![\p{L}\p{N}])/iuy;

/** 10:30, 10:30 am, 14:00, 5pm, 5 p.m. */
export const readTime: Reader = (place) => {
  const { text, at, language } = place;
  const match = matchAt(/(\d{1,2})(?::([0-5]\d))?(?![\d:])/y, text, at);
  if (!match || !language.clock) return undefined;
  const hours = Number(match[1]);
  let end = at + match[0].length;
  const suffix = matchAt(half, text, end);
  if (match[2] === undefined && !suffix) return undefined;
  if (hours > (suffix ? 12 : 24)) return undefined;
  const words = (which: '' | 'am' | 'pm') => language.clock?.(hours, Number(match[2] ?? 0), which) ?? '';
  if (!suffix) {
    const range = matchAt(/ ?[-–] ?(?=\d{1,2}:\d{2})/y, text, end);
    if (range && language.words.to !== '') return said(place, end + range[0].length, `${words('')} ${language.words.to}`);
    return said(place, end, words(''));
  }
  end += suffix[0].length;
  const range = matchAt(/ ?[-–] ?(?=\d{1,2}(?::[0-5]\d)? ?[ap]\.?m)/iuy, text, end);
  if (range)
    return said(place, end + range[0].length, `${words(suffix[2]?.toLowerCase() === 'a' ? 'am' : 'pm')} ${language.words.to}`);
  const stop = suffix[0].endsWith('.') && capitalFollows(text, end) ? '.' : '';
  return said(place, end, words(suffix[2]?.toLowerCase() === 'a' ? 'am' : 'pm'), stop);
};

/** "5-7pm", "9–5": the range of hours of which only the end says which half. */
export const readHourRange: Reader = (place) => {
  const { text, at, language } = place;
  const match = matchAt(/(\d{1,2})(:[0-5]\d)? ?[-–] ?(?=\d{1,2}(?::[0-5]\d)? ?[ap]\.?m)/iuy, text, at);
  if (!match || !language.clock || Number(match[1]) > 12) return undefined;
  const minutes = Number(match[2]?.slice(1) ?? 0);
  const words = minutes === 0 ? language.cardinal(match[1] ?? '') : language.clock(Number(match[1]), minutes, '');
  return said(place, at + match[0].length, `${words} ${language.words.to}`);
};

/** 1h 30m, 2h15min, 1h 5m 30s */
export const readHoursAndMinutes: Reader = (place) => {
  const match = matchAt(
    /(\d{1,3}) ?h(?:rs?)? ?([0-5]?\d) ?m(?:ins?)?(?: ?([0-5]?\d) ?s)?(?![\p{L}\p{N}])/uy,
    place.text,
    place.at,
  );
  if (!match || !place.language.duration) return undefined;
  return said(
    place,
    place.at + match[0].length,
    place.language.duration(Number(match[1]), Number(match[2]), Number(match[3] ?? 0)),
  );
};

/** 1:23:45 */
export const readDuration: Reader = (place) => {
  const match = matchAt(/(\d{1,3}):([0-5]\d):([0-5]\d)(?![\d:])/y, place.text, place.at);
  if (!match || !place.language.duration) return undefined;
  return said(place, place.at + match[0].length, place.language.duration(Number(match[1]), Number(match[2]), Number(match[3])));
};

/** A score or a ratio: 3:2, 16:9. */
export const readRatio: Reader = (place) => {
  const { text, at, language } = place;
  const match = matchAt(/(\d{1,6}):(\d{1,6})(?![\d:])/y, text, at);
  if (!match || language.words.to === '') return undefined;
  const words = `${language.cardinal(match[1] ?? '')} ${language.words.to} ${language.cardinal(match[2] ?? '')}`;
  return said(place, at + match[0].length, words);
};
