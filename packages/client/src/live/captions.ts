import type { CaptionWord, MessageItem, ServerEvent } from '@visavis/protocol';
import type { z } from 'zod';

type Word = z.infer<typeof CaptionWord>;
type Message = z.infer<typeof MessageItem>;

/** Something the user said or wrote. */
export interface UserLine {
  kind: 'user';
  key: string;
  text: string;
  source: 'speech' | 'text';
  /** Interim words may still change. */
  final: boolean;
  messageId?: number;
}

/** A reply of the agent. */
export interface AgentLine {
  kind: 'agent';
  key: string;
  replyId?: string;
  /** What the model wrote so far; at the end, what was heard. */
  text: string;
  words: Word[];
  /** It is said aloud: words count as heard with their sound. A written reply is read as it comes. */
  voiced: boolean;
  playing: boolean;
  ended: boolean;
  interrupted: boolean;
  messageId?: number;
}

export type Line = UserLine | AgentLine;

/** What was said in a session, oldest first. */
export interface Captions {
  lines: readonly Line[];
  /** Keys are counted, so that a line stays the same one while it changes. */
  count: number;
}

export const NO_CAPTIONS: Captions = { lines: [], count: 0 };

/**
 * Takes in one event of the server; events that say nothing about what was said change nothing.
 * @param voiced whether replies are said aloud, as in a call
 */
export function takeEvent(captions: Captions, event: ServerEvent, voiced: boolean): Captions {
  const change = (replyId: string, how: (line: AgentLine) => AgentLine) => withReply(captions, replyId, voiced, how);
  switch (event.type) {
    case 'user.transcript':
      return takeTranscript(captions, event.text, event.final);
    case 'reply.start':
      return change(event.reply_id, (line) => line);
    case 'reply.delta':
      return change(event.reply_id, (line) => ({ ...line, text: line.text + event.text }));
    case 'reply.words':
      return change(event.reply_id, (line) => ({ ...line, words: [...line.words, ...event.words] }));
    case 'reply.playing':
      return change(event.reply_id, (line) => ({ ...line, playing: event.playing }));
    case 'reply.end':
      return change(event.reply_id, (line) => ended(line, event));
    case 'message':
      return takeMessage(captions, event.message, event.reply_id);
    default:
      return captions;
  }
}

/** A line that the user has typed, before the server has stored it. */
export function takeTyped(captions: Captions, text: string): Captions {
  return append(captions, { kind: 'user', text, source: 'text', final: true });
}

/** A typed line (its key) could not be answered: it goes back to who wrote it, and the reply that was begun in writing goes, too. */
export function takeFailure(captions: Captions, key: string | undefined): Captions {
  const at = captions.lines.findIndex((line) => line.key === key);
  if (at < 0) return captions;
  const isHalf = (line: Line, index: number) => index > at && line.kind === 'agent' && !line.ended && !line.voiced;
  return { ...captions, lines: captions.lines.filter((line, index) => line.key !== key && !isHalf(line, index)) };
}

/**
 * The stored messages in place of what was caught of them; what is not stored yet stays behind them.
 * @param before the captions when the messages were asked for: what has come since then cannot be among them
 */
export function takeHistory(captions: Captions, messages: readonly Message[], before: Captions): Captions {
  const outdated = new Set(before.lines.filter((line) => line.messageId !== undefined || settled(line)).map(({ key }) => key));
  const stored = new Set(messages.map((message) => message.message_id));
  const isOpen = ({ key, messageId }: Line) => !outdated.has(key) && (messageId === undefined || !stored.has(messageId));
  const taken = new Set<string>();
  let next: Captions = { ...captions, lines: [] };
  for (const message of messages) {
    const line = lineOf(message);
    if (!line) continue;
    const isCaught = (one: Line) =>
      one.messageId === undefined && settled(one) && one.kind === line.kind && one.text.trim() === line.text.trim();
    const known =
      captions.lines.find(({ messageId }) => messageId === message.message_id) ??
      captions.lines.find((one) => !taken.has(one.key) && isCaught(one));
    if (known) taken.add(known.key);
    // What is still told of a reply finds its line.
    const replyId = known?.kind === 'agent' && line.kind === 'agent' ? known.replyId : undefined;
    const same = { ...line, key: known?.key, ...(replyId !== undefined && { replyId }) } as Line;
    next = known ? { ...next, lines: [...next.lines, same] } : append(next, line);
  }
  return { ...next, lines: [...next.lines, ...captions.lines.filter((line) => isOpen(line) && !taken.has(line.key))] };
}

