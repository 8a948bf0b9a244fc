import type { ServerEvent } from '@visavis/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { presentMessage } from '../../http/present/message.ts';
import { type TemporaryStorage, temporaryStorage } from '../../testing/temporary-storage.ts';
import { createSessionEvents } from '../sessions/session-events.ts';
import type { CallEvent } from './call-events.ts';
import { createCallLog } from './call-log.ts';
import type { ReplyOrigin } from './voice-conversation.ts';

let temporary: TemporaryStorage;
beforeAll(async () => {
  temporary = await temporaryStorage();
});
afterAll(() => temporary.remove());

/** A call in a session of its own, on a real database. */
async function callHere() {
  const { storage } = temporary;
  const told: ServerEvent[] = [];
  const ended: string[] = [];
  const errors: unknown[] = [];
  const log = createCallLog({
    storage,
    events: createSessionEvents(),
    host: { tell: (_id: number, event: ServerEvent) => void told.push(event) } as never,
    now: () => 1_000,
    present: presentMessage,
    end: async (_user, _id, reason) => void ended.push(reason),
    observe: () => undefined,
    observeFailure: () => undefined,
    onError: (error) => errors.push(error),
  });
  const { userId, session } = await storage.write(async (stores) => {
    const user = await stores.users.insert({ role: 'member', email: null, name: 'A', limits: {} }, 0);
    const agent = await stores.agents.insert(
      user.id,
      {
        name: 'A',
        avatarId: null,
        language: 'en',
        customGreeting: 'Hi',
        context: null,
        properties: null,
        memories: null,
        knowledgeBase: null,
      },
      0,
    );
    const wish = { agentId: agent.id, type: 'agent_voice', language: 'en', metadata: {}, warnings: [] as string[] } as const;
    const session = await stores.sessions.insert(user.id, { ...wish, idleTimeoutMs: 60_000, expiresAt: 1e6 }, 0);
    return { userId: user.id, session };
  });
  const epoch = (await storage.write((stores) => stores.sessions.claim(session.id))) ?? 0;
  log.begin({ sessionId: session.id, epoch, userId });
  const messages = async () =>
    (await storage.read.messages.turns(userId, session.id)).map(
      ({ role, content, source, answered, interrupted, spokenMs, latency }) => ({
        role,
        content,
        source,
        answered,
        interrupted,
        spokenMs,
        latency,
      }),
    );
  return {
    log,
    told,
    ended,
    errors,
    epoch,
    messages,
    id: session.id,
    timeline: async () => (await storage.read.timeline.list(userId, session.id)).entries.map(({ event }) => event),
    session: () => storage.read.sessions.find(userId, session.id),
    handle: (...events: CallEvent[]) => {
      for (const event of events) log.handle(session.id, epoch, event);
    },
    takeOver: () => storage.write((stores) => stores.sessions.claim(session.id)),
  };
}

const replyEnd = (replyId: string, origin: ReplyOrigin, content: string, interrupted = false): CallEvent => ({
  type: 'reply-end',
  replyId,
  origin,
  content,
  interrupted,
  spokenMs: 1_234.5,
  latency: { first_token: 10 },
  provider: 'p',
  model: 'm',
});

