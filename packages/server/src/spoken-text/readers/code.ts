import type { Language } from '../language.ts';
import { wholeNumber } from '../language.ts';
import { CODE_END, CODE_START } from '../markdown.ts';
import { matchAt, type Place, type Reader, said } from '../reading.ts';
import { wordPart } from './words.ts';

const codeToken = /\d+|[\p{L}\p{M}]+(?:\d+(?!\p{L}))?|===|!==|==|!=|<=|>=|=>|->|&&|\|\||\S/gu;

/**
 * Code, a path or an address word by word: names split into their words, the symbols that matter by name.
 * `silent` are symbols that need no word here.
 */
export function codeWords(code: string, place: Place, silent = ''): string {
  const { language } = place;
  const quiet: Place = { ...place, text: '', at: 0, before: '' };
  const words: string[] = [];
  for (const [token] of code.matchAll(codeToken)) {
    if (/^\d/.test(token)) words.push(wholeNumber(token, language));
    else if (/^[\p{L}\p{M}]/u.test(token)) words.push(wordPart(token, quiet));
    else if (!silent.includes(token)) words.push(symbolName(token, language));
  }
  return words.filter((word) => word !== '').join(' ');
}

function symbolName(token: string, language: Language): string {
  return Object.hasOwn(language.codeSymbols, token) ? (language.codeSymbols[token] ?? '') : '';
}

/** Inline code: a hyphen inside a name is silent, a flag's is not. */
export const readInlineCode: Reader = (place) => {
  if (place.text[place.at] !== CODE_START) return undefined;
  const end = place.text.indexOf(CODE_END, place.at);
  if (end === -1) return said(place, place.at + 1, '');
  const code = place.text.slice(place.at + 1, end).replace(/(?<=\p{L})-(?=\p{L})/gu, ' ');
  return said(place, end + 1, codeWords(code, place));
};

/** A file name or a path: report.pdf, src/index.ts, ~/notes.txt, C:\temp. */
export const readFileName: Reader = (place) => {
  const { text, at } = place;
  const match = matchAt(/(?:[A-Z]:\\|~?\.{0,2}\/)?[\p{L}\p{N}_.-]{0,64}(?:[/\\][\p{L}\p{N}_.-]{1,64}){0,12}/uy, text, at);
  const written = (match?.[0] ?? '').replace(/[.-]+$/, '');
  const extension = /\.([a-z][a-z0-9]{0,4})$/i.exec(written)?.[1]?.toLowerCase();
  const rooted = /^(?:~?\.{0,2}\/|[A-Z]:\\)[\p{L}\p{N}_.-]/u.test(written) && /[/\\].*[/\\]|^[A-Z]:|^~|^\./.test(written);
  if (!rooted && (extension === undefined || !knownExtensions.has(extension) || written.startsWith('.'))) return undefined;
  if (/^\d+\.[a-z]$/i.test(written)) return undefined;
  return said(place, at + written.length, codeWords(extension ? spelledExtension(written, extension) : written, place, '-_'));
};

/** ".pdf" is said "dot P D F", ".ts" "dot T S": short extensions are letters. */
function spelledExtension(written: string, extension: string): string {
  if (sayableExtensions.has(extension)) return written;
  return `${written.slice(0, -extension.length)}${Array.from(extension.toUpperCase()).join(' ')}`;
}

const knownExtensions = new Set(
  `txt md pdf doc docx xls xlsx ppt pptx csv tsv json jsonl yaml yml toml xml html htm css scss js mjs cjs ts tsx jsx py rb go rs java kt c h
  cpp hpp cs php sh bat ps1 sql db log ini cfg conf env zip tar gz tgz rar exe dll so dmg iso apk png jpg jpeg gif svg webp bmp ico mp3 mp4
  wav ogg opus flac m4a mov avi mkv webm vue svelte ipynb lock bak tmp gguf onnx wasm`.split(/\s+/),
);

const sayableExtensions = new Set(
  'doc docx json yaml toml java env log zip tar gif mov vue lock bat ini conf opus flac wav svelte ico'.split(' '),
);
