/** Markdown parsers are quadratic in some hostile paragraphs: none gets to see more than this at once. */
const LONGEST_SLICE = 4000;

/** Cuts long text at line ends, else at spaces, so that every part takes a bounded time. */
export function slicesOf(text: string): { start: number; end: number }[] {
  const slices: { start: number; end: number }[] = [];
  for (let start = 0; start < text.length; ) {
    const end = sliceEnd(text, start);
    slices.push({ start, end });
    start = end;
  }
  return slices;
}

function sliceEnd(text: string, start: number): number {
  const limit = start + LONGEST_SLICE;
  if (limit >= text.length) return text.length;
  const window = text.slice(start, limit);
  for (const mark of ['\n\n', '\n', ' ']) {
    const found = window.lastIndexOf(mark);
    if (found > LONGEST_SLICE / 4) return start + found + mark.length;
  }
  const inPair = text.charCodeAt(limit - 1) >= 0xd800 && text.charCodeAt(limit - 1) <= 0xdbff;
  return inPair ? limit - 1 : limit;
}
