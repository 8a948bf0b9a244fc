import type { Texts } from '../texts/index.ts';
import { h, setAttribute, setText } from './dom.ts';
import type { ShownLine } from './state.ts';

/** As near to the end, in pixels, somebody counts as reading the newest line. */
const NEAR_PX = 60;

export interface Lines {
  element: HTMLElement;
  show(lines: readonly ShownLine[], texts: Texts, language: string | undefined): void;
}

/** The lines of the conversation in `log`, which scrolls; the newest is kept in sight until somebody reads further up. */
export function createLines(log: HTMLElement): Lines {
  const element = h('ol', { class: 'lines', part: 'lines' });
  let following = true;
  log.addEventListener('scroll', () => {
    following = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
  });
  let first: readonly ShownLine[] | undefined;
  new ResizeObserver(() => following && toEnd(log)).observe(log);
  return {
    element,
    show(lines, texts, language) {
      if (lines === first) return;
      // What somebody has written themselves is looked for at the end.
      if (lines.at(-1)?.kind === 'user' && lines.length > (first?.length ?? 0)) following = true;
      first = lines;
      setAttribute(element, 'lang', language);
      const known = new Map([...element.children].map((item) => [(item as HTMLElement).dataset.key, item as HTMLElement]));
      const items = lines.map((line) => {
        const item = known.get(line.key) ?? newItem(line, texts);
        fill(item, line, texts);
        return item;
      });
      for (const [index, item] of items.entries()) {
        if (element.children[index] !== item) element.insertBefore(item, element.children[index] ?? null);
      }
      while (element.childElementCount > items.length) element.lastElementChild?.remove();
      if (following) toEnd(log);
    },
  };
}

function toEnd(log: HTMLElement): void {
  log.scrollTop = log.scrollHeight;
}

function newItem(line: ShownLine, texts: Texts): HTMLElement {
  const who = h('span', { class: 'hidden' }, line.kind === 'user' ? `${texts.you}: ` : `${texts.says}: `);
  const text = h('p', { part: `line line-${line.kind}`, dir: 'auto' }, h('span'), h('span', { class: 'unsure' }));
  const item = h('li', { class: line.kind }, who, text);
  item.dataset.key = line.key;
  return item;
}

function fill(item: HTMLElement, line: ShownLine, texts: Texts): void {
  const [sure, unsure] = item.querySelectorAll<HTMLElement>('p > span');
  if (!sure || !unsure) return;
  setText(sure, line.text.slice(0, line.sure));
  setText(unsure, line.text.slice(line.sure));
  setAttribute(item, 'data-waiting', line.waiting);
  const mark = item.querySelector('.mark');
  if (line.interrupted && !mark) item.append(h('small', { class: 'mark' }, texts.interrupted));
}
