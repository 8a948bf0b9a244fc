import { GFM, parser } from '@lezer/markdown';

/** A stretch of the written text that is said otherwise than letter by letter. */
export interface Edit {
  start: number;
  end: number;
  /** What stands in its place: nothing for a mark, words for an image, the break characters of `prose.ts`. */
  put: string;
}

/** Ends what is said before it like a full stop: after a heading, an item, a row, a paragraph. */
export const BLOCK_BREAK = '\u2029';
/** A short stop: between the cells of a table. */
export const CELL_BREAK = '\u2028';
/** Around inline code. Never characters of a text: Unicode keeps them for inside use. */
export const CODE_START = '\uFDD0';
export const CODE_END = '\uFDD1';

/** Indented code and blocks of HTML are prose here: models indent nested items, and HTML tags are taken out one by one. */
const markdown = parser.configure([GFM, { remove: ['IndentedCode', 'HTMLBlock', 'SetextHeading', 'LinkReference'] }]);

/** Inline code longer than this is not read. */
const LONGEST_CODE = 80;

/** Nodes that are not said, with all inside. */
const silent = new Set(['HeaderMark', 'StrikethroughMark', 'LinkMark', 'LinkTitle', 'LinkLabel', 'QuoteMark', 'TaskMarker']);

const blockEnds = new Set([
  'Paragraph',
  'ListItem',
  'TableRow',
  'TableHeader',
  'ATXHeading1',
  'ATXHeading2',
  'ATXHeading3',
  'ATXHeading4',
  'ATXHeading5',
  'ATXHeading6',
]);

/** A table whose delimiter row came in another clause: the parser sees a paragraph. */
const looseRow = /^[ \t]*\|.*\|[ \t]*$/gm;
const delimiterRow = /^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$/;

const namedEntities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  shy: '',
  zwj: '',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  deg: '°',
  plusmn: '±',
  times: '×',
  divide: '÷',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  sect: '§',
  para: '¶',
  bull: '•',
  middot: '·',
  rarr: '→',
  larr: '←',
  le: '≤',
  ge: '≥',
  ne: '≠',
  micro: 'µ',
  sup2: '²',
  sup3: '³',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ouml: 'ö',
  uuml: 'ü',
  auml: 'ä',
  szlig: 'ß',
  ntilde: 'ñ',
  ccedil: 'ç',
};

/** The character of `&amp;` or `&#38;`; nothing for one that is not known. */
function entity(written: string): string {
  const name = written.slice(1, -1);
  if (!name.startsWith('#')) return namedEntities[name] ?? '';
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return Number.isInteger(code) && code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/**
 * What of a Markdown text is not to be said as it is written, in order and never overlapping. Unfinished Markdown is
 * prose as far as the parser goes; marks that stay over are silent characters anyway.
 */
export function markdownEdits(text: string, words: { codeExample: string }): Edit[] {
  const edits: Edit[] = [];
  let done = 0;
  const edit = (start: number, end: number, put: string) => {
    if (start < done) return;
    edits.push({ start, end, put });
    done = end;
  };
  markdown.parse(text).iterate({
    enter({ name, from, to }) {
      switch (name) {
        case 'FencedCode':
          edit(from, to, `${BLOCK_BREAK}${words.codeExample}${BLOCK_BREAK}`);
          return false;
        case 'HorizontalRule':
          edit(from, to, BLOCK_BREAK);
          return false;
        case 'TableDelimiter': // The row of dashes, or one bar.
          edit(from, to, to - from > 1 ? BLOCK_BREAK : CELL_BREAK);
          return false;
        case 'InlineCode': {
          const marks = /^`+/.exec(text.slice(from, to))?.[0].length ?? 0;
          if (to - from > LONGEST_CODE) edit(from, to, words.codeExample);
          else {
            edit(from, from + marks, CODE_START);
            edit(to - marks, to, CODE_END);
          }
          return false;
        }
        case 'URL': // Said where it is the text itself, left out where it stands behind a text.
          if (/\]\(\s{0,8}$/.test(text.slice(Math.max(0, from - 10), from))) edit(from, to, '');
          return false;
        case 'Link': // A footnote's mark: [^1]
          if (text[from + 1] !== '^') return true;
          edit(from, to, '');
          return false;
        case 'ListMark':
          edit(from, to, /\d/.test(text[from] ?? '') ? `${text.slice(from, to - 1)}${BLOCK_BREAK}` : '');
          return false;
        case 'EmphasisMark': // "2*3*4" multiplies.
          if (!/\d/.test(text[from - 1] ?? '') || !/\d/.test(text[to] ?? '')) edit(from, to, '');
          return false;
        case 'Escape':
          edit(from, from + 1, '');
          return false;
        case 'Entity':
          edit(from, to, entity(text.slice(from, to)));
          return false;
        case 'HTMLTag':
        case 'Comment':
        case 'ProcessingInstruction':
          edit(from, to, ' ');
          return false;
        default:
          if (silent.has(name)) edit(from, to, '');
          return !silent.has(name);
      }
    },
    leave(node) {
      if (blockEnds.has(node.name)) edit(node.to, node.to, BLOCK_BREAK);
    },
  });
  return withLooseRows(text, edits);
}

/** Adds the breaks of rows that stand outside of any table that the parser knows. */
function withLooseRows(text: string, edits: Edit[]): Edit[] {
  const rows: Edit[] = [];
  for (const row of text.matchAll(looseRow)) {
    const start = row.index;
    if (delimiterRow.test(row[0])) {
      rows.push({ start, end: start + row[0].length, put: BLOCK_BREAK });
      continue;
    }
    for (let at = row[0].indexOf('|'); at !== -1; at = row[0].indexOf('|', at + 1)) {
      const last = at === row[0].trimEnd().length - 1;
      rows.push({ start: start + at, end: start + at + 1, put: last ? BLOCK_BREAK : CELL_BREAK });
    }
  }
  if (rows.length === 0) return edits;
  const all = [...edits, ...rows].sort((a, b) => a.start - b.start || b.end - a.end);
  let done = 0;
  return all.filter((edit) => {
    if (edit.start < done) return false;
    done = Math.max(done, edit.end);
    return true;
  });
}
