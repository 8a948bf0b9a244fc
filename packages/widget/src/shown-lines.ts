import { type Captions, heardCharacters, type Line } from '@visavis/client/live';
import type { ShownLine } from './view/state.ts';

/** The captions as they are shown at this moment: what is not heard yet, or may still change, is dimmed. */
export function shownLines(captions: Captions, heardMs: (replyId: string) => number): ShownLine[] {
  return captions.lines.filter(isSomething).map((line) => ({
    key: line.key,
    kind: line.kind,
    text: line.text,
    sure: sureOf(line, heardMs),
    interrupted: line.kind === 'agent' && line.interrupted,
    waiting: line.kind === 'agent' && line.text === '',
  }));
}

/** Whether it changes with time alone. */
export function isPlaying(captions: Captions): boolean {
  return captions.lines.some((line) => line.kind === 'agent' && line.playing);
}

/** A reply of which nothing was heard is no line. */
function isSomething(line: Line): boolean {
  return line.text !== '' || (line.kind === 'agent' && !line.ended);
}

function sureOf(line: Line, heardMs: (replyId: string) => number): number {
  if (line.kind === 'user') return line.final ? line.text.length : 0;
  return heardCharacters(line, line.replyId === undefined ? 0 : heardMs(line.replyId));
}