describe('what is said in a call', () => {
  let call: Awaited<ReturnType<typeof callHere>>;
  beforeEach(async () => {
    call = await callHere();
  });

  it('is stored turn by turn, with what was heard of each reply', async () => {
    call.handle(
      { type: 'joined' },
      { type: 'reply-start', replyId: 'g', origin: { type: 'greeting' } },
      replyEnd('g', { type: 'greeting' }, 'Hi'),
      { type: 'user-turn', turnId: 't1', text: 'When do you open?', at: 5 },
      { type: 'reply-start', replyId: 'r1', origin: { type: 'speech', turnId: 't1' } },
      replyEnd('r1', { type: 'speech', turnId: 't1' }, 'We open', true),
      { type: 'reply-latency', replyId: 'r1', latency: { first_token: 10, first_audio_heard: 300 } },
    );
    await call.log.finish(call.id);
    expect(call.errors).toEqual([]);
    const spoken = { source: 'speech', answered: true, spokenMs: 1_235 };
    expect(await call.messages()).toEqual([
      { ...spoken, role: 'assistant', content: 'Hi', interrupted: false, latency: { first_token: 10 } },
      {
        role: 'user',
        content: 'When do you open?',
        source: 'speech',
        answered: true,
        interrupted: false,
        spokenMs: null,
        latency: null,
      },
      {
        ...spoken,
        role: 'assistant',
        content: 'We open',
        interrupted: true,
        latency: { first_token: 10, first_audio_heard: 300 },
      },
    ]);
    expect((await call.session())?.greeted).toBe(true);
    expect(call.told.map((event) => event.type === 'message' && event.message.content)).toEqual([
      'Hi',
      'When do you open?',
      'We open',
    ]);
  });

  it('is left to the request where it was typed, and nothing is stored of what nobody heard', async () => {
    call.handle(replyEnd('r1', { type: 'text', messageId: 7 }, 'Typed'), replyEnd('r2', { type: 'notice' }, '', true));
    await call.log.finish(call.id);
    expect(await call.messages()).toEqual([]);
  });

  it('is stored up to what was heard where the worker is lost, and the client is waited for', async () => {
    call.handle(
      { type: 'joined' },
      { type: 'user-turn', turnId: 't1', text: 'Hello?', at: 5 },
      { type: 'reply-start', replyId: 'r1', origin: { type: 'speech', turnId: 't1' } },
      { type: 'reply-heard', replyId: 'r1', content: 'One', spokenMs: 300 },
      { type: 'reply-heard', replyId: 'r1', content: 'One two', spokenMs: 600 },
    );
    call.log.lost(call.id, call.epoch);
    await expect.poll(async () => (await call.session())?.deadlineReason).toBe('client-gone');
    expect((await call.messages()).at(-1)).toMatchObject({ content: 'One two', interrupted: true, spokenMs: 600 });
    expect(await call.session()).toMatchObject({ connectedSince: null, status: 'active' });
    expect(await call.timeline()).toContainEqual({ type: 'left', reason: 'worker-lost' });
  });

  it('is refused from a worker whose session another one has taken over', async () => {
    await call.takeOver();
    call.handle(
      { type: 'user-turn', turnId: 't1', text: 'Too late', at: 5 },
      replyEnd('r', { type: 'speech', turnId: 't1' }, 'Late'),
    );
    await call.log.finish(call.id);
    expect(await call.messages()).toEqual([]);
    expect(call.told).toEqual([]);
  });

  it('leaves a timeline of what happened besides: no more of pictures than their changes', async () => {
    const picture = { level: 'small', fps: 15, width: 320, height: 320, reason: 'cpu' } as const;
    const full = { ...picture, level: 'full', reason: 'none' } as const;
    call.handle(
      { type: 'joined' },
      { type: 'state', state: 'thinking' },
      { type: 'video-quality', quality: full },
      { type: 'provider-failed', provider: 'p', stage: 'thinking', kind: 'timeout' },
      { type: 'notice', code: 'slow-provider', text: 'One moment.' },
      { type: 'video-quality', quality: picture },
      { type: 'video-quality', quality: picture },
      { type: 'video-quality', quality: full },
      replyEnd('r1', { type: 'greeting' }, 'Hi', true),
      replyEnd('r2', { type: 'notice' }, '', true),
      replyEnd('r3', { type: 'notice' }, 'Bye'),
      { type: 'left', reason: 'connection-lost' },
      { type: 'joined' },
    );
    await call.log.finish(call.id, 'switched-to-chat');
    expect(call.errors).toEqual([]);
    expect(await call.timeline()).toEqual([
      { type: 'joined' },
      { type: 'provider-failed', provider: 'p', stage: 'thinking', kind: 'timeout' },
      { type: 'notice', code: 'slow-provider', text: 'One moment.' },
      { type: 'picture', ...picture },
      { type: 'picture', ...full },
      { type: 'interrupted', message_id: expect.any(Number), spoken_ms: 1_235 },
      { type: 'interrupted' },
      { type: 'left', reason: 'connection-lost' },
      { type: 'joined' },
      { type: 'left', reason: 'switched-to-chat' },
    ]);
  });

  it('ends the session when the conversation is over', async () => {
    call.handle({ type: 'over', reason: 'ended-by-agent' });
    await call.log.finish(call.id);
    expect(call.ended).toEqual(['ended-by-agent']);
  });
});
