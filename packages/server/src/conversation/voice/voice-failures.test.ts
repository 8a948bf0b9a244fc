import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScriptedReply } from '../../testing/openai-server.ts';
import type { VoiceScript } from '../../testing/scripted-voice.ts';
import { closed, createTalkWorld, drain, never, type TalkWorld, until } from '../../testing/spoken-conversation.ts';

let world: TalkWorld;
beforeEach(async () => {
  world = await createTalkWorld();
});
afterEach(() => world.leave());
afterAll(closed);

describe('a spoken conversation in which something fails', () => {
  it('apologises when no model answers, ends when that does not change, and stays usable until then', async () => {
    world.server.script(() => ({ status: 401 }));
    const { attach, say, event, all, conversation } = await world.begin();
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
    world.server.script(
      (_request, at): ScriptedReply =>
        at === 0 ? { tokens: 'one two three four', breakAfter: { tokens: 3, how } } : { tokens: 'fine.' },
    );
    const { attach, say, event } = await world.begin();
    attach();
    await say('Count!');
    expect(await event('reply-end')).toMatchObject({ content: 'one two three' });
    await event('reply-end', 1);
    await say('Again?');
    expect(await event('reply-end', 2)).toMatchObject({ content: 'fine.', origin: { type: 'speech' } });
    expect(world.seen(world.server.requests.length - 1)?.slice(1, 3)).toEqual(['user: Count!', 'assistant: one two three']);
  });

  it('says that an answer takes long', { timeout: 15_000 }, async () => {
    world.server.script(() => ({ hang: 'before-headers' }));
    const { attach, say, event, conversation } = await world.begin();
    attach();
    await say('Hello?');
    expect(await event('notice')).toMatchObject({ code: 'slow-provider' });
    expect(conversation.interrupt()).toBe(true);
    expect(await event('reply-end')).toMatchObject({ content: '', interrupted: true });
    await world.server.requests[0]?.closed;
  });

  it.each(['voice', 'model'])(
    'stops at once though the %s hangs: left alone, the framework would wait for four seconds',
    async (hanging) => {
      world.server.script(
        (_request, at): ScriptedReply =>
          at === 0 && hanging === 'model'
            ? { tokens: 'one two three', breakAfter: { tokens: 2, how: 'hang' } }
            : { tokens: 'one two three four.' },
      );
      const { attach, say, event, conversation } = await world.begin(
        hanging === 'voice' ? { voice: { breakAfter: { words: 2, how: 'hang' } } } : {},
      );
      attach();
      await say('Count!');
      await event('reply-playing');
      conversation.interrupt();
      const late = new Promise<string>((resolve) => setTimeout(resolve, 1_500, 'late'));
      expect(await Promise.race([event('reply-end'), late])).toMatchObject({ interrupted: true });
      await world.server.requests[0]?.closed;
    },
  );

  it.each(['end', 'throw'] as const)('keeps what the voice could say when it breaks in the middle (%s)', async (how) => {
    world.server.script((_request, at) => ({ tokens: at === 0 ? 'one two three four five six.' : 'ok' }));
    const { attach, say, event, conversation, all } = await world.begin({ voice: { breakAfter: { words: 3, how } } });
    attach();
    await say('Count!');
    expect(await event('reply-end')).toMatchObject({ content: 'one two three' });
    expect(
      all('reply-delta')
        .map(({ text }) => text)
        .join(''),
    ).toBe('one two three four five six.');
    await drain(conversation.message('And?', { signal: never }));
    expect(world.seen(1)?.slice(1)).toEqual(['user: Count!', 'assistant: one two three', 'user: And?']);
  });

  it('lets the answer be read when there is no voice', async () => {
    world.server.script((_request, at) => ({ tokens: at === 0 ? 'one two three.' : 'ok' }));
    const { attach, say, event, conversation, all } = await world.begin({ voice: { breakAfter: { words: 0, how: 'end' } } });
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
    expect(world.seen(1)?.slice(1)).toEqual(['user: Count!', 'user: And?']);
  });

  it.each(['throw', 'end'] as const)('greets once more when the voice fails at the greeting (%s)', async (how) => {
    const voice: VoiceScript = { breakAfter: { words: 0, how } };
    const { attach, event, all } = await world.begin({ voice, greeting: 'one two three.' });
    attach();
    expect(await event('reply-end')).toMatchObject({ content: '', origin: { type: 'greeting' } });
    delete voice.breakAfter;
    expect(await event('reply-end', 1)).toMatchObject({ content: 'one two three.', origin: { type: 'greeting' } });
    expect(all('notice')).toEqual([]);
  });

  it('says so when the greeting cannot be said the second time either', async () => {
    const { attach, event, all } = await world.begin({
      voice: { breakAfter: { words: 0, how: 'end' } },
      greeting: 'one two three.',
    });
    attach();
    expect(await event('notice')).toMatchObject({ code: 'voice-failed' });
    expect(all('reply-end').map(({ origin }) => origin?.type)).toEqual(['greeting', 'greeting']);
  });

  it('asks to type when nobody listens, and tries again', async () => {
    const { attach, event, ears } = await world.begin({ earsHow: 'ends' });
    attach();
    expect(await event('notice')).toMatchObject({ code: 'listening-failed' });
    await until(() => ears.streams > 1);
  });

  it('closes within two seconds with a model and a voice that hang', async () => {
    world.server.script((_request, at) => (at === 0 ? { tokens: 'one two three four five.' } : { hang: 'before-first-token' }));
    for (const hanging of ['voice', 'model']) {
      const { attach, say, event, conversation, all } = await world.begin(
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
    const { attach, event, all } = await world.begin({ turn: { nudgeAfterMs: 150, endAfterSilenceMs: 2_500 } });
    attach();
    expect(await event('reply-end')).toMatchObject({ content: 'Are you still there?', origin: { type: 'notice' } });
    expect(await event('over')).toEqual({ type: 'over', reason: 'silence' });
    expect(all('reply-end')).toHaveLength(1);
  });

  it('does not come while nobody is there, nor while somebody speaks', async () => {
    const { attach, event, all, conversation, say } = await world.begin({ turn: { nudgeAfterMs: null, endAfterSilenceMs: 400 } });
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
    world.server.script(() => ({ tokens: 'one two three four five six seven eight nine ten.' }));
    const { attach, event, say, events } = await world.begin({ endsAt: Date.now() + 1_200 });
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
    world.server.script(() => ({
      tokens: said === '' ? [] : said,
      toolCall: { name: 'end_call', arguments: JSON.stringify({ goodbye }) },
    }));
    const { attach, say, event, events, numbers } = await world.begin({ turn: { endCall: true } });
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
    world.server.script(() => ({ tokens: 'one two three four five six.' }));
    const { attach, say, event, conversation } = await world.begin();
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
    world.server.script(() => ({ tokens: 'one.' }));
    const { attach, say, event, conversation } = await world.begin();
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
