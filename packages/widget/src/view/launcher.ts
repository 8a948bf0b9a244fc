import { type Texts, withAgent } from '../texts/index.ts';
import { h, icon, setAttribute, setText } from './dom.ts';
import { createPicture } from './header.ts';
import { ICONS } from './icons.ts';
import { type Actions, inCall, type Part, type ViewState } from './state.ts';

export interface Launcher extends Part {
  button: HTMLButtonElement;
}

/** The button in the corner, and what is said beside it. `label`: its text; without one it is round. */
export function createLauncher(actions: Actions, label: string | undefined): Launcher {
  const badge = h('span', { class: 'badge', hidden: true });
  const face = h('span', { class: 'glyph' }, icon(ICONS.chat));
  const button = h('button', { type: 'button', class: 'launcher', part: 'launcher', 'aria-haspopup': 'dialog' }, face);
  if (label) button.append(h('span', { class: 'label' }, label));
  button.append(badge);
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
      element.hidden = state.open;
      const calling = inCall(state);
      const name = withAgent(calling ? texts.openInCall : state.unread ? texts.openNew : texts.open, state.agent);
      setAttribute(button, 'aria-label', label && !calling && !state.unread ? `${label}: ${name}` : name);
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
