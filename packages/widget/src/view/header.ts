import type { Texts } from '../texts/index.ts';
import { h, icon, setAttribute, setText } from './dom.ts';
import { ICONS } from './icons.ts';
import { type Actions, inCall, type Part, statusOf, type ViewState } from './state.ts';

export interface Header extends Part {
  more: HTMLButtonElement;
  close: HTMLButtonElement;
}

export function createHeader(actions: Actions, toggleMore: () => void): Header {
  const picture = createPicture();
  const title = h('h2', { class: 'title', part: 'title', id: 'title', tabindex: -1 });
  const status = h('p', { class: 'status', part: 'status', role: 'status' });
  const more = h('button', { type: 'button', class: 'icon', part: 'button more', 'aria-expanded': 'false' }, icon(ICONS.more));
  const close = h('button', { type: 'button', class: 'icon', part: 'button close' }, icon(ICONS.close));
  more.addEventListener('click', toggleMore);
  close.addEventListener('click', () => actions.close());
  const element = h('header', { part: 'header' }, picture.element, h('div', { class: 'who' }, title, status), more, close);
  return {
    element,
    more,
    close,
    render(state: ViewState, texts: Texts) {
      close.hidden = !state.floating;
      picture.render(state);
      setText(title, state.title);
      // What the agent does in a call stands on the stage, and would be too much to be read out.
      setText(status, outsideOf(state, texts));
      setAttribute(status, 'class', inCall(state) ? 'hidden' : 'status');
      setAttribute(element, 'data-untitled', state.title === '');
      setAttribute(more, 'aria-label', texts.more);
      setAttribute(close, 'aria-label', texts.close);
      const hasDevices = state.modes.some((mode) => mode !== 'chat');
      more.hidden = state.loading || state.refused !== undefined || (!hasDevices && (!state.begun || state.over !== undefined));
    },
  };
}

/** The line under the title: of the connection, not of every turn. */
function outsideOf(state: ViewState, texts: Texts): string {
  if (state.refused !== undefined) return '';
  return statusOf(state.call === 'connected' ? { ...state, activity: undefined } : state, texts);
}

/** The agent's picture; its first letter where there is none, or the page's security policy lets no picture in. */
export function createPicture(): { element: HTMLElement; render(state: ViewState): void } {
  const letter = h('span');
  const image = h('img', { alt: '', hidden: true, decoding: 'async' });
  const element = h('span', { class: 'picture', part: 'picture', 'aria-hidden': 'true' }, letter, image);
  image.addEventListener('load', () => {
    image.hidden = false;
  });
  image.addEventListener('error', () => {
    image.hidden = true;
  });
  let shown: string | undefined;
  return {
    element,
    render(state) {
      setText(letter, [...state.title.trim()][0]?.toLocaleUpperCase() ?? '');
      if (state.pictureUrl === shown) return;
      shown = state.pictureUrl;
      image.hidden = true;
      if (shown === undefined) image.removeAttribute('src');
      else image.src = shown;
    },
  };
}
