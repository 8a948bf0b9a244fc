import type { Texts } from '../texts/index.ts';
import { createControls } from './controls.ts';
import { createDevices } from './devices.ts';
import { h, setAttribute } from './dom.ts';
import { createHeader } from './header.ts';
import { createLauncher } from './launcher.ts';
import { createLines } from './lines.ts';
import { createConsent, createListen, createNotice, createOutcome, createWelcome } from './messages.ts';
import { createStage } from './stage.ts';
import { type Actions, FIRST_STATE, inCall, type ViewState } from './state.ts';
import { createWriting } from './writing.ts';

/** At most as wide, the panel takes the whole screen; in `styles.ts`, too. */
const PHONE = '(max-width: 480px), (max-height: 420px)';
/** Replies that a screen reader can go back to. */
const KEPT_REPLIES = 3;

export interface ViewOptions {
  root: ShadowRoot;
  actions: Actions;
}

/** Everything that is seen of one widget. */
export interface View {
  element: HTMLElement;
  audio: HTMLAudioElement;
  video: HTMLVideoElement;
  canvas: HTMLCanvasElement;
  render(state: ViewState, texts: Texts): void;
  showLevels(agent: number, user: number): void;
  /** Said to screen readers once: a whole reply, never single words. */
  announce(text: string, language: string | undefined): void;
  /** Puts the focus where somebody begins. */
  focus(): void;
  focusLauncher(): void;
  /** An open panel covers the page. */
  isFullScreen(): boolean;
  /** What was written, back in the text box: it could not be sent. */
  giveBack(text: string): void;
  dispose(): void;
}

export function createView({ root, actions }: ViewOptions): View {
  let state = FIRST_STATE;
  let moreShown = false;
  const audio = h('audio', { 'aria-hidden': 'true' });
  const launcher = createLauncher(actions);
  const header = createHeader(actions, () => showMore(!moreShown));
  const devices = createDevices(actions, () => showMore(false));
  const notice = createNotice(actions);
  const stage = createStage();
  const welcome = createWelcome();
  const outcome = createOutcome(actions);
  const log = h('div', { class: 'log', part: 'log', role: 'region', tabindex: 0 });
  const lines = createLines(log);
  log.append(welcome.element, lines.element, outcome.element);
  const listen = createListen(actions);
  const consent = createConsent(actions);
  const controls = createControls(actions);
  const writing = createWriting(actions);
  const announcer = h('div', { class: 'hidden', 'aria-live': 'polite' });
  const dock = h('div', { class: 'dock', part: 'dock' }, controls.element, writing.element);
  const panel = h(
    'section',
    { class: 'panel', part: 'panel', 'aria-labelledby': 'title' },
    header.element,
    devices.element,
    notice.element,
    stage.element,
    log,
    listen.element,
    dock,
    consent.element,
    announcer,
    audio,
  );
  const element = h('div', { class: 'root' }, launcher.element, panel);
  root.append(element);

  const parts = [launcher, header, devices, notice, stage, welcome, outcome, listen, consent, controls, writing];

  function showMore(shown: boolean): void {
    moreShown = shown;
    devices.element.hidden = !shown;
    setAttribute(header.more, 'aria-expanded', String(shown));
    if (!shown && root.activeElement && devices.element.contains(root.activeElement)) header.more.focus();
  }

  const phone = matchMedia(PHONE);
  const isFullScreen = () => state.floating && phone.matches;
  const sizeOfScreen = () => {
    setAttribute(panel, 'aria-modal', isFullScreen() ? 'true' : undefined);
    // The keyboard of a telephone covers a part of the screen: the panel is what is left of it.
    const viewport = window.visualViewport;
    if (!viewport || !isFullScreen()) {
      element.style.removeProperty('--_screen-height');
      element.style.removeProperty('--_screen-top');
      return;
    }
    element.style.setProperty('--_screen-height', `${viewport.height}px`);
    element.style.setProperty('--_screen-top', `${viewport.offsetTop}px`);
  };
  const removers = new AbortController();
  const { signal } = removers;
  phone.addEventListener('change', sizeOfScreen, { signal });
  window.visualViewport?.addEventListener('resize', sizeOfScreen, { signal });
  window.visualViewport?.addEventListener('scroll', sizeOfScreen, { signal });
  sizeOfScreen();

  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      if (state.askingConsent) actions.decline();
      else if (moreShown) {
        showMore(false);
        header.more.focus();
      } else if (state.floating && state.open) actions.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
    const round = state.askingConsent ? consent.element : isFullScreen() ? panel : undefined;
    if (event.key === 'Tab' && round) keepWithin(root, round, event);
  });

  const focus = () => {
    const touch = matchMedia('(pointer: coarse)').matches;
    // On a telephone the keyboard would cover what there is to see.
    if (!touch && isShown(writing.element)) writing.text.focus();
    else panel.querySelector<HTMLElement>('h2')?.focus();
  };

  return {
    element,
    audio,
    video: stage.video,
    canvas: stage.canvas,
    render(next, texts) {
      const before = state;
      state = next;
      const focused = root.activeElement;
      for (const part of parts) part.render(next, texts);
      lines.show(next.lines, texts, next.spokenLanguage);
      lines.element.hidden = next.lines.length === 0;
      setAttribute(log, 'aria-label', texts.conversation);
      setAttribute(element, 'class', next.floating ? 'root floating' : 'root inline');
      setAttribute(panel, 'role', next.floating ? 'dialog' : 'region');
      panel.hidden = next.floating && !next.open;
      if (next.floating !== before.floating) sizeOfScreen();
      dock.hidden = controls.element.hidden && writing.element.hidden;
      element.dataset.call = next.call;
      element.dataset.activity = next.activity ?? '';
      if (header.more.hidden && moreShown) showMore(false);
      devices.element.hidden = !moreShown;
      dock.inert = log.inert = next.askingConsent;
      if (next.askingConsent && !before.askingConsent) consent.agree.focus();
      else if (focused && !isShown(focused) && (next.open || !next.floating)) refocus(next);
    },
    showLevels: (agent, user) => stage.showLevels(agent, user),
    announce(text, language) {
      announcer.append(h('p', { lang: language }, text));
      while (announcer.childElementCount > KEPT_REPLIES) announcer.firstElementChild?.remove();
    },
    focus,
    focusLauncher: () => launcher.button.focus(),
    isFullScreen,
    giveBack(text) {
      if (writing.text.value === '') writing.text.value = text;
    },
    dispose() {
      removers.abort();
      element.remove();
    },
  };

  /** What had the focus is gone: the next best thing gets it. */
  function refocus(now: ViewState): void {
    const places = [
      ...(inCall(now) ? controls.element.querySelectorAll<HTMLElement>('button') : []),
      ...outcome.element.querySelectorAll<HTMLElement>('button'),
      writing.text,
      ...controls.element.querySelectorAll<HTMLElement>('button'),
      header.close,
    ];
    places.find(isShown)?.focus();
  }
}

function isShown(target: Element): boolean {
  return target.isConnected && (target as HTMLElement).getClientRects().length > 0;
}

/** The focus goes round within: the page behind is covered. */
function keepWithin(root: ShadowRoot, round: HTMLElement, event: KeyboardEvent): void {
  const selector = 'button, textarea, select, [tabindex="0"]';
  const stops = [...round.querySelectorAll<HTMLElement>(selector)].filter((stop) => isShown(stop) && !stop.closest('[inert]'));
  const [first] = stops;
  const last = stops.at(-1);
  const now = root.activeElement;
  if (event.shiftKey ? now !== first && round.contains(now) && now?.tagName !== 'H2' : now !== last) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
