import { ATTRIBUTES } from './settings.ts';
import { createWidget, type Widget } from './widget.ts';

/** Server-side code may import this module: there is no such class there, and nothing is defined. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<visavis-agent embed="emb_…">`: a conversation with an agent, in a shadow root. Attributes are those of `settings.ts`; it tells the page
 * of `visavis-open`, `visavis-close`, `visavis-session`, `visavis-message`, `visavis-end` and `visavis-error`.
 */
export class VisavisAgent extends Base {
  static readonly observedAttributes = ATTRIBUTES;
  /** Where the widget's script came from. */
  static server: string | undefined;

  #widget: Widget | undefined;
  #texts: Readonly<Record<string, unknown>> = {};

  connectedCallback(): void {
    if (this.#widget) return;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    // A property that was set before the element was defined hides the accessor.
    if (Object.hasOwn(this, 'texts')) {
      const { texts } = this;
      Reflect.deleteProperty(this, 'texts');
      this.#texts = texts;
    }
    this.#widget = createWidget(this, root, { server: VisavisAgent.server, texts: () => this.#texts });
  }

  disconnectedCallback(): void {
    // An element that is only moved is connected again by then.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#widget?.dispose();
      this.#widget = undefined;
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before !== after) this.#widget?.attributeChanged(name);
  }

  /** Texts in place of the widget's own, by their keys; see docs/embeds.md. */
  get texts(): Readonly<Record<string, unknown>> {
    return this.#texts;
  }

  set texts(texts: Readonly<Record<string, unknown>>) {
    this.#texts = texts ?? {};
    this.#widget?.attributeChanged('texts');
  }

  /** Opens the panel and puts the focus into it. */
  open(): void {
    if (this.#widget) this.#widget.open();
    else this.setAttribute('open', '');
  }

  /** Closes the panel; a call goes on. */
  close(): void {
    if (this.#widget) this.#widget.close();
    else this.removeAttribute('open');
  }

  /** Ends the conversation. */
  end(): void {
    this.#widget?.end();
  }

  /** Says something in the visitor's name; begins a conversation where there is none. */
  send(text: string): void {
    this.#widget?.send(String(text));
  }
}
