// Texts that are nearly right: seeded, so that what was found once is found again.

/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NUMBERS = [
  '0',
  '-1',
  '1',
  '127',
  '128',
  '255',
  '256',
  '65535',
  '65536',
  '2147483648',
  '4294967296',
  '99999999999999999999',
  '1e9',
  'NaN',
  '',
];
const BITS = [
  '',
  ' ',
  ':',
  '=',
  '\0',
  '\n',
  '\r\n',
  '%s%n',
  '{',
  '"',
  '\\',
  'é',
  '😀',
  '\u202e',
  'a='.repeat(100),
  'A'.repeat(5_000),
];

/** The text with one to five things wrong with it. */
export function mutated(text: string, random: () => number): string {
  let result = text;
  for (let changes = 1 + Math.floor(random() * 5); changes > 0; changes--) result = change(result, random);
  return result;
}

function change(text: string, random: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const place = Math.floor(random() * text.length);
  const lines = text.split('\r\n');
  const line = Math.floor(random() * lines.length);
  switch (Math.floor(random() * 10)) {
    case 0:
      return lines.toSpliced(line, 1).join('\r\n');
    case 1:
      return lines.toSpliced(line, 0, pick(lines)).join('\r\n');
    case 2:
      return lines.with(line, pick(lines)).join('\r\n');
    case 3:
      return lines
        .toSpliced(Math.floor(random() * lines.length), 0, ...lines.splice(line, 1 + Math.floor(random() * 20)))
        .join('\r\n');
    case 4:
      return text.slice(0, place) + String.fromCharCode(32 + Math.floor(random() * 95)) + text.slice(place + 1);
    case 5:
      return text.slice(0, place) + pick(BITS) + text.slice(place);
    case 6:
      return text.slice(0, place) + text.slice(place + Math.floor(random() * 30));
    case 7: {
      const numbers = [...(lines[line] ?? '').matchAll(/\d+/g)];
      const number = numbers.length > 0 ? pick(numbers) : undefined;
      if (number === undefined) return text;
      const at = number.index;
      const now = (lines[line] ?? '').slice(0, at) + pick(NUMBERS) + (lines[line] ?? '').slice(at + number[0].length);
      return lines.with(line, now).join('\r\n');
    }
    case 8:
      return lines
        .with(
          line,
          (lines[line] ?? '').replace(/[:= ].*$/, (rest) => `${rest[0]}${pick(BITS)}`),
        )
        .join('\r\n');
    default:
      return random() < 0.1 ? text.slice(0, place) : lines.with(line, pick(lines).replace(/\d+/, pick(NUMBERS))).join('\r\n');
  }
}
