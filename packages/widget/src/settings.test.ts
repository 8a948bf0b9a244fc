import { describe, expect, it } from 'vitest';
import { type Attribute, modesOf, readSettings, type Widget } from './settings.ts';

const read = (
  attributes: Partial<Record<Attribute, string>>,
  {
    appearance = {},
    languages = ['en'],
    pageDirection,
  }: { appearance?: Widget['appearance']; languages?: string[]; pageDirection?: string } = {},
) => readSettings({ attribute: (name) => attributes[name] ?? null, appearance, texts: {}, languages, pageDirection });

describe('the settings of the widget', () => {
  it('float at the end of the lines, below, where nothing is said', () => {
    expect(read({})).toMatchObject({ floating: true, position: { x: 'end', y: 'bottom' }, theme: 'auto', direction: 'ltr' });
  });

  it('follow the embed, and the page before it', () => {
    const appearance = { accent_color: '#ff0000', title: 'Museum', position: 'inline', color_scheme: 'dark' } as const;
    expect(read({}, { appearance })).toMatchObject({ accent: '#ff0000', heading: 'Museum', floating: false, theme: 'dark' });
    const own = { accent: '#00ff00', heading: 'Shop', position: 'top-left', theme: 'light' };
    expect(read(own, { appearance })).toMatchObject({
      accent: '#00ff00',
      heading: 'Shop',
      floating: true,
      theme: 'light',
      position: { x: 'left', y: 'top' },
    });
  });

  it('speak the language that is asked for, the page’s or the visitor’s, and English where it is none of theirs', () => {
    expect(read({ lang: 'de-AT' }).texts.send).toBe('Senden');
    expect(read({}, { languages: ['fr-FR', 'de'] }).texts.send).toBe('Envoyer');
    expect(read({}, { languages: ['tlh', 'es'] }).language).toBe('es');
    expect(read({ lang: 'tlh' }, { languages: [] }).texts.send).toBe('Send');
  });

  it('run from right to left in languages that do, on pages that do, and where it is said', () => {
    expect(read({ lang: 'ar' }).direction).toBe('rtl');
    expect(read({ lang: 'ur' }).direction).toBe('rtl');
    expect(read({}, { pageDirection: 'rtl' }).direction).toBe('rtl');
    expect(read({ lang: 'en' }, { pageDirection: 'rtl' }).direction).toBe('ltr');
    expect(read({ lang: 'he', dir: 'ltr' }).direction).toBe('ltr');
  });

  it('take texts of the page and leave what is no text', () => {
    const { texts } = read({ texts: '{"welcome": "Hello there", "send": 3, "unknown": "x"}' });
    expect([texts.welcome, texts.send, 'unknown' in texts]).toEqual(['Hello there', 'Send', false]);
    expect(read({ texts: 'not json' }).texts.welcome).toBe('How can I help you?');
  });

  it('offer what the embed allows and the page wants', () => {
    const widget = { session_types: ['agent_chat', 'agent_video'] } as Widget;
    expect(modesOf(widget, undefined)).toEqual(['chat', 'video']);
    expect(modesOf(widget, read({ types: 'voice video' }).modes)).toEqual(['video']);
    expect(modesOf(widget, read({ types: 'agent_chat' }).modes)).toEqual(['chat']);
  });
});
