/** Markdown parsers are quadratic in some hostile paragraphs: none gets to see more than this at once, code fences apart. */
const LONGEST_SLICE = 4000;

const fenceLine = /^[ \t]{0,12}(`{3,}|~{3,})[^`\n]*$/gm;

/** Cuts long text at line ends, else at spaces, so that every part takes a bounded time. A code fence stays in one part. */
export function slicesOf(text: string): { start: number; end: number }[] {
  const slices: { start: number; end: number }[] = [];
  for (let start = 0; start < text.length; ) {
    const end = pastFence(text, start, sliceEnd(text, start));
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

/** The end of the fence that is open at `end`, else `end`. */
function pastFence(text: string, start: number, end: number): number {
  if (end === text.length) return end;
  let open = '';
  for (const match of text.slice(start, end).matchAll(fenceLine)) {
    const mark = match[1] ?? '';
    if (open === '') open = mark;
    else if (mark.startsWith(open)) open = '';
  }
  if (open === '') return end;
  const close = text.indexOf(`\n${open}`, end - 1);
  if (close === -1) return text.length;
  const lineEnd = text.indexOf('\n', close + 1);
  return lineEnd === -1 ? text.length : lineEnd + 1;
}
