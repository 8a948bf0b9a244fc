import type { Texts } from '../texts/index.ts';
import { h, icon, setAttribute } from './dom.ts';
import { ICONS } from './icons.ts';
import { type Actions, inCall, type Part, type ViewState } from './state.ts';

/** The longest message that the server takes. */
const LONGEST_CHARACTERS = 16_000;

export interface Writing extends Part {
  text: HTMLTextAreaElement;
}

/** The text box: Enter sends, Shift and Enter makes a new line. */
export function createWriting(actions: Actions): Writing {
  const text = h('textarea', { rows: 1, maxlength: LONGEST_CHARACTERS, part: 'text', dir: 'auto', enterkeyhint: 'send' });
  const send = h('button', { type: 'submit', class: 'send', part: 'button send' }, icon(ICONS.send));
  const element = h('form', { class: 'write', part: 'write' }, text, send);
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    const written = text.value.trim();
    if (written === '') return text.focus();
    text.value = '';
    grow();
    actions.send(written);
  });
  text.addEventListener('keydown', (event) => {
    // The page has shortcuts of its own; what is typed here is none of them.
    if (event.key !== 'Escape') event.stopPropagation();
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    element.requestSubmit();
  });
  /** As high as what is written in it, where the browser does not do that itself. */
  const grow = () => {
    if (CSS.supports('field-sizing', 'content')) return;
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight + 2, 140)}px`;
  };
  text.addEventListener('input', grow);
  return {
    element,
    text,
    render(state: ViewState, texts: Texts) {
      setAttribute(text, 'aria-label', texts.placeholder);
      setAttribute(text, 'placeholder', texts.placeholder);
      setAttribute(send, 'aria-label', texts.send);
      const canWrite = state.modes.includes('chat') || inCall(state);
      element.hidden = state.loading || state.over !== undefined || state.refused !== undefined || !canWrite;
    },
  };
}
