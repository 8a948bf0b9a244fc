import type { EmbedWidget } from '@visavis/protocol';
import type { z } from 'zod';
import { directionOf, languageFor, type Texts, textsIn } from './texts/index.ts';
import type { Theme } from './theme.ts';
import type { Mode } from './view/state.ts';

/** What the server tells of an embed. */
export type Widget = z.output<typeof EmbedWidget>;
type Appearance = Widget['appearance'];

/** Attributes of `<visavis-agent>`; they come before what the embed's appearance says. */
export const ATTRIBUTES = [
  'embed',
  'server',
  'mode',
  'position',
  'accent',
  'heading',
  'teaser',
  'label',
  'lang',
  'dir',
  'theme',
  'types',
  'texts',
  'open',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

export interface Settings {
  floating: boolean;
  position: Position;
  theme: Theme;
  accent: string | undefined;
  heading: string | undefined;
  teaser: string | undefined;
  /** The launcher's text. */
  label: string | undefined;
  showsPicture: boolean;
  language: string;
  direction: 'ltr' | 'rtl';
  texts: Texts;
  /** What the page wants of what the embed allows; undefined: all of it. */
  modes: readonly Mode[] | undefined;
}

/** `start` and `end` follow the direction of the text, `left` and `right` do not. */
export interface Position {
  x: 'start' | 'end' | 'left' | 'right';
  y: 'top' | 'bottom';
}

/** What the settings are read from. */
export interface SettingsSource {
  attribute: (name: Attribute) => string | null;
  appearance: Appearance;
  /** Texts that the page has set as a property. */
  texts: Readonly<Record<string, unknown>>;
  /** Languages of the page and of the visitor, the most important first. */
  languages: readonly (string | null | undefined)[];
  /** The direction of the place in the page; undefined: unknown. */
  pageDirection: string | undefined;
}

export function readSettings(source: SettingsSource): Settings {
  const { appearance } = source;
  const attribute = (name: Attribute) => source.attribute(name)?.trim() || undefined;
  const language = languageFor([attribute('lang'), ...source.languages]);
  const mode =
    attribute('mode') ?? (attribute('position') ? 'floating' : appearance.position === 'inline' ? 'inline' : 'floating');
  return {
    floating: mode !== 'inline',
    position: positionOf(attribute('position') ?? appearance.position),
    theme: themeOf(attribute('theme') ?? appearance.color_scheme),
    accent: attribute('accent') ?? appearance.accent_color,
    heading: attribute('heading') ?? appearance.title,
    teaser: source.attribute('teaser') ?? appearance.greeting,
    label: attribute('label'),
    showsPicture: appearance.show_avatar !== false,
    language,
    direction: directionIn(attribute('dir'), attribute('lang'), language, source.pageDirection),
    texts: textsIn(language, { ...parseTexts(attribute('texts')), ...source.texts }),
    modes: parseModes(attribute('types')),
  };
}

/** What may be started: what the embed allows and the page wants. */
export function modesOf(widget: Widget, wanted: readonly Mode[] | undefined): Mode[] {
  const allowed: Record<Mode, string> = { chat: 'agent_chat', voice: 'agent_voice', video: 'agent_video' };
  const modes = Object.keys(allowed) as Mode[];
  return modes.filter((mode) => widget.session_types.some((type) => type === allowed[mode]) && (wanted?.includes(mode) ?? true));
}

function positionOf(text = ''): Position {
  const words = text.toLowerCase().split(/[\s-]+/);
  const x = (['start', 'left', 'right', 'end'] as const).find((side) => words.includes(side)) ?? 'end';
  return { x, y: words.includes('top') ? 'top' : 'bottom' };
}

function themeOf(text: string | undefined): Theme {
  return text === 'light' || text === 'dark' ? text : 'auto';
}

/** Texts in a right-to-left language run from the right; where nobody says anything of the language, as the page runs. */
function directionIn(
  own: string | undefined,
  lang: string | undefined,
  language: string,
  page: string | undefined,
): 'ltr' | 'rtl' {
  if (own === 'rtl' || own === 'ltr') return own;
  if (lang !== undefined) return directionOf(lang);
  return page === 'rtl' ? 'rtl' : directionOf(language);
}

function parseModes(text: string | undefined): Mode[] | undefined {
  if (text === undefined) return undefined;
  const words = text
    .toLowerCase()
    .split(/[\s,]+/)
    .map((word) => word.replace(/^agent_/, ''));
  return (['chat', 'voice', 'video'] as const).filter((mode) => words.includes(mode));
}

function parseTexts(json: string | undefined): Record<string, unknown> {
  if (json === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Told below: the widget works without them.
  }
  console.warn('visavis-agent: the attribute "texts" is no JSON object');
  return {};
}
