import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenAiServer, startOpenAiServer } from '../../testing/openai-server.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

const SITE = 'https://shop.example';
const MINUTE = 60_000;
const BUSY = [429, 'embed-busy'];
const EXHAUSTED = [429, 'embed-budget-exhausted'];

let models: OpenAiServer;
let api: TestApi;
let time: number;
let agentId: number;
beforeAll(async () => {
  models = await startOpenAiServer();
  models.script(() => ({ tokens: 'We open at nine.' }));
});
afterAll(() => models.close());
beforeEach(async () => {
  time = Date.UTC(2026, 0, 15, 10);
  api = await startTestApi({ now: () => time, models });
  agentId = (await api.call('POST', '/agents', { name: 'Ada' })).body.agent.agent_id;
});
afterEach(() => api.close());

const created = async (more: object) => {
  const { body } = await api.call('POST', '/embeds', { agent_id: agentId, name: 'Shop', allowed_origins: [SITE], ...more });
  return body.embed.embed_id as string;
};
const start = (embed: string, type: 'agent_chat' | 'agent_voice') =>
  api.call('POST', `/embeds/${embed}/sessions`, { session_type: type }, { authorization: '', origin: SITE });
const started = async (embed: string, type: 'agent_chat' | 'agent_voice') => {
  const { status, body } = await start(embed, type);
  expect(status).toBe(201);
  return body.session as { session_id: number; session_token: string; expires_at: string };
};
const visitor = ({ session_token: token }: { session_token: string }) => ({ authorization: `Bearer ${token}`, origin: SITE });
type Started = Awaited<ReturnType<typeof started>>;
const write = (session: Started) =>
  api.call('POST', `/sessions/${session.session_id}/messages`, { message: 'When?' }, visitor(session));
const change = (session: Started, type: string) =>
  api.call('PATCH', `/sessions/${session.session_id}`, { session_type: type }, visitor(session));
const end = ({ session_id: id }: Started) => api.call('PUT', `/sessions/${id}/end`);
const usage = async (embed: string) => (await api.call('GET', `/embeds/${embed}`)).body.embed.usage_today;
const refusal = ({ status, body }: TestAnswer) => [status, body.code];
const minutesLeft = ({ expires_at: at }: { expires_at: string }) => (Date.parse(at) - time) / MINUTE;
/** As a worker tells of a client that is connected for so long. */
const talks = async ({ session_id: id }: Started, milliseconds: number) => {
  const epoch = (await api.storage.write(({ sessions }) => sessions.claim(id))) ?? 0;
  await api.storage.write(({ sessions }) => sessions.joined(id, epoch, time));
  time += milliseconds;
  await api.storage.write(({ sessions }) => sessions.left(id, epoch, time));
};

describe('the sessions that an embed may start a day', () => {
  it('are no more whatever comes at once; who is refused is told so, until midnight', async () => {
    const embed = await created({ sessions_per_day: 3 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => start(embed, 'agent_chat')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const answer of refused) expect(refusal(answer)).toEqual(EXHAUSTED);
    expect(refused[0]?.body.error).toBe('This embed has used up its budget for today');
    expect(refused[0]?.headers['retry-after']).toBe(String(14 * 3_600));
    expect((await usage(embed)).sessions).toBe(3);
    time = Date.UTC(2026, 0, 16, 0, 1);
    expect((await start(embed, 'agent_chat')).status).toBe(201);
  });

  it('are not used where the session is refused for another reason', async () => {
    const { user, apiKey } = await api.anotherUser();
    await api.storage.write((stores) => stores.users.update(user.id, { limits: { concurrentSessions: 1 } }, time));
    const mine = { 'x-api-key': apiKey };
    const { agent_id } = (await api.call('POST', '/agents', { name: 'Bob' }, mine)).body.agent;
    const { embed } = (await api.call('POST', '/embeds', { agent_id, name: 'x', allowed_origins: [SITE] }, mine)).body;
    await started(embed.embed_id, 'agent_voice');
    expect(refusal(await start(embed.embed_id, 'agent_voice'))).toEqual([429, 'concurrency-limit']);
    const { body } = await api.call('GET', `/embeds/${embed.embed_id}`, undefined, mine);
    expect(body.embed.usage_today).toEqual({ sessions: 1, minutes: 30 });
  });
});

describe('the minutes of an embed in which visitors talk', () => {
  it('are no more whatever comes at once: each call is as long as what is left', async () => {
    const embed = await created({ minutes_per_day: 5, minutes_per_session: 2 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => start(embed, 'agent_voice')));
    const calls = answers.flatMap(({ status, body }) => (status === 201 ? [minutesLeft(body.session)] : []));
    expect(calls.sort()).toEqual([1, 2, 2]);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const answer of refused) expect(refusal(answer)).toEqual(BUSY);
    expect(refused[0]?.headers['retry-after']).toBe('60');
    expect(await usage(embed)).toEqual({ sessions: 3, minutes: 5 });
  });

  it('come back where a call did not use them, also of one that is deleted', async () => {
    const embed = await created({ minutes_per_day: 30, minutes_per_session: 30 });
    const call = await started(embed, 'agent_voice');
    expect(refusal(await start(embed, 'agent_voice'))).toEqual(BUSY);
    await talks(call, 10 * MINUTE);
    await end(call);
    await end(call);
    await api.call('DELETE', `/sessions/${call.session_id}`);
    expect(await usage(embed)).toEqual({ sessions: 1, minutes: 10 });
    expect(minutesLeft(await started(embed, 'agent_voice'))).toBe(20);
  });

  it('are used up when they have been talked away: there is nothing to wait for but midnight', async () => {
    const embed = await created({ minutes_per_day: 2, minutes_per_session: 30 });
    const call = await started(embed, 'agent_voice');
    await talks(call, 2 * MINUTE);
    const refused = await start(embed, 'agent_voice');
    expect(refusal(refused)).toEqual(EXHAUSTED);
    expect(refused.headers['retry-after']).toBe(String(14 * 3_600 - 120));
    expect(refusal(await start(embed, 'agent_chat'))).toEqual(EXHAUSTED);
  });

  it('are set aside when a chat becomes a call, once, and come back when it becomes a chat again', async () => {
    const embed = await created({ minutes_per_day: 30, minutes_per_session: 20 });
    const session = await started(embed, 'agent_chat');
    expect(await usage(embed)).toEqual({ sessions: 1, minutes: 0 });
    expect(minutesLeft(session)).toBe(240);
    const calls = await Promise.all([change(session, 'agent_voice'), change(session, 'agent_video')]);
    expect(calls.map(({ status }) => status)).toEqual([200, 200]);
    expect(await usage(embed)).toEqual({ sessions: 1, minutes: 20 });
    const lasts = async () => {
      const live = (await api.storage.read.sessions.allLive()).find(({ id }) => id === session.session_id);
      return ((live?.expiresAt ?? 0) - time) / MINUTE;
    };
    expect(await lasts()).toBe(20);
    await talks(session, 3 * MINUTE);
    expect((await change(session, 'agent_chat')).status).toBe(200);
    expect(await usage(embed)).toEqual({ sessions: 1, minutes: 3 });
    expect(await lasts()).toBe(237);

    const other = await started(embed, 'agent_voice');
    expect((await change(session, 'agent_voice')).status).toBe(200);
    expect(await lasts()).toBe(7);
    await talks(session, 7 * MINUTE);
    expect(refusal(await start(embed, 'agent_voice'))).toEqual(BUSY);
    await end(session);
    await end(other);
    expect(await usage(embed)).toEqual({ sessions: 2, minutes: 10 });
  });

  it('leave a chat what it is where there are none', async () => {
    const embed = await created({ minutes_per_day: 20, minutes_per_session: 20 });
    const chat = await started(embed, 'agent_chat');
    await started(embed, 'agent_voice');
    expect(refusal(await change(chat, 'agent_voice'))).toEqual(BUSY);
    const { body } = await api.call('GET', `/sessions/${chat.session_id}`);
    expect(body.session).toMatchObject({ session_type: 'agent_chat', status: 'active' });
  });
});

