import type { MessageItem, ServerEvent } from '@visavis/protocol';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type AgentLine, type Captions, heardCharacters, NO_CAPTIONS, takeEvent, takeHistory, takeTyped } from './captions.ts';
import { stagesOf } from './timings.ts';

const take = (captions: Captions, event: ServerEvent) => takeEvent(captions, event, true);
const after = (...events: ServerEvent[]): Captions => events.reduce(take, NO_CAPTIONS);
const texts = (captions: Captions) => captions.lines.map((line) => `${line.kind}: ${line.text}`);
const said = (text: string, final = true): ServerEvent => ({ type: 'user.transcript', text, final });
const delta = (text: string, reply_id = 'r'): ServerEvent => ({ type: 'reply.delta', reply_id, text });
const end = (content: string, interrupted = false): ServerEvent => ({
  type: 'reply.end',
  reply_id: 'r',
  content,
  interrupted,
  spoken_ms: 1,
  latency_ms: {},
});
const message = (id: number, role: 'user' | 'assistant', content: string, source: 'speech' | 'text' = 'speech') =>
  ({
    message_id: id,
    role,
    content,
    source,
    created_at: '2026-01-01T00:00:00Z',
    answered: true,
    interrupted: false,
  }) satisfies z.output<typeof MessageItem>;
const stored = (item: z.output<typeof MessageItem>, reply_id?: string): ServerEvent => ({
  type: 'message',
  message: item,
  ...(reply_id !== undefined && { reply_id }),
});

describe('captions', () => {
  it('replace what was heard of an utterance until it is final, and begin a new line behind it', () => {
    expect(texts(after(said('how', false), said('how are', false), said('How are you?')))).toEqual(['user: How are you?']);
    expect(texts(after(said('How are you?'), said('and', false)))).toEqual(['user: How are you?', 'user: and']);
    expect(texts(after(said('uh', false), said('', true)))).toEqual([]);
  });

  it('make one line of a turn that was stored as one message', () => {
    const captions = after(
      said('How are you?'),
      said('Today.'),
      stored(message(7, 'user', 'How are you? Today.')),
      delta('Fine'),
    );
    expect(texts(captions)).toEqual(['user: How are you? Today.', 'agent: Fine']);
  });

  it('take a typed line once, whether it was typed here or elsewhere', () => {
    const typed = takeTyped(takeTyped(NO_CAPTIONS, 'Hello'), 'Hello');
    const first = take(typed, stored(message(1, 'user', 'Hello', 'text')));
    expect(texts(first)).toEqual(['user: Hello', 'user: Hello']);
    expect(first.lines.map((line) => line.messageId)).toEqual([1, undefined]);
    const elsewhere = stored(message(2, 'user', 'From my telephone', 'text'));
    expect(texts(take(take(first, elsewhere), elsewhere))).toHaveLength(3);
  });

  it('have a message once, whichever comes first: history, or the event that tells what was caught of it', () => {
    const asked = after(delta('At nine.', 'r'));
    const since = takeTyped(take(asked, end('At nine.')), 'Hello');
    const history = [message(1, 'assistant', 'At nine.'), message(2, 'user', 'Hello', 'text')];
    const events = [stored(message(1, 'assistant', 'At nine.'), 'r'), stored(message(2, 'user', 'Hello', 'text'))];
    const both = ['agent: At nine.', 'user: Hello'];
    expect(texts(events.reduce(take, takeHistory(since, history, asked)))).toEqual(both);
    expect(texts(takeHistory(events.reduce(take, since), history, asked))).toEqual(both);
    // Not even for a moment, and what is told of the reply later finds it.
    const between = takeHistory(since, history, asked);
    expect(texts(between)).toEqual(both);
    const playing = { type: 'reply.playing', reply_id: 'r', playing: false, position_ms: 900, hushed: false } as const;
    expect(texts(take(between, playing))).toEqual(both);
  });

  it('keep of an interrupted reply what was heard', () => {
    const captions = after(
      delta('One two '),
      delta('three four.'),
      end('One two', true),
      stored(message(3, 'assistant', 'One two'), 'r'),
    );
    expect(captions.lines).toMatchObject([{ kind: 'agent', text: 'One two', ended: true, messageId: 3 }]);
    expect(captions.lines).toHaveLength(1);
  });

  it('take history in place of what was caught, and keep what is still open', () => {
    const live = after(said('Hello'), delta('Hi, I am', 'r'), said('wait', false));
    const captions = takeHistory(live, [message(1, 'assistant', 'Welcome'), message(2, 'user', 'Hello')], live);
    expect(texts(captions)).toEqual(['agent: Welcome', 'user: Hello', 'agent: Hi, I am', 'user: wait']);
    const [welcome] = captions.lines;
    const again = takeHistory(captions, [message(1, 'assistant', 'Welcome'), message(2, 'user', 'Hello')], captions);
    expect(again.lines[0]?.key).toBe(welcome?.key);
    const since = take(take(captions, stored(message(3, 'user', 'Newer', 'text'))), end('Hi, I am'));
    const late = takeHistory(since, [message(1, 'assistant', 'Welcome'), message(2, 'user', 'Hello')], captions);
    expect(texts(late)).toEqual(['agent: Welcome', 'user: Hello', 'agent: Hi, I am', 'user: wait', 'user: Newer']);
    expect(new Set(again.lines.map(({ key }) => key)).size).toBe(4);
  });
});

describe('the heard part of a reply', () => {
  const words = (...spoken: string[]) => spoken.map((text, i) => ({ text, start_ms: i * 100, end_ms: i * 100 + 100 }));
  const reply = (text: string, ...spoken: string[]) =>
    after(delta(text), { type: 'reply.words', reply_id: 'r', words: words(...spoken) }).lines[0] as AgentLine;
  const heard = (line: AgentLine, ms: number) => line.text.slice(0, heardCharacters(line, ms));

  it('ends behind the word that is being said, with its points', () => {
    const line = reply('Well, it costs $5.  Really!', 'Well,', 'it', 'costs', '$5.', 'Really!');
    expect([0, 1, 150, 299, 399, 1000].map((ms) => heard(line, ms))).toEqual([
      '',
      'Well,',
      'Well, it',
      'Well, it costs',
      'Well, it costs $5.',
      'Well, it costs $5.  Really!',
    ]);
  });

  it('does not stumble over words that are not written so', () => {
    const line = reply('Call 112 now, now!', 'Call', 'one-one-two', 'now,', 'now!');
    expect([150, 250, 350].map((ms) => heard(line, ms))).toEqual(['Call', 'Call 112 now,', 'Call 112 now, now!']);
  });

  it('is everything where nothing is said aloud, or all is over', () => {
    expect(heard(after(delta('Not said yet')).lines[0] as AgentLine, 0)).toBe('');
    const written = takeEvent(NO_CAPTIONS, delta('In writing'), false);
    expect(heard(written.lines[0] as AgentLine, 0)).toBe('In writing');
    expect(heard(after(delta('Some more'), end('Some')).lines[0] as AgentLine, 0)).toBe('Some');
  });
});

describe('the stages of a turn', () => {
  it('follow each other in the order in which they were reached', () => {
    const stages = stagesOf({ speech_end: 200, transcript: 150, turn_end: 400, first_token: 450, total: 9_000 });
    expect(stages.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 150],
      [150, 200],
      [200, 400],
      [400, 450],
    ]);
    expect(stagesOf({})).toEqual([]);
  });

  it('may begin before the user’s last sound', () => {
    expect(stagesOf({ transcript: -50, turn_end: 300 })[1]).toMatchObject({ fromMs: 0, toMs: 300 });
  });
});
