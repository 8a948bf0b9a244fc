import { css, mix, parseRgb, type Rgb, readableOn, textOn } from './colours.ts';

/** What the widget is coloured with where nobody says otherwise. */
export const ACCENT = '#1b5cc4';

/** Chosen by the page, or as the visitor's system has it. */
export type Theme = 'light' | 'dark' | 'auto';

/** Colours the widget: text on the accent and accent as text are made so that everybody can read them, whatever the accent is. */
export interface Themed {
  apply(theme: Theme, accent: string | undefined): void;
  dispose(): void;
}

export function createTheme(host: HTMLElement, root: HTMLElement): Themed {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const probe = document.createElement('span');
  probe.hidden = true;
  root.append(probe);
  let wanted: { theme: Theme; accent: string | undefined } = { theme: 'auto', accent: undefined };

  /** A colour in any notation, of the page's variables, too; undefined where it is none. */
  const read = (colour: string): Rgb | undefined => {
    probe.style.color = '';
    probe.style.color = colour;
    if (probe.style.color === '') return undefined;
    const computed = getComputedStyle(probe).color;
    return parseRgb(computed) ?? painted(computed);
  };

  const apply = () => {
    const { theme, accent } = wanted;
    root.dataset.theme = theme === 'auto' ? (dark.matches ? 'dark' : 'light') : theme;
    const own = getComputedStyle(host).getPropertyValue('--visavis-accent').trim();
    const colour = (own && read(own)) || (accent && read(accent)) || (read(ACCENT) as Rgb);
    const surface = read('var(--_surface)') ?? [255, 255, 255];
    const tint = mix(surface, colour, 0.12);
    const { style } = root;
    style.setProperty('--_accent', css(colour));
    style.setProperty('--_on-accent', css(textOn(colour)));
    style.setProperty('--_ink', css(readableOn(surface, colour)));
    // It stands at the border between widget and page, and is seen against either.
    style.setProperty('--_ring', css(readableOn(surface, colour)));
    // The tint is stronger under the pointer: the text is readable on that, too.
    style.setProperty('--_tint-text', css(readableOn(mix(surface, colour, 0.2), readableOn(tint, colour))));
  };
  dark.addEventListener('change', apply);
  return {
    apply(theme, accent) {
      wanted = { theme, accent };
      apply();
    },
    dispose: () => dark.removeEventListener('change', apply),
  };
}

/** A colour of a wide gamut as a screen's sRGB. */
function painted(colour: string): Rgb | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return undefined;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
