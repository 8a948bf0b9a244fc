import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VoiceConversation, VoiceEvent } from '../../core/calls/voice-conversation.ts';
import { TURN_DEFAULTS, type TurnSettings, type VoiceConversationSpec } from '../../core/calls/voice-spec.ts';
import type { ReplyEvent } from '../../core/conversation.ts';
import type { SpeechReport } from '../../core/speech/callable-speech.ts';
import { createLanguageModelConnections, type LanguageModelConnections } from '../../providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../../providers/openai-compatible/language-model.ts';
import { type OpenAiServer, type ScriptedReply, startOpenAiServer } from '../../testing/openai-server.ts';
import { scriptedEndpoint } from '../../testing/scripted-endpoint.ts';
import { scriptedLine } from '../../testing/scripted-line.ts';
import {
  numberSaid,
  scriptedEars,
  scriptedSound,
  scriptedVoice,
  scriptedVoiceActivity,
  type VoiceScript,
} from '../../testing/scripted-voice.ts';
import { createStartVoiceConversation } from './start-voice-conversation.ts';

let server: OpenAiServer;
let connections: LanguageModelConnections;
const closing: Promise<unknown>[] = [];
const open: Array<{ conversation: VoiceConversation; line: ReturnType<typeof scriptedLine> }> = [];

beforeEach(async () => {
  server = await startOpenAiServer();
  connections = createLanguageModelConnections();
});
afterEach(async () => {
  for (const { conversation, line } of open.splice(0)) {
    line.stop();
    closing.push(conversation.close());
  }
  await connections.close();
  await server.close();
});
afterAll(() => Promise.all(closing));

type Of<Type extends VoiceEvent['type']> = VoiceEvent & { type: Type };

