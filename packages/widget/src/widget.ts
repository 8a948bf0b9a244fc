import { createClient } from '@visavis/client';
import { problemOf } from '@visavis/client/live';
import { type Conversation, type ConversationEvent, createConversation } from './conversation.ts';
import { createEmbed } from './embed.ts';
import { storeOfThisTab } from './own-tab.ts';
import { isEmbedRefusal, refusalText, toldText } from './problems.ts';
import { modesOf, readSettings, type Settings, type Widget as WidgetInfo } from './settings.ts';
import { takeSlot } from './slots.ts';
import { HOSTS, STYLES } from './styles.ts';
import { createTheme } from './theme.ts';
import { type Actions, FIRST_STATE, type ViewState } from './view/state.ts';
import { createView } from './view/view.ts';

/** For whoever builds the page. */
const NO_EMBED = 'The attribute “embed” of <visavis-agent> is missing.';
/** Captions keep to the sound by this, in ms: about a third of a short word. */
const CAPTIONS_EVERY_MS = 60;

/** What is behind one element while it is in the page. */
export interface Widget {
  attributeChanged(name: string): void;
  open(): void;
  close(): void;
  end(): void;
  send(text: string): void;
  dispose(): void;
}

export interface WidgetOptions {
  /** Where the script came from; the attribute `server` comes before it. */
  server: string | undefined;
  /** Texts that the page has set. */
  texts: () => Readonly<Record<string, unknown>>;
}

