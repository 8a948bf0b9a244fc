/** Follows the line that is being read: whether it is a heading, an item or a row, and whether it is inside a code fence. */
export interface LineKind {
  step(unit: string): void;
  /** At its line break; tells whether it opened or closed a fence. */
  endLine(): boolean;
  inFence(): boolean;
  isBlock(): boolean;
  /** The line so far is only the number of an item: "1." */
  isListNumber(): boolean;
}

const fenceMark = /^[ \t]{0,12}(?:[-*+>] {0,4}|\d{1,3}[.)] {0,4}){0,3}(`{3,}|~{3,})/;
const block = /^[ \t]{0,24}(?:#{1,6}(?:[ \t]|$)|[-*+•](?:[ \t]|$)|\d{1,4}[.)](?:[ \t]|$)|\||>)/;

/** The start of a line says what it is. */
const LOOKED_AT = 48;

/** A line from its start, or from its middle where the clause before was cut there. */
export function createLineKind(start: { lineStart: boolean; blockLine: boolean }): LineKind {
  let text = '';
  let fromStart = start.lineStart;
  let carriedOver = start.blockLine;
  let fence = '';

  return {
    step(unit) {
      if (text.length < LOOKED_AT) text += unit;
    },
    endLine() {
      const found = fromStart ? (fenceMark.exec(text)?.[1] ?? '') : '';
      const closes = fence !== '' && found.startsWith(fence) && text.trim().replace(/^(?:[->*+]\s*)+/, '') === found;
      const opens =
        fence === '' && found !== '' && !(found.startsWith('`') && text.slice(text.indexOf(found) + found.length).includes('`'));
      if (closes) fence = '';
      else if (opens) fence = found;
      text = '';
      fromStart = true;
      carriedOver = false;
      return opens || closes;
    },
    inFence: () => fence !== '',
    isBlock: () => carriedOver || (fromStart && block.test(text)),
    isListNumber: () => fromStart && /^\s*\d{1,4}[.)]$/.test(text),
  };
}
