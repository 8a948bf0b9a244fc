import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptedSound } from '../../testing/scripted-voice.ts';
import { closed, createTalkWorld, drain, never, seeded, type TalkWorld, until } from '../../testing/spoken-conversation.ts';

let world: TalkWorld;
beforeEach(async () => {
  world = await createTalkWorld();
});
afterEach(() => world.leave());
afterAll(closed);

describe('a spoken conversation', () => {
  it('hears a question, answers it aloud, and says what happens', async () => {
    world.server.script(() => ({ tokens: 'We open at nine.' }));
    const { attach, say, event, events, all } = await world.begin();
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
    expect(world.seen(0)).toEqual([
      expect.stringMatching(/^system: You are a museum guide\.\s+This conversation is spoken/),
      'user: When do you open?',
    ]);
  });

  it('greets who joins first, once, and keeps the greeting in mind', async () => {
    world.server.script(() => ({ tokens: 'Fine.' }));
    const { attach, say, event, all, conversation, numbers } = await world.begin({ greeting: 'Welcome to the museum!' });
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
    expect(world.seen(0)?.slice(1)).toEqual(['assistant: Welcome to the museum!', 'user: How are you?']);
  });

  it('remembers of an interrupted reply what was heard, to one word, and tells the model the same', async () => {
    const words = Array.from({ length: 30 }, (_, at) => `word${at + 1}`);
    const random = seeded(3);
    for (let index = 0; index < 20; index++) {
      world.server.script((_request, at) => ({ tokens: at % 2 === 0 ? `${words.join(' ')}.` : 'Yes.' }));
      const { attach, say, event, all, conversation, numbers, line } = await world.begin({
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
      const requests = world.server.requests.length;
      await drain(conversation.message('And?', { signal: never }));
      const told = world.server.requests[requests]?.body.messages
        ?.filter(({ role }) => role === 'assistant')
        .map(({ content }) => content);
      expect(told).toEqual(end.content === '' ? [] : [end.content]);
      line.stop();
    }
  });

  it.each([0, 120])(
    'goes on with the word that was cut off after a noise without words (sound is %i ms on its way)',
    async (delayMs) => {
      world.server.script(() => ({ tokens: 'one two three four five six seven eight nine ten.' }));
      const { attach, say, event, all, numbers, line } = await world.begin({ turn: { resumeAfterMs: 100 }, speed: 2 });
      attach(delayMs);
      await say('Count!', 300);
      await event('reply-playing');
      await until(() => numbers.length > 30);
      await line.speak(scriptedSound(400, 'noise'));
      const end = await event('reply-end');
      expect(end).toMatchObject({ content: 'one two three four five six seven eight nine ten.', interrupted: false });
      const playing = all('reply-playing').map(({ playing, positionMs, hushed }) => ({ playing, positionMs, hushed }));
      expect(playing).toEqual([
        { playing: true, positionMs: 0, hushed: false },
        { playing: false, positionMs: expect.any(Number), hushed: true },
        { playing: true, positionMs: expect.any(Number), hushed: false },
      ]);
      const [, { positionMs: heardMs } = { positionMs: 0 }, { positionMs: fromMs } = { positionMs: 0 }] = playing;
      const words = all('reply-words').flatMap((each) => each.words);
      const broken = words.findIndex(({ startMs, endMs }) => startMs <= heardMs && heardMs < endMs);
      expect(fromMs).toBeCloseTo(words[broken]?.startMs ?? 0, 0);
      // The clock hands over 20 ms at a time; what is repeated is what was on its way, and the beginning of the word.
      const ms = words.map(({ startMs, endMs }) => endMs - startMs);
      const said = ms.map((_, at) => numbers.filter((number) => number === at + 1).length * 20);
      for (const [at, length] of said.entries()) {
        if (at < broken || at > broken + 1) expect(Math.abs(length - (ms[at] ?? 0)), `word ${at}`).toBeLessThanOrEqual(40);
        else expect(length).toBeGreaterThan((ms[at] ?? 0) - 40);
      }
      const repeated = said.reduce((sum, each) => sum + each, 0) - ms.reduce((sum, each) => sum + each, 0);
      expect(Math.abs(repeated - (heardMs + delayMs - fromMs))).toBeLessThanOrEqual(60);
      expect(Math.abs(end.spokenMs - ms.reduce((sum, each) => sum + each, 0))).toBeLessThan(1);
    },
  );

  it('stops for who speaks, answers them, and tells the model what they had heard', async () => {
    world.server.script((_request, at) => ({
      tokens: at === 0 ? 'one two three four five six seven eight nine ten.' : 'Good bye.',
    }));
    const { attach, say, event, numbers, all } = await world.begin();
    attach();
    await say('Count!', 300);
    await event('reply-playing');
    await until(() => numbers.length > 40);
    await say('Stop it');
    const [first, second] = [await event('reply-end', 0), await event('reply-end', 1)];
    expect(first.interrupted).toBe(true);
    expect('one two three four five six seven eight nine ten.').toContain(first.content);
    expect(second).toMatchObject({ content: 'Good bye.', interrupted: false });
    expect(world.seen(world.server.requests.length - 1)?.slice(1)).toEqual([
      'user: Count!',
      `assistant: ${first.content}`,
      'user: Stop it',
    ]);
    expect(all('user-turn').map(({ text }) => text)).toEqual(['Count!', 'Stop it']);
  });

  it('answers a typed message aloud, in the middle of a reply', async () => {
    world.server.script((_request, at) => ({
      tokens: at === 0 ? 'one two three four five six seven eight nine ten.' : 'It is noon.',
    }));
    const { attach, say, event, all, numbers, conversation } = await world.begin();
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
    expect(world.seen(1)?.slice(1)).toEqual(['user: Count!', `assistant: ${cut?.content}`, 'user: What time is it?']);
    expect(all('user-turn')).toHaveLength(1);
  });

  it('answers a typed message in writing while nobody is there', async () => {
    world.server.script(() => ({ tokens: 'It is noon.' }));
    const { conversation, all } = await world.begin();
    const events = await drain(conversation.message('What time is it?', { signal: never }));
    expect(events.at(-1)).toMatchObject({ type: 'end', content: 'It is noon.', interrupted: false });
    expect(all('reply-playing')).toEqual([]);
  });

  it('is cut off where it was heard when the listener goes, and goes on with who comes back', async () => {
    world.server.script((_request, at) => ({
      tokens: at === 0 ? 'one two three four five six seven eight nine ten.' : 'Eleven.',
    }));
    const { attach, say, event, numbers, conversation, line } = await world.begin();
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
    expect(world.seen(1)?.slice(1)).toEqual(['user: Count!', `assistant: ${end.content}`, 'user: Go on']);
  });
});