/** Whether the server has surely stored the line, so that history brings it. */
function settled(line: Line): boolean {
  return line.kind === 'agent' ? line.ended : line.final;
}

/**
 * How many characters of the reply's text have been heard at this place of its sound. Words whose sound has begun count: a caption
 * is there with its sound, not after it. They are found in the text one after the other, so that blanks and points stay as written.
 */
export function heardCharacters(line: AgentLine, heardMs: number): number {
  if (line.ended || !line.voiced) return line.text.length;
  let at = 0;
  for (const word of line.words) {
    if (word.start_ms > heardMs || (word.start_ms === 0 && heardMs === 0)) break;
    const text = word.text.trim();
    const found = text === '' ? at : line.text.indexOf(text, at);
    // A word that is not written so (yet): the next ones tell the place.
    if (found >= 0 && found - at <= FURTHEST_CHARACTERS) at = found + text.length;
  }
  return at;
}

/** Words come in order: one further away than this is another occurrence of the same word. */
const FURTHEST_CHARACTERS = 200;

type NewLine = Omit<UserLine, 'key'> | Omit<AgentLine, 'key'>;

function append(captions: Captions, line: NewLine): Captions {
  const count = captions.count + 1;
  return { count, lines: [...captions.lines, { ...line, key: `line-${count}` } as Line] };
}

function replace(captions: Captions, line: Line): Captions {
  return { ...captions, lines: captions.lines.map((one) => (one.key === line.key ? line : one)) };
}

/** Words of an utterance replace earlier ones of it; a new utterance begins behind a final one. */
function takeTranscript(captions: Captions, text: string, final: boolean): Captions {
  const open = captions.lines.find((line): line is UserLine => line.kind === 'user' && !line.final);
  if (text.trim() === '') return open ? { ...captions, lines: captions.lines.filter((line) => line !== open) } : captions;
  if (open) return replace(captions, { ...open, text, final });
  return append(captions, { kind: 'user', text, source: 'speech', final });
}

function withReply(captions: Captions, replyId: string, voiced: boolean, change: (line: AgentLine) => AgentLine): Captions {
  const known = captions.lines.find((line): line is AgentLine => line.kind === 'agent' && line.replyId === replyId);
  if (known) return replace(captions, change(known));
  const begun = {
    kind: 'agent',
    replyId,
    text: '',
    words: [],
    voiced,
    playing: false,
    ended: false,
    interrupted: false,
  } as const;
  const started = append(captions, { ...begun, words: [] });
  return replace(started, change(started.lines.at(-1) as AgentLine));
}

function ended(line: AgentLine, end: { content: string; interrupted: boolean }): AgentLine {
  return { ...line, text: end.content, interrupted: end.interrupted, playing: false, ended: true };
}

/** A stored message takes the place of what was caught of it: what was said in several utterances is one message. */
function takeMessage(captions: Captions, message: Message, replyId: string | undefined): Captions {
  const stored = lineOf(message);
  if (!stored) return captions;
  const isCaught = (line: Line) => {
    if (line.messageId !== undefined || line.kind !== stored.kind) return false;
    if (line.kind === 'agent') return replyId !== undefined && line.replyId === replyId;
    if (line.source !== message.source) return false;
    return line.source === 'speech' ? line.final : line.text.trim() === message.content.trim();
  };
  const caught = captions.lines.filter(isCaught);
  // Of two equal typed lines the older one is this message.
  const gone = message.role === 'user' && message.source === 'text' ? caught.slice(0, 1) : caught;
  const [first] = gone;
  if (captions.lines.some((line) => line.messageId === message.message_id)) {
    // History has brought it already: what was caught of it would be there twice.
    return first ? { ...captions, lines: captions.lines.filter((line) => !gone.includes(line)) } : captions;
  }
  if (!first) return append(captions, stored);
  const kept = captions.lines.filter((line) => line === first || !gone.includes(line));
  const same = { ...stored, key: first.key, ...(replyId !== undefined && stored.kind === 'agent' && { replyId }) } as Line;
  return replace({ ...captions, lines: kept }, same);
}

function lineOf(message: Message): NewLine | undefined {
  const { content: text, message_id: messageId, source, interrupted } = message;
  if (message.role === 'user') return { kind: 'user', text, source, final: true, messageId };
  if (message.role !== 'assistant') return undefined;
  return { kind: 'agent', text, words: [], voiced: source === 'speech', playing: false, ended: true, interrupted, messageId };
}
