import type { Texts } from '../texts/index.ts';
import { h, icon, setAttribute, setText } from './dom.ts';
import { createPicture } from './header.ts';
import { ICONS } from './icons.ts';
import type { Actions, Part, ViewState } from './state.ts';

/** What went wrong or should be known, above the conversation, with what can be done about it. */
export function createNotice(actions: Actions): Part {
  const text = h('p', { role: 'alert' });
  const act = h('button', { type: 'button', class: 'small', part: 'button' });
  const close = h('button', { type: 'button', class: 'icon', part: 'button dismiss' }, icon(ICONS.close));
  const element = h('div', { class: 'notice', part: 'notice' }, h('div', { class: 'message' }, text, act), close);
  let run: (() => void) | undefined;
  act.addEventListener('click', () => run?.());
  close.addEventListener('click', () => actions.dismissNotice());
  return {
    element,
    render({ notice }: ViewState, texts: Texts) {
      run = notice?.action?.run;
      // The element stays, so that a new text is read out.
      setAttribute(element, 'data-empty', notice === undefined);
      setText(text, notice?.text ?? '');
      setText(act, notice?.action?.label ?? '');
      act.hidden = run === undefined;
      close.hidden = notice === undefined;
      setAttribute(close, 'aria-label', texts.dismiss);
    },
  };
}

/** The browser plays nothing before somebody taps. */
export function createListen(actions: Actions): Part {
  const text = h('span');
  const why = h('small');
  const element = h(
    'button',
    { type: 'button', class: 'listen', part: 'button listen' },
    icon(ICONS.sound),
    h('span', {}, text, why),
  );
  element.addEventListener('click', () => actions.listen());
  return {
    element,
    render(state: ViewState, texts: Texts) {
      element.hidden = !state.soundBlocked;
      setText(text, texts.listen);
      setText(why, texts.listenWhy);
    },
  };
}

/** Before anything was said. */
export function createWelcome(): Part {
  const picture = createPicture();
  const greeting = h('p', { class: 'big', part: 'welcome' });
  const how = h('p', { class: 'how' });
  const element = h('div', { class: 'welcome' }, picture.element, greeting, how);
  return {
    element,
    render(state: ViewState, texts: Texts) {
      const isCalling = state.call !== 'none';
      element.hidden =
        isCalling || state.loading || state.lines.length > 0 || state.over !== undefined || state.refused !== undefined;
      picture.render(state);
      setText(greeting, texts.welcome);
      const talks = state.modes.some((mode) => mode !== 'chat');
      setText(how, !talks ? texts.welcomeChat : state.modes.includes('chat') ? texts.welcomeTalk : texts.welcomeTalkOnly);
    },
  };
}

/** Why it is over, or why there is nothing; and how it goes on. */
export function createOutcome(actions: Actions): Part {
  const title = h('p', { class: 'big' });
  const reason = h('p', { class: 'reason', role: 'status' });
  const again = h('button', { type: 'button', class: 'primary', part: 'button restart' });
  const element = h('div', { class: 'outcome', part: 'outcome' }, title, reason, again);
  let act = () => actions.restart();
  again.addEventListener('click', () => act());
  return {
    element,
    render(state: ViewState, texts: Texts) {
      const refused = state.refused !== undefined;
      element.hidden = !refused && state.over === undefined;
      setAttribute(element, 'data-refused', refused);
      title.hidden = !refused;
      setText(title, texts.unavailable);
      setText(reason, state.refused ?? state.over ?? '');
      setText(again, refused ? texts.retry : texts.restart);
      act = refused ? () => actions.retry() : () => actions.restart();
    },
  };
}

/** Before the microphone of a conversation that is recorded. */
export function createConsent(actions: Actions): Part & { agree: HTMLButtonElement } {
  const title = h('p', { class: 'big', id: 'consent-title' });
  const text = h('p', { id: 'consent-text' });
  const agree = h('button', { type: 'button', class: 'primary', part: 'button agree' });
  const decline = h('button', { type: 'button', class: 'plain', part: 'button decline' });
  const attributes = {
    class: 'consent',
    part: 'consent',
    role: 'alertdialog',
    'aria-labelledby': 'consent-title',
    'aria-describedby': 'consent-text',
  };
  const element = h('div', attributes, title, text, h('div', { class: 'choices' }, agree, decline));
  agree.addEventListener('click', () => actions.agree());
  decline.addEventListener('click', () => actions.decline());
  return {
    element,
    agree,
    render(state: ViewState, texts: Texts) {
      element.hidden = !state.askingConsent;
      setText(title, texts.consentTitle);
      setText(text, texts.consent);
      setText(agree, texts.agree);
      setText(decline, texts.decline);
    },
  };
}