export function createWidget(host: HTMLElement, root: ShadowRoot, options: WidgetOptions): Widget {
  const embedId = () => host.getAttribute('embed')?.trim() ?? '';
  const slot = takeSlot(embedId(), host.id);
  const store = storeOfThisTab();
  const server = () => host.getAttribute('server')?.trim() || options.server;
  /** Names the place of this element in the tab's storage. */
  const key = () => `visavis:${server() ?? ''}:${embedId()}:${slot.name}`;
  const openKey = () => `${key()}:open`;
  let info: WidgetInfo | undefined;
  let settings = read();
  let problem: string | undefined;
  let loading: AbortController | undefined;
  let conversation: Conversation | undefined;
  /** The settings that the colours were made for. */
  let themed: Settings | undefined;
  /** Whether the style sheets are those of a floating widget. */
  let styled: boolean | undefined;
  let teaserGone = false;
  let unread = false;
  /** Said before the server's answer was there. */
  let waiting: string | undefined;
  let frame = 0;
  let drawnAt = 0;

  function read(): Settings {
    return readSettings({
      attribute: (name) => host.getAttribute(name),
      appearance: info?.appearance ?? {},
      texts: options.texts(),
      languages: [pageLanguage(host), ...navigator.languages, info?.language],
      pageDirection: getComputedStyle(host.parentElement ?? document.documentElement).direction,
    });
  }

  const tell = (name: string, detail: unknown) =>
    void host.dispatchEvent(new CustomEvent(`visavis-${name}`, { detail, bubbles: true, composed: true }));

  const isOpen = () => !settings.floating || host.hasAttribute('open');

  const actions: Actions = {
    open: () => setOpen(true, true),
    close: () => setOpen(false, true),
    dismissTeaser() {
      teaserGone = true;
      render();
    },
    send: (text) => conversation?.send(text),
    talk: () => conversation?.talk(),
    toggleFace: () => conversation?.toggleFace(),
    hangUp: () => conversation?.hangUp(),
    toggleMute: () => conversation?.toggleMute(),
    interrupt: () => conversation?.interrupt(),
    end: () => conversation?.end(),
    restart: () => conversation?.restart(),
    retry: () => (conversation ? conversation.restart() : void load()),
    agree: () => conversation?.agree(),
    decline: () => conversation?.decline(),
    listen: () => conversation?.listen(),
    dismissNotice: () => conversation?.dismissNotice(),
    chooseMicrophone: (id) => conversation?.chooseMicrophone(id),
    chooseLoudspeaker: (id) => conversation?.chooseLoudspeaker(id),
  };

  const view = createView({ root, actions });
  const theme = createTheme(host, view.element);

  function stateNow(): ViewState {
    const { texts } = settings;
    const said = conversation?.state;
    return {
      ...FIRST_STATE,
      ...said,
      floating: settings.floating,
      label: settings.label,
      open: isOpen(),
      loading: conversation === undefined && problem === undefined,
      title: settings.heading ?? info?.agent_name ?? '',
      agent: info?.agent_name ?? settings.heading ?? texts.agent,
      pictureUrl: settings.showsPicture ? (info?.avatar_preview_url ?? info?.avatar_url ?? undefined) : undefined,
      teaser: teaserGone ? undefined : settings.teaser,
      modes: info ? modesOf(info, settings.modes) : [],
      refused: problem ?? said?.refused,
      unread,
    };
  }

  function render(): void {
    const { element } = view;
    if (styled !== settings.floating) adoptStyles(root, [STYLES, settings.floating ? HOSTS.floating : HOSTS.inline]);
    styled = settings.floating;
    element.dir = settings.direction;
    element.lang = settings.language;
    element.dataset.x = settings.position.x;
    element.dataset.y = settings.position.y;
    if (themed !== settings) theme.apply(settings.theme, settings.accent);
    themed = settings;
    const state = stateNow();
    view.render(state, settings.texts);
    if (state.call !== 'none') frame ||= requestAnimationFrame(draw);
  }

  /** Loudness, while there is a call and somebody could see it. */
  function draw(): void {
    frame = 0;
    if (!conversation || conversation.state.call === 'none') return;
    const { agent, user } = conversation.levels();
    view.showLevels(agent, user);
    frame = requestAnimationFrame(draw);
    if (!conversation.playing || performance.now() - drawnAt < CAPTIONS_EVERY_MS) return;
    drawnAt = performance.now();
    view.render(stateNow(), settings.texts);
  }

  async function load(): Promise<void> {
    loading?.abort();
    const mine = new AbortController();
    loading = mine;
    info = undefined;
    problem = undefined;
    render();
    try {
      if (embedId() === '') throw new Error(NO_EMBED);
      const client = createClient({ baseUrl: server() });
      const embed = createEmbed(client.http, embedId());
      const found = await embed.widget(mine.signal);
      if (mine.signal.aborted) return;
      info = found;
      settings = read();
      const begun = await createConversation({
        client,
        embed,
        info: found,
        keep: { store, key: key() },
        media: view,
        texts: () => settings.texts,
        modes: () => modesOf(found, settings.modes),
        changed: render,
        happened,
        giveBack: (text) => view.giveBack(text),
        announce: (text) => view.announce(text, found.language),
      });
      if (mine.signal.aborted) return begun.dispose();
      conversation = begun;
      // A panel that was open stays so on the next page, unless it would cover it.
      if (store.getItem(openKey()) !== null && begun.state.begun && !view.isFullScreen()) host.toggleAttribute('open', true);
      render();
      if (waiting !== undefined) conversation.send(waiting);
      waiting = undefined;
    } catch (error) {
      if (mine.signal.aborted) return;
      const { code, text } = problemOf(error);
      const refused = isEmbedRefusal(error, false);
      if (embedId() === '') problem = NO_EMBED;
      else problem = refused ? refusalText(error, settings.texts, false) : toldText({ code, text }, settings.texts, false);
      render();
      // For whoever builds the page.
      const message = refused ? error.message : problem;
      console.warn(`visavis-agent: ${message}`);
      tell('error', { code, message });
    }
  }

  function happened({ name, detail }: ConversationEvent): void {
    if (name === 'message' && detail.role === 'assistant' && !isOpen()) unread = true;
    tell(name, detail);
    render();
  }

  function setOpen(open: boolean, byUser: boolean): void {
    if (!settings.floating || open === host.hasAttribute('open')) return;
    const hadFocus = root.activeElement !== null;
    host.toggleAttribute('open', open);
    if (!byUser && !hadFocus) return;
    if (open) view.focus();
    else if (hadFocus) view.focusLauncher();
  }

  const forgetAll = () => {
    loading?.abort();
    conversation?.dispose();
    conversation = undefined;
  };

  void load();

  return {
    attributeChanged(name) {
      if (name === 'embed' || name === 'server') {
        forgetAll();
        void load();
        return;
      }
      settings = read();
      if (name === 'open') {
        if (isOpen()) unread = false;
        if (host.hasAttribute('open')) store.setItem(openKey(), '1');
        else store.removeItem(openKey());
        tell(host.hasAttribute('open') ? 'open' : 'close', {});
      }
      render();
    },
    open: () => setOpen(true, true),
    close: () => setOpen(false, true),
    end: () => conversation?.end(),
    send(text) {
      if (text.trim() === '') return;
      if (conversation) conversation.send(text.trim());
      else waiting = text.trim();
    },
    dispose() {
      cancelAnimationFrame(frame);
      forgetAll();
      slot.release();
      theme.dispose();
      view.dispose();
    },
  };
}

/** Sheets that are made by script are allowed under every content security policy; old browsers get elements. */
function adoptStyles(root: ShadowRoot, texts: readonly string[]): void {
  try {
    root.adoptedStyleSheets = texts.map((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
  } catch {
    for (const old of root.querySelectorAll('style')) old.remove();
    const style = document.createElement('style');
    style.textContent = texts.join('\n');
    root.prepend(style);
  }
}

function pageLanguage(host: HTMLElement): string | undefined {
  return host.parentElement?.closest('[lang]')?.getAttribute('lang') ?? undefined;
}