describe('the minutes of an embed in which visitors write', () => {
  it('are those with messages in them: a chat that waits uses none', async () => {
    const embed = await created({ minutes_per_day: 30, minutes_per_session: 30 });
    const chats = await Promise.all(Array.from({ length: 20 }, () => started(embed, 'agent_chat')));
    const [chat] = chats as [Started];
    expect((await Promise.all([write(chat), write(chat)])).map(({ status }) => status)).toEqual([201, 201]);
    expect(await usage(embed)).toEqual({ sessions: 20, minutes: 1 });
    time += 10 * MINUTE;
    expect((await write(chat)).status).toBe(201);
    for (const each of chats) await end(each);
    expect(await usage(embed)).toEqual({ sessions: 20, minutes: 2 });
  });

  it('are not counted beside a call, nor where a message is refused', async () => {
    const embed = await created({ minutes_per_day: 30, minutes_per_session: 2 });
    const call = await started(embed, 'agent_voice');
    expect((await api.call('POST', `/sessions/${call.session_id}/messages`, { message: ' ' }, visitor(call))).status).toBe(400);
    const epoch = (await api.storage.write(({ sessions }) => sessions.claim(call.session_id))) ?? 0;
    await api.storage.write(({ sessions }) => sessions.joined(call.session_id, epoch, time));
    expect((await write(call)).status).toBe(201);
    expect(await usage(embed)).toEqual({ sessions: 1, minutes: 2 });
  });

  it('end with the budget, and nothing of the message that is refused is kept', async () => {
    const embed = await created({ minutes_per_day: 1, minutes_per_session: 1 });
    const chat = await started(embed, 'agent_chat');
    expect((await write(chat)).status).toBe(201);
    time += 59_000;
    expect((await write(chat)).status).toBe(201);
    time += 1_000;
    expect(refusal(await write(chat))).toEqual(EXHAUSTED);
    const { body } = await api.call('GET', `/sessions/${chat.session_id}/messages`);
    expect(body.messages.filter(({ role }: { role: string }) => role === 'user')).toHaveLength(2);
    expect(refusal(await start(embed, 'agent_chat'))).toEqual(EXHAUSTED);
  });

  it('are of the day on which is written: a chat goes on after midnight', async () => {
    time = Date.UTC(2026, 0, 15, 23, 58);
    const embed = await created({ minutes_per_day: 1 });
    const chat = await started(embed, 'agent_chat');
    expect((await write(chat)).status).toBe(201);
    time += 1.5 * MINUTE;
    expect(refusal(await write(chat))).toEqual(EXHAUSTED);
    time += MINUTE;
    expect((await write(chat)).status).toBe(201);
    expect(await usage(embed)).toEqual({ sessions: 0, minutes: 1 });
  });
});
