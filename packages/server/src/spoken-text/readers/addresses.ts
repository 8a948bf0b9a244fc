import { isWordAt, matchAt, type Place, type Reader, said } from '../reading.ts';
import { codeWords } from './code.ts';

const url = /(?:(?:https?|ftp|wss?|file):\/\/|www\.(?=\p{L}))([^\s\u2028\u2029<>"|\\^{}`]*)/iuy;
const bareDomain =
  /((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,5}(?:com|org|net|io|dev|ai|app|co|edu|gov|info|biz|me|tv|uk|de|fr|es|it|nl|eu|us|ca|au|jp|ch|at|be|se|no|pl|ru|cn|in|br|xyz|tech|cloud|online|site|shop|blog|gg|ly|to|fm))((?::\d{2,5})?(?:[/?#][^\s\u2028\u2029<>"|\\^{}`]*)?)(?![\p{L}\p{N}@-]|\.[\p{L}\p{N}])/iuy;

/** A path of more characters, or more parts, is only called a link. */
const LONGEST_PATH = 30;

function addressWords(host: string, path: string, place: Place): string {
  const { words } = place.language;
  const hostWords = codeWords(host.replace(/^www\./i, ''), place);
  const cleaned = path.replace(/\/+$/, '');
  if (cleaned === '' || cleaned === '?' || cleaned === '#') return hostWords;
  const query = cleaned.search(/[?#]/);
  const visible = query === -1 ? cleaned : cleaned.slice(0, query).replace(/\/+$/, '');
  const readable =
    visible.length <= LONGEST_PATH &&
    visible.split('/').length <= 4 &&
    !/%[0-9a-f]{2}|\d{5}|[A-Za-z]\d+[A-Za-z]\d/i.test(visible);
  if (!readable) return `${hostWords} ${words.link}`.trim();
  return `${hostWords} ${codeWords(visible, place, '-_~')}`.trim();
}

/** The end of an address without the punctuation of the sentence around it. */
function trimmedEnd(written: string): string {
  let end = written.length;
  while (end > 0 && /[.,;:!?'")\]*_~]/.test(written[end - 1] ?? '')) {
    if (written[end - 1] === ')' && written.slice(0, end).split('(').length === written.slice(0, end).split(')').length) break;
    end -= 1;
  }
  return written.slice(0, end);
}

/** https://example.com/docs?x=1, www.example.com, example.com/docs: no protocol, no query. */
export const readUrl: Reader = (place) => {
  const { text, at, language } = place;
  if (language.words.dot === '') return readUrlAsHost(place);
  const match = matchAt(url, text, at);
  if (match) {
    const rest =
      trimmedEnd((match[1] ?? '').slice(0, 4096)) + ((match[1] ?? '').length > 4096 ? (match[1] ?? '').slice(4096) : '');
    if (rest === '') return undefined;
    const pathStart = rest.search(/[/?#]/);
    const authority = pathStart === -1 ? rest : rest.slice(0, pathStart);
    const host = authority.slice(0, 255).replace(/^[^@]*@/, '');
    const end = at + match[0].length - (match[1] ?? '').length + rest.length;
    return said(place, end, addressWords(host, pathStart === -1 ? '' : rest.slice(pathStart), place));
  }
  const bare = matchAt(bareDomain, text, at);
  if (!bare || text[at - 1] === '@') return undefined;
  const path = trimmedEnd((bare[2] ?? '').slice(0, 4096));
  const host = bare[1] ?? '';
  // "end.It was": a forgotten space, not an address.
  if (/\.\p{Lu}/u.test(host) && !/^[\p{Lu}\d.-]+$/u.test(host)) return undefined;
  return said(place, at + host.length + path.length, addressWords(host, path, place));
};

/** In a language without words for the marks of an address its host stays, the marks as spaces. */
function readUrlAsHost(place: Place): ReturnType<Reader> {
  const match = matchAt(url, place.text, place.at);
  if (!match) return undefined;
  const host = /^[^/?#]{0,255}/.exec(match[1] ?? '')?.[0] ?? '';
  return said(place, place.at + match[0].length, codeWords(host, place));
}

/** jane.doe@example.com */
export const readEmail: Reader = (place) => {
  const match = matchAt(
    /(?:mailto:)?([\p{L}\p{N}][\p{L}\p{N}._%+-]{0,63})@((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,5}\p{L}{2,24})(?![\p{L}\p{N}@])/uy,
    place.text,
    place.at,
  );
  if (!match) return undefined;
  const { words } = place.language;
  const account = (match[1] ?? '')
    .split('_')
    .map((part) => codeWords(part, place))
    .join(` ${words.underscore} `);
  const spoken = `${account} ${words.at} ${codeWords(match[2] ?? '', place)}`.replace(/\s+/g, ' ');
  return said(place, place.at + match[0].length, spoken);
};

/** @jane_doe, #OpenSource */
export const readHandle: Reader = (place) => {
  const { text, at, language } = place;
  const match = matchAt(/([@#])((?:\p{L}|\p{M}|\p{N}|_){1,64})/uy, text, at);
  if (!match || isWordAt(text, at - 1)) return undefined;
  const name = match[2] ?? '';
  if (match[1] === '#' && /^\d+$/.test(name)) return undefined;
  const mark = match[1] === '@' ? language.words.at : language.words.hashtag;
  return said(place, at + match[0].length, `${mark} ${codeWords(name, place, '_')}`.trim());
};