/** A conversation with a script, its events, and the numbers of the words that were played. */
async function begin({
  turn = {},
  voice = {},
  earsHow,
  speed = 4,
  delayMs = 0,
  ...spec
}: {
  turn?: Partial<TurnSettings>;
  voice?: VoiceScript;
  earsHow?: 'ends' | 'hangs';
  speed?: number;
  delayMs?: number;
  greeting?: string;
  endsAt?: number;
  changes?: Partial<VoiceConversationSpec>;
} = {}) {
  const ears = scriptedEars(earsHow ? { how: earsHow } : {});
  let reportVoice: (failure: SpeechReport) => void = () => {};
  const start = createStartVoiceConversation({
    createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
    report: () => {},
    createEars: () => ears,
    createVoice: (_endpoints, { report }) => {
      reportVoice = report;
      return scriptedVoice(voice);
    },
    turnModels: async () => ({ vad: scriptedVoiceActivity(), createTurnDetector: () => 'vad' }),
  });
  const events: VoiceEvent[] = [];
  const waiting = new Set<() => void>();
  const conversation = await start(
    {
      sessionId: 7,
      instructions: 'You are a museum guide.',
      history: [],
      models: [scriptedEndpoint(server)],
      voice: {
        language: 'en',
        ears: [],
        voices: [],
        turn: { ...TURN_DEFAULTS, minEndpointingMs: 100, maxEndpointingMs: 200, ...turn },
        greeting: spec.greeting,
        endsAt: spec.endsAt ?? Date.now() + 3_600_000,
      },
      ...spec.changes,
    },
    (event) => {
      events.push(event);
      for (const check of [...waiting]) check();
    },
  );
  const line = scriptedLine({ speed });
  const numbers: number[] = [];
  line.onFrame = (frame) => {
    const number = numberSaid(frame);
    if (number > 0) numbers.push(number);
  };
  open.push({ conversation, line });
  const all = <Type extends VoiceEvent['type']>(type: Type) => events.filter((event): event is Of<Type> => event.type === type);
  return {
    conversation,
    line,
    ears,
    events,
    /** One for every 20 ms of a word that was played. */
    numbers,
    all,
    failVoice: (failure: SpeechReport) => reportVoice(failure),
    attach: () => conversation.attach(line, () => delayMs),
    /** Says something into the microphone and waits for the quiet behind it to be over. */
    say: async (text: string, ms = 600) => {
      ears.understood.push(text);
      await line.speak(scriptedSound(ms));
    },
    /** The event with this number of its type, when it is there. */
    event: <Type extends VoiceEvent['type']>(type: Type, index = 0): Promise<Of<Type>> =>
      new Promise((resolve) => {
        const check = () => {
          const found = all(type)[index];
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}
const never = new AbortController().signal;

async function drain(events: AsyncIterable<ReplyEvent>): Promise<ReplyEvent[]> {
  const all: ReplyEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Looks again with every turn of the event loop's clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Mulberry32: chance that is the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const seen = (index: number) => server.requests[index]?.body.messages?.map((message) => `${message.role}: ${message.content}`);

describe('a spoken conversation', () => {
  it('hears a question, answers it aloud, and says what happens', async () => {
    server.script(() => ({ tokens: 'We open at nine.' }));
    const { attach, say, event, events, all } = await begin();
    attach();
    await say('When do you open?');
    const end = await event('reply-end');
    expect(end).toMatchObject({ content: 'We open at nine.', interrupted: false, provider: 'scripted', model: 'scripted' });
    const turn = all('user-turn')[0];
    expect(turn).toMatchObject({ text: 'When do you open?' });
    expect(end.origin).toEqual({ type: 'speech', turnId: turn?.turnId });
    expect(all('transcript').map(({ text, final }) => [text, final])).toEqual([
      ['When', false],
      ['When do you open?', true],
    ]);
    expect(
      all('reply-delta')
        .map(({ text }) => text)
        .join(''),
    ).toBe('We open at nine.');
    expect(all('reply-words').flatMap(({ words }) => words.map(({ text }) => text))).toEqual(['We', 'open', 'at', 'nine.']);
    const order = events.map(({ type }) => type).filter((type, at, types) => types.indexOf(type) === at);
    expect(order.indexOf('user-speaking')).toBeLessThan(order.indexOf('user-turn'));
    expect(order.indexOf('user-turn')).toBeLessThan(order.indexOf('reply-start'));
    expect(order.indexOf('reply-start')).toBeLessThan(order.indexOf('reply-playing'));
    expect(seen(0)).toEqual([
      expect.stringMatching(/^system: You are a museum guide\.\s+This conversation is spoken/),
      'user: When do you open?',
    ]);
  });

  it('greets who joins first, once, and keeps the greeting in mind', async () => {
    server.script(() => ({ tokens: 'Fine.' }));
    const { attach, say, event, all, conversation, numbers } = await begin({ greeting: 'Welcome to the museum!' });
    expect(all('reply-start')).toEqual([]);
    attach();
    expect(await event('reply-end')).toMatchObject({
      origin: { type: 'greeting' },
      content: 'Welcome to the museum!',
      interrupted: false,
    });
    expect(new Set(numbers)).toEqual(new Set([1, 2, 3, 4]));
    await conversation.detach();
    attach();
    await say('How are you?');
    expect(await event('reply-end', 1)).toMatchObject({ content: 'Fine.', origin: { type: 'speech' } });
    expect(seen(0)?.slice(1)).toEqual(['assistant: Welcome to the museum!', 'user: How are you?']);
  });

  it('remembers of an interrupted reply what was heard, to one word, and tells the model the same', async () => {
    const words = Array.from({ length: 30 }, (_, at) => `word${at + 1}`);
    const random = seeded(3);
    for (let index = 0; index < 20; index++) {
      server.script((_request, at) => ({ tokens: at % 2 === 0 ? `${words.join(' ')}.` : 'Yes.' }));
      const { attach, say, event, all, conversation, numbers, line } = await begin({
        speed: 8,
        voice: { wordMs: (word) => 60 + (word.length % 3) * 90 },
      });
      attach();
      await say('Count!', 300);
      await event('reply-playing');
      const stopAfter = numbers.length + Math.floor(random() * 200);
      await until(() => numbers.length >= stopAfter || all('reply-end').length > 0);
      const heard = Math.max(...numbers);
      conversation.interrupt();
      const end = await event('reply-end');
      const kept = end.content.split(' ').filter(Boolean).length;
      expect(Math.abs(kept - heard), `${kept} kept, ${heard} heard`).toBeLessThanOrEqual(1);
      const requests = server.requests.length;
      await drain(conversation.message('And?', { signal: never }));
      const told = server.requests[requests]?.body.messages
        ?.filter(({ role }) => role === 'assistant')
        .map(({ content }) => content);
      expect(told).toEqual(end.content === '' ? [] : [end.content]);
      line.stop();
      closing.push(conversation.close());
    }
  });

  it('goes on at the very sample after a noise without words, and keeps the whole reply', async () => {
    server.script(() => ({ tokens: 'one two three four five six seven eight nine ten.' }));
    const { attach, say, event, all, numbers, line } = await begin({ turn: { resumeAfterMs: 100 }, speed: 2 });
    attach();
    await say('Count!', 300);
    await event('reply-playing');
    await until(() => numbers.length > 30);
    await line.speak(scriptedSound(400, 'noise'));
    const end = await event('reply-end');
    expect(end).toMatchObject({ content: 'one two three four five six seven eight nine ten.', interrupted: false });
    const playing = all('reply-playing').map(({ playing, positionMs }) => ({ playing, positionMs }));
    expect(playing).toEqual([
      { playing: true, positionMs: 0 },
      { playing: false, positionMs: expect.any(Number) },
      { playing: true, positionMs: playing[1]?.positionMs },
    ]);
    // One number more or less where a frame holds parts of two words.
    const ms = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten.'].map(
      (word) => 80 + 55 * word.length,
    );
    const said = ms.map((_, at) => numbers.filter((number) => number === at + 1).length * 20);
    for (const [at, length] of said.entries()) expect(Math.abs(length - (ms[at] ?? 0))).toBeLessThanOrEqual(40);
    expect(Math.abs(end.spokenMs - ms.reduce((sum, each) => sum + each, 0))).toBeLessThan(1);
  });

  it('stops for who speaks, answers them, and tells the model what they had heard', async () => {
    server.script((_request, at) => ({ tokens: at === 0 ? 'one two three four five six seven eight nine ten.' : 'Good bye.' }));
    const { attach, say, event, numbers, all } = await begin();
    attach();
    await say('Count!', 300);
    await event('reply-playing');
    await until(() => numbers.length > 40);
    await say('Stop it');
    const [first, second] = [await event('reply-end', 0), await event('reply-end', 1)];
    expect(first.interrupted).toBe(true);
    expect('one two three four five six seven eight nine ten.').toContain(first.content);
    expect(second).toMatchObject({ content: 'Good bye.', interrupted: false });
    expect(seen(server.requests.length - 1)?.slice(1)).toEqual(['user: Count!', `assistant: ${first.content}`, 'user: Stop it']);
    expect(all('user-turn').map(({ text }) => text)).toEqual(['Count!', 'Stop it']);
  });

  it('answers a typed message aloud, in the middle of a reply', async () => {
    server.script((_request, at) => ({ tokens: at === 0 ? 'one two three four five six seven eight nine ten.' : 'It is noon.' }));
    const { attach, say, event, all, numbers, conversation } = await begin();
    attach();
    await say('Count!', 300);
    await event('reply-playing');
    await until(() => numbers.length > 30);
    const events = await drain(conversation.message('What time is it?', { messageId: 12, signal: never }));
    const [cut, reply] = all('reply-end');
    expect(cut).toMatchObject({ interrupted: true, origin: { type: 'speech' } });
    expect(reply).toMatchObject({ content: 'It is noon.', origin: { type: 'text', messageId: 12 } });
    expect(events.at(-1)).toMatchObject({ type: 'end', content: 'It is noon.', interrupted: false, spokenMs: reply?.spokenMs });
    expect(events.flatMap((each) => (each.type === 'delta' ? [each.text] : [])).join('')).toBe('It is noon.');
    expect(seen(1)?.slice(1)).toEqual(['user: Count!', `assistant: ${cut?.content}`, 'user: What time is it?']);
    expect(all('user-turn')).toHaveLength(1);
  });

  it('answers a typed message in writing while nobody is there', async () => {
    server.script(() => ({ tokens: 'It is noon.' }));
    const { conversation, all } = await begin();
    const events = await drain(conversation.message('What time is it?', { signal: never }));
    expect(events.at(-1)).toMatchObject({ type: 'end', content: 'It is noon.', interrupted: false });
    expect(all('reply-playing')).toEqual([]);
  });

  it('is cut off where it was heard when the listener goes, and goes on with who comes back', async () => {
    server.script((_request, at) => ({ tokens: at === 0 ? 'one two three four five six seven eight nine ten.' : 'Eleven.' }));
    const { attach, say, event, numbers, conversation, line } = await begin();
    attach();
    await say('Count!', 300);
    await event('reply-playing');
    await until(() => numbers.length > 30);
    const heard = Math.max(...numbers);
    await conversation.detach();
    expect([line.listening, line.playing]).toEqual([false, false]);
    const end = await event('reply-end');
    expect(end.interrupted).toBe(true);
    expect(Math.abs(end.content.split(' ').length - heard)).toBeLessThanOrEqual(1);
    attach();
    await say('Go on');
    expect(await event('reply-end', 1)).toMatchObject({ content: 'Eleven.', interrupted: false });
    expect(seen(1)?.slice(1)).toEqual(['user: Count!', `assistant: ${end.content}`, 'user: Go on']);
  });
});

describe('a spoken conversation in which something fails', () => {
  it('apologises when no model answers, ends when that does not change, and stays usable until then', async () => {
    server.script(() => ({ status: 401 }));
    const { attach, say, event, all, conversation } = await begin();
    attach();
    await say('First?');
    expect(await event('reply-end')).toMatchObject({ content: '', origin: { type: 'speech' } });
    expect(await event('reply-end', 1)).toMatchObject({ content: expect.stringMatching(/^Sorry/), origin: { type: 'notice' } });
    expect(all('notice').map(({ code }) => code)).toEqual(['provider-failed']);
    expect(all('provider-failed')[0]).toMatchObject({ provider: 'scripted', stage: 'thinking', kind: 'unauthorized' });
    const failure = await drain(conversation.message('Second?', { signal: never })).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'ReplyFailure', code: 'provider-unavailable' });
    await event('reply-end', 3);
    expect(all('over')).toEqual([]);
    await say('Third?');
    expect(await event('over')).toEqual({ type: 'over', reason: 'provider-failed' });
    expect(all('reply-end').at(-1)).toMatchObject({ content: expect.stringMatching(/^Sorry/), interrupted: false });
  });

  it.each([
    ['dies', 'destroy'],
    ['sends garbage', 'malformed'],
  ] as const)('keeps what was said when the model %s in the middle, and goes on', async (_what, how) => {
    server.script(
      (_request, at): ScriptedReply =>
        at === 0 ? { tokens: 'one two three four', breakAfter: { tokens: 3, how } } : { tokens: 'fine.' },
    );
    const { attach, say, event } = await begin();
    attach();
    await say('Count!');
    expect(await event('reply-end')).toMatchObject({ content: 'one two three' });
    await event('reply-end', 1);
    await say('Again?');
    expect(await event('reply-end', 2)).toMatchObject({ content: 'fine.', origin: { type: 'speech' } });
    expect(seen(server.requests.length - 1)?.slice(1, 3)).toEqual(['user: Count!', 'assistant: one two three']);
  });

  it('says that an answer takes long', { timeout: 15_000 }, async () => {
    server.script(() => ({ hang: 'before-headers' }));
    const { attach, say, event, conversation } = await begin();
    attach();
    await say('Hello?');
    expect(await event('notice')).toMatchObject({ code: 'slow-provider' });
    expect(conversation.interrupt()).toBe(true);
    expect(await event('reply-end')).toMatchObject({ content: '', interrupted: true });
    await server.requests[0]?.closed;
  });

  it.each(['voice', 'model'])(
    'stops at once though the %s hangs: left alone, the framework would wait for four seconds',
    async (hanging) => {
      server.script(
        (_request, at): ScriptedReply =>
          at === 0 && hanging === 'model'
            ? { tokens: 'one two three', breakAfter: { tokens: 2, how: 'hang' } }
            : { tokens: 'one two three four.' },
      );
      const { attach, say, event, conversation } = await begin(
        hanging === 'voice' ? { voice: { breakAfter: { words: 2, how: 'hang' } } } : {},
      );
      attach();
      await say('Count!');
      await event('reply-playing');
      conversation.interrupt();
      const late = new Promise<string>((resolve) => setTimeout(resolve, 1_500, 'late'));
      expect(await Promise.race([event('reply-end'), late])).toMatchObject({ interrupted: true });
      await server.requests[0]?.closed;
    },
  );

  it.each(['end', 'throw'] as const)('keeps what the voice could say when it breaks in the middle (%s)', async (how) => {
    server.script((_request, at) => ({ tokens: at === 0 ? 'one two three four five six.' : 'ok' }));
    const { attach, say, event, conversation, all } = await begin({ voice: { breakAfter: { words: 3, how } } });
    attach();
    await say('Count!');
    expect(await event('reply-end')).toMatchObject({ content: 'one two three' });
    expect(
      all('reply-delta')
        .map(({ text }) => text)
        .join(''),
    ).toBe('one two three four five six.');
    await drain(conversation.message('And?', { signal: never }));
    expect(seen(1)?.slice(1)).toEqual(['user: Count!', 'assistant: one two three', 'user: And?']);
  });

  it('lets the answer be read when there is no voice', async () => {
    server.script((_request, at) => ({ tokens: at === 0 ? 'one two three.' : 'ok' }));
    const { attach, say, event, conversation, all } = await begin({ voice: { breakAfter: { words: 0, how: 'end' } } });
    attach();
    await say('Count!');
    expect(await event('reply-end')).toMatchObject({ content: '', spokenMs: 0, interrupted: false });
    expect(all('notice').map(({ code }) => code)).toEqual(['voice-failed']);
    expect(
      all('reply-delta')
        .map(({ text }) => text)
        .join(''),
    ).toBe('one two three.');
    await drain(conversation.message('And?', { signal: never }));
    expect(seen(1)?.slice(1)).toEqual(['user: Count!', 'user: And?']);
  });

  it('asks to type when nobody listens, and tries again', async () => {
    const { attach, event, ears } = await begin({ earsHow: 'ends' });
    attach();
    expect(await event('notice')).toMatchObject({ code: 'listening-failed' });
    await until(() => ears.streams > 1);
  });

  it('closes within two seconds with a model and a voice that hang', async () => {
    server.script((_request, at) => (at === 0 ? { tokens: 'one two three four five.' } : { hang: 'before-first-token' }));
    for (const hanging of ['voice', 'model']) {
      const { attach, say, event, conversation, all } = await begin(
        hanging === 'voice' ? { voice: { breakAfter: { words: 2, how: 'hang' } } } : {},
      );
      attach();
      await say('Count!');
      await (hanging === 'voice' ? event('reply-playing') : event('reply-start'));
      const typed = hanging === 'model' ? drain(conversation.message('And?', { signal: never })) : undefined;
      const startedAt = performance.now();
      await Promise.all([conversation.close(), conversation.close()]);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
      expect(all('reply-end').length).toBe(all('reply-start').length);
      expect((await typed)?.at(-1) ?? { interrupted: true }).toMatchObject({ interrupted: true });
    }
  });
});

describe('the end of a spoken conversation', () => {
  it('comes after a silence, with a question before', async () => {
    const { attach, event, all } = await begin({ turn: { nudgeAfterMs: 150, endAfterSilenceMs: 2_500 } });
    attach();
    expect(await event('reply-end')).toMatchObject({ content: 'Are you still there?', origin: { type: 'notice' } });
    expect(await event('over')).toEqual({ type: 'over', reason: 'silence' });
    expect(all('reply-end')).toHaveLength(1);
  });

  it('does not come while nobody is there, nor while somebody speaks', async () => {
    const { attach, event, all, conversation, say } = await begin({ turn: { nudgeAfterMs: null, endAfterSilenceMs: 400 } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(all('over')).toEqual([]);
    attach();
    await say('Hello?', 2_400);
    expect(all('over')).toEqual([]);
    await event('reply-end');
    await conversation.detach();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(all('over')).toEqual([]);
    attach();
    expect(await event('over')).toEqual({ type: 'over', reason: 'silence' });
  });

  it('is announced, in a moment of quiet', async () => {
    server.script(() => ({ tokens: 'one two three four five six seven eight nine ten.' }));
    const { attach, event, say, events } = await begin({ endsAt: Date.now() + 1_200 });
    attach();
    await say('Count!', 300);
    expect(await event('notice')).toMatchObject({ code: 'max-duration-soon' });
    expect(await event('reply-end', 1)).toMatchObject({ origin: { type: 'notice' }, content: 'Our time is nearly over.' });
    const [answered] = events.flatMap((each, at) => (each.type === 'reply-end' ? [at] : []));
    expect(events[answered ?? 0]).toMatchObject({ interrupted: false, origin: { type: 'speech' } });
  });

  it.each([
    ['what it said with it', 'Bye now, take care.', 'x'],
    ['the goodbye it gave', '', 'See you soon.'],
  ])('is the model’s to choose, after %s', async (_what, said, goodbye) => {
    server.script(() => ({
      tokens: said === '' ? [] : said,
      toolCall: { name: 'end_call', arguments: JSON.stringify({ goodbye }) },
    }));
    const { attach, say, event, events, numbers } = await begin({ turn: { endCall: true } });
    attach();
    await say('Goodbye!');
    expect(await event('over')).toEqual({ type: 'over', reason: 'ended-by-agent' });
    const ends = events.filter((each) => each.type === 'reply-end' && each.content !== '');
    expect(ends).toMatchObject([{ content: said || goodbye, interrupted: false }]);
    expect(Math.max(...numbers)).toBe((said || goodbye).split(' ').length);
  });
});

describe('the timings of a turn', () => {
  it('never fall from stage to stage, and end with what the client reports', async () => {
    server.script(() => ({ tokens: 'one two three four five six.' }));
    const { attach, say, event, conversation } = await begin();
    attach();
    await say('Count!');
    const { replyId } = await event('reply-playing');
    conversation.played(replyId, 20);
    const { latency } = await event('reply-end');
    const { transcript = 0, ...stages } = latency;
    expect(Object.keys(stages)).toEqual([
      'speech_end',
      'turn_end',
      'first_token',
      'first_audio_made',
      'first_audio_sent',
      'first_audio_heard',
      'total',
    ]);
    const values = Object.values(stages);
    expect(values).toEqual(values.toSorted((a = 0, b = 0) => a - b));
    expect(transcript).toBeLessThanOrEqual(latency.turn_end ?? 0);
  });

  it('are told again when the client reports late', async () => {
    server.script(() => ({ tokens: 'one.' }));
    const { attach, say, event, conversation } = await begin();
    attach();
    await say('Count!');
    const { replyId, latency } = await event('reply-end');
    expect(latency.first_audio_heard).toBeUndefined();
    conversation.played(replyId, 100);
    conversation.played(replyId, 200);
    conversation.played('unknown', 200);
    const later = await event('reply-latency');
    expect(later.latency.first_audio_heard).toBeGreaterThanOrEqual(latency.first_audio_sent ?? Number.POSITIVE_INFINITY);
  });
});
