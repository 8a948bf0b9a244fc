import { describe, expect, it } from 'vitest';
import type { Conversation, ConversationSpec } from '../core/conversation.ts';
import { createHostedConversations } from './hosted-conversations.ts';
import type { FromWorker } from './messages.ts';

const SPEC: ConversationSpec = { sessionId: 1, instructions: '', history: [], models: [] };

/** Hosted conversations that answer "ok" and tell what becomes of them. */
function hostedHere(mostResident = 2) {
  const sent: FromWorker[] = [];
  const closed: number[] = [];
  let time = 0;
  const hosted = createHostedConversations({
    start: async ({ sessionId }): Promise<Conversation> => ({
      async *message() {
        yield {
          type: 'end',
          content: 'ok',
          interrupted: false,
          provider: 'p',
          model: 'm',
          latency: { first_token: 0, total: 0 },
        };
      },
      async close() {
        closed.push(sessionId);
      },
    }),
    send: (message) => sent.push(message),
    settings: { logLevel: 'silent', residentIdleMs: 1_000, mostResident },
    now: () => time,
    onError: () => undefined,
  });
  const say = async (sessionId: number, epoch = 1, withSpec = true) => {
    const turnId = sent.length + 1;
    hosted.handle({ type: 'message', sessionId, epoch, turnId, text: 'hi', ...(withSpec && { spec: { ...SPEC, sessionId } }) });
    for (let n = 0; n < 10; n++) await Promise.resolve();
    return sent.filter((message) => 'turnId' in message && message.turnId === turnId).at(-1)?.type;
  };
  const putAway = () => sent.flatMap((message) => (message.type === 'put-away' ? [message.sessionId] : []));
  return { hosted, say, putAway, closed, pass: (ms: number) => (time += ms) };
}

describe('a worker', () => {
  it('answers for the sessions it holds, and asks for those it does not', async () => {
    const { say } = hostedHere();
    expect(await say(1, 1, false)).toBe('not-hosted');
    expect(await say(1)).toBe('reply');
    expect(await say(1, 1, false)).toBe('reply');
  });

  it('holds a session in one epoch only', async () => {
    const { say, closed } = hostedHere();
    await say(1, 1);
    expect(await say(1, 2, false)).toBe('not-hosted');
    expect(await say(1, 2)).toBe('reply');
    expect(closed).toEqual([1]);
    expect(await say(1, 1, false)).toBe('not-hosted');
  });

  it('puts the longest unused away when it holds too many', async () => {
    const { say, putAway, closed } = hostedHere(2);
    await say(1);
    await say(2);
    await say(1);
    await say(3);
    expect(putAway()).toEqual([2]);
    expect(closed).toEqual([2]);
  });

  it('puts idle ones away, and only those', async () => {
    const { hosted, say, putAway, pass } = hostedHere(10);
    await say(1);
    pass(600);
    await say(2);
    pass(500);
    hosted.tidy(1_100);
    expect(putAway()).toEqual([1]);
    expect(hosted.size()).toBe(1);
  });
});
