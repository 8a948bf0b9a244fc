import type { Texts } from '../texts/index.ts';
import { h, setText } from './dom.ts';
import { inCall, type Part, statusOf, type ViewState } from './state.ts';

export interface Stage extends Part {
  video: HTMLVideoElement;
  canvas: HTMLCanvasElement;
  /** Loudness of the agent and of the user, 0 to 1. */
  showLevels(agent: number, user: number): void;
}

/** Where the agent is seen or, in a call by voice, heard to be there. */
export function createStage(): Stage {
  const video = h('video', { class: 'screen', part: 'video', playsinline: true, muted: true, 'aria-hidden': 'true' });
  video.muted = true;
  const canvas = h('canvas', { class: 'screen', part: 'video', 'aria-hidden': 'true' });
  const still = h('img', { class: 'screen still', alt: '', decoding: 'async', hidden: true });
  let stillOf: string | undefined;
  still.onerror = () => {
    still.hidden = true;
  };
  const orb = h('span', { class: 'orb', part: 'orb', 'aria-hidden': 'true' });
  const bars = h('span', { class: 'bars', 'aria-hidden': 'true' }, ...Array.from({ length: 5 }, () => h('i')));
  const words = h('p', { class: 'said' });
  const note = h('p', { class: 'note', role: 'status' });
  const element = h(
    'div',
    { class: 'stage', part: 'stage' },
    orb,
    still,
    video,
    canvas,
    h('div', { class: 'meter' }, bars, words),
    note,
  );
  return {
    element,
    video,
    canvas,
    render(state: ViewState, texts: Texts) {
      element.hidden = !inCall(state);
      element.dataset.face = state.face;
      video.hidden = state.face !== 'video';
      canvas.hidden = state.face !== 'drawn';
      orb.hidden = state.face !== 'not';
      // Seen through the others as long as nothing is to be seen there: until the first picture, and while the connection is lost.
      const pictureUrl = state.face === 'not' ? undefined : state.pictureUrl;
      if (pictureUrl !== stillOf) {
        stillOf = pictureUrl;
        still.hidden = pictureUrl === undefined;
        if (pictureUrl) still.src = pictureUrl;
      }
      setText(words, statusOf(state, texts));
      setText(note, state.faceNote ?? '');
    },
    showLevels(agent, user) {
      orb.style.setProperty('--level', Math.min(1, agent * 6).toFixed(2));
      bars.style.setProperty('--level', user.toFixed(2));
    },
  };
}
