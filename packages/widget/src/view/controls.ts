import type { Texts } from '../texts/index.ts';
import { h, icon, setAttribute, setText } from './dom.ts';
import { ICONS } from './icons.ts';
import { type Actions, inCall, type Part, type ViewState } from './state.ts';

type IconName = keyof typeof ICONS;

/** The buttons of a call, and those that begin one. */
export function createControls(actions: Actions): Part {
  const talk = labelled('talk', 'start', 'talk', () => actions.talk());
  const face = labelled('video', 'start', 'face', () => actions.toggleFace());
  const mute = labelled('talk', 'control', 'mute', () => actions.toggleMute());
  const stop = labelled('stop', 'control', 'stop', () => actions.interrupt());
  const show = labelled('video', 'control', 'face', () => actions.toggleFace());
  const hangUp = labelled('hangUp', 'control end', 'hang-up', () => actions.hangUp());
  const element = h(
    'div',
    { class: 'controls', part: 'controls' },
    talk.button,
    face.button,
    mute.button,
    stop.button,
    show.button,
    hangUp.button,
  );
  return {
    element,
    render(state: ViewState, texts: Texts) {
      const calling = inCall(state);
      const idle = !calling && !state.loading && state.over === undefined && state.refused === undefined;
      const seen = state.face !== 'not';
      const canSee = state.modes.includes('video');
      const canTalk = state.modes.includes('voice');
      talk.update({ shown: idle && canTalk, text: texts.talk });
      face.update({ shown: idle && canSee, text: texts.faceToFace });
      mute.update({
        shown: calling,
        text: state.muted ? texts.unmute : texts.mute,
        icon: state.muted ? 'muted' : 'talk',
        pressed: state.muted,
        disabled: state.call === 'connecting',
      });
      stop.update({ shown: calling, text: texts.stop, disabled: state.call !== 'connected' || state.activity !== 'speaking' });
      show.update({
        shown: calling && canSee && canTalk,
        text: seen ? texts.hideFace : texts.faceToFace,
        icon: seen ? 'videoOff' : 'video',
        disabled: state.call !== 'connected',
      });
      hangUp.update({ shown: calling, text: texts.hangUp });
      element.hidden = !calling && (!idle || !(canTalk || canSee));
    },
  };
}

interface Look {
  shown: boolean;
  text: string;
  icon?: IconName;
  pressed?: boolean;
  disabled?: boolean;
}

function labelled(name: IconName, className: string, part: string, act: () => void) {
  const label = h('span', { class: 'label' });
  const button = h('button', { type: 'button', class: className, part: `button ${part}` }, icon(ICONS[name]), label);
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') act();
  });
  let drawn: IconName = name;
  return {
    button,
    update(look: Look) {
      button.hidden = !look.shown;
      setText(label, look.text);
      setAttribute(button, 'data-on', look.pressed);
      // Not `disabled`: the focus would be lost whenever the agent begins or stops to speak.
      setAttribute(button, 'aria-disabled', look.disabled ? 'true' : undefined);
      const wanted = look.icon ?? name;
      if (wanted !== drawn) button.firstElementChild?.replaceWith(icon(ICONS[wanted]));
      drawn = wanted;
    },
  };
}
