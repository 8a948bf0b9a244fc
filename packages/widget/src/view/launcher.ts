import { type Texts, withAgent } from '../texts/index.ts';
import { h, icon, setAttribute, setText } from './dom.ts';
import { createPicture } from './header.ts';
import { ICONS } from './icons.ts';
import { type Actions, inCall, type Part, type ViewState } from './state.ts';

export interface Launcher extends Part {
  button: HTMLButtonElement;
}

/** The button in the corner, and what is said beside it. */
export function createLauncher(actions: Actions): Launcher {
  const badge = h('span', { class: 'badge', hidden: true });
  const face = h('span', { class: 'glyph' }, icon(ICONS.chat));
  const label = h('span', { class: 'label' });
  const attributes = { type: 'button', class: 'launcher', part: 'launcher', 'aria-haspopup': 'dialog' };
  const button = h('button', attributes, face, label, badge);
  button.addEventListener('click', () => actions.open());
  const picture = createPicture();
  const words = h('span');
  const say = h('button', { type: 'button', class: 'say', part: 'teaser' }, picture.element, words);
  say.addEventListener('click', () => actions.open());
  const dismiss = h('button', { type: 'button', class: 'icon', part: 'button dismiss' }, icon(ICONS.close));
  dismiss.addEventListener('click', () => {
    actions.dismissTeaser();
    button.focus();
  });
  const teaser = h('div', { class: 'teaser' }, say, dismiss);
  const element = h('div', { class: 'corner' }, teaser, button);
  let drawn = '';
  return {
    element,
    button,
    render(state: ViewState, texts: Texts) {
      element.hidden = !state.floating || state.open || state.loading;
      label.hidden = state.label === undefined;
      setText(label, state.label ?? '');
      const calling = inCall(state);
      const name = withAgent(calling ? texts.openInCall : state.unread ? texts.openNew : texts.open, state.agent);
      setAttribute(button, 'aria-label', state.label && !calling && !state.unread ? `${state.label}: ${name}` : name);
      setAttribute(button, 'aria-expanded', String(state.open));
      setAttribute(button, 'data-calling', calling);
      badge.hidden = !state.unread && !calling;
      const wanted = calling ? 'talk' : 'chat';
      if (wanted !== drawn) face.replaceChildren(icon(ICONS[wanted]));
      drawn = wanted;
      picture.render(state);
      setText(words, state.teaser ?? '');
      setAttribute(dismiss, 'aria-label', texts.dismiss);
      teaser.hidden = !state.teaser || calling || state.begun;
    },
  };
}
