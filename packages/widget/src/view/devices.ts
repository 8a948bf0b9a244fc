import type { Texts } from '../texts/index.ts';
import { h, setText } from './dom.ts';
import { type Actions, type Device, inCall, type Part, type ViewState } from './state.ts';

/** Microphone, loudspeaker and the end of the conversation. */
export function createDevices(actions: Actions, done: () => void): Part {
  const microphone = choice((id) => actions.chooseMicrophone(id));
  const loudspeaker = choice((id) => actions.chooseLoudspeaker(id));
  const hint = h('p', { class: 'hint' });
  const end = h('button', { type: 'button', class: 'plain danger', part: 'button end' });
  end.addEventListener('click', () => {
    done();
    actions.end();
  });
  const element = h(
    'div',
    { class: 'devices', part: 'devices', role: 'group' },
    microphone.element,
    loudspeaker.element,
    hint,
    end,
  );
  return {
    element,
    render(state: ViewState, texts: Texts) {
      const { devices } = state;
      element.setAttribute('aria-label', texts.more);
      const calling = inCall(state) && devices.microphones.length > 0;
      microphone.show(texts.microphone, calling ? devices.microphones : [], devices.microphoneId, texts.standardDevice);
      loudspeaker.show(texts.loudspeaker, calling ? devices.loudspeakers : [], devices.loudspeakerId, texts.standardDevice);
      hint.hidden = calling || !state.modes.some((mode) => mode !== 'chat');
      setText(hint, texts.devicesInCall);
      end.hidden = !state.begun || state.over !== undefined;
      setText(end, texts.end);
    },
  };
}

function choice(choose: (id: string) => void) {
  const name = h('span');
  const select = h('select');
  const element = h('label', {}, name, select);
  select.addEventListener('change', () => choose(select.value));
  let shown = '';
  return {
    element,
    show(label: string, devices: readonly Device[], chosen: string | undefined, standard: string) {
      setText(name, label);
      element.hidden = devices.length === 0;
      const next = JSON.stringify([devices, standard]);
      if (next !== shown)
        select.replaceChildren(...devices.map(({ id, label: text }) => h('option', { value: id }, text || standard)));
      shown = next;
      const value = chosen ?? devices[0]?.id ?? '';
      if (select.value !== value) select.value = value;
    },
  };
}
