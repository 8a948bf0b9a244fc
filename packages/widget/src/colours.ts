/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** The least contrast of text that everybody should be able to read (WCAG 2.2, 1.4.3). */
export const READABLE = 4.5;

/** Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance"). */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Black or white, whichever is read better on this colour: one of them always is readable. */
export function textOn(colour: Rgb): Rgb {
  // White is what people expect on a strong colour: it is kept as long as it is readable.
  return contrast(WHITE, colour) >= READABLE ? WHITE : BLACK;
}

/** The colour, made darker or lighter until it can be read on the surface. */
export function readableOn(surface: Rgb, colour: Rgb): Rgb {
  const target = luminance(surface) > 0.18 ? BLACK : WHITE;
  for (let step = 0; step < 20; step++) {
    const mixed = mix(colour, target, step / 20);
    if (contrast(mixed, surface) >= READABLE) return mixed;
  }
  return target;
}

/** `share` of the other colour in it, 0 to 1. */
export function mix(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((part, index) => Math.round(part + ((other[index] ?? 0) - part) * share)) as unknown as Rgb;
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Reads what `getComputedStyle` says of an sRGB colour: `rgb(1, 2, 3)`, `rgb(1 2 3 / 50%)`. Undefined: another notation. */
export function parseRgb(text: string): Rgb | undefined {
  const found = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text);
  return found ? ([Number(found[1]), Number(found[2]), Number(found[3])].map(Math.round) as unknown as Rgb) : undefined;
}
