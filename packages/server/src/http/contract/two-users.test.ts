import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, operationsOf, VALID_BODIES } from '../../testing/api-operations.ts';
import { idOf, makeWorld, pathWith, type World } from '../../testing/api-world.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

const MISSING_ID = 999_999;

let api: TestApi;
let operations: Operation[];
let victim: World;
let member: World;
let administrator: World;
beforeAll(async () => {
  api = await startTestApi();
  operations = await operationsOf(api);
  victim = await makeWorld(api, await api.anotherUser(), 'theirs');
  member = await makeWorld(api, await api.anotherUser(), 'mine');
  administrator = await makeWorld(api, api, 'mine');
});
afterAll(() => api.close());

/** What a caller can tell two answers apart by. */
function visible({ status, body, headers }: TestAnswer) {
  const told = Object.entries(headers).filter(([name]) => name !== 'date' && name !== 'x-request-id');
  return { status, text: JSON.stringify(body), headers: told };
}

const as = (caller: World, more: Record<string, string> = {}) => ({ 'x-api-key': caller.apiKey, ...more });

/** Everything that a user sees of their own. */
async function everythingOf(world: World): Promise<unknown[]> {
  const paths = ['/agents?status=all', '/sessions', '/avatars', '/keys', '/providers', '/auth/me'];
  paths.push(`/agents/${world.agentId}`, `/sessions/${world.sessionId}`, `/sessions/${world.sessionId}/messages`);
  paths.push(`/sessions/${world.endedSessionId}`, `/agents/${world.agentId}/sessions`, `/avatars/${world.avatarId}`);
  const read: unknown[] = [];
  for (const path of paths) {
    const { status, body } = await api.call('GET', path, undefined, as(world));
    expect([path, status]).toEqual([path, 200]);
    // The key in use tells when it was used last.
    read.push(path === '/keys' ? body.keys.map((key: object) => ({ ...key, last_used_at: null })) : body);
  }
  return read;
}

describe('what is another user’s answers as what is not there, byte for byte,', () => {
  it('on every endpoint with an id, for members and administrators, and nothing happens to it', async () => {
    const before = await everythingOf(victim);
    const withIds = operations.filter(({ path, isPublic }) => path.includes('{') && !path.startsWith('/models') && !isPublic);
    expect(withIds.length).toBeGreaterThan(20);
    for (const caller of [member, administrator]) {
      for (const operation of withIds) {
        // Users are an administrator's to manage.
        if (caller === administrator && operation.path.startsWith('/users')) continue;
        const missing = operation.path.includes('{name}') ? 'nobodys' : MISSING_ID;
        if (operation.id === 'putProvider') continue;
        for (const theirs of theirIds(operation)) {
          const body = VALID_BODIES[operation.id]?.(caller);
          const answers = [];
          for (const id of [theirs, missing]) {
            answers.push(visible(await api.call(operation.method, pathWith(operation, id), body, as(caller))));
          }
          expect([operation.id, answers[0]]).toEqual([operation.id, answers[1]]);
          expect([operation.id, [403, 404].includes(answers[0]?.status ?? 0)]).toEqual([operation.id, true]);
        }
      }
    }
    expect(await everythingOf(victim)).toEqual(before);
  });

  it('with a key that lacks the scope, too', async () => {
    for (const scope of ['sessions', 'agents', 'avatars']) {
      const { key } = (await api.call('POST', '/keys', { name: scope, scopes: [scope] }, as(member))).body;
      for (const operation of operations.filter(({ path }) => path.includes('{id}'))) {
        const body = VALID_BODIES[operation.id]?.(member);
        const [theirs, missing] = [theirIds(operation)[0], MISSING_ID];
        const [one, two] = [
          visible(await api.call(operation.method, pathWith(operation, theirs), body, { 'x-api-key': key })),
          visible(await api.call(operation.method, pathWith(operation, missing), body, { 'x-api-key': key })),
        ];
        expect([scope, operation.id, one]).toEqual([scope, operation.id, two]);
      }
    }
  });

  it('where its id is in a body or a query', async () => {
    const same = async (
      method: string,
      path: (id: number) => string,
      body: (id: number) => object | undefined,
      theirs: number,
    ) => {
      const [one, two] = [
        visible(await api.call(method, path(theirs), body(theirs), as(member))),
        visible(await api.call(method, path(MISSING_ID), body(MISSING_ID), as(member))),
      ];
      expect(one).toEqual(two);
      return one;
    };
    const here = (path: string) => () => path;
    const starts = await same('POST', here('/sessions'), (agent_id) => ({ agent_id }), victim.agentId);
    expect(starts).toMatchObject({
      status: 404,
      text: '{"success":false,"error":"Agent not found or access denied","code":"agent-not-found"}',
    });
    const avatar = (avatar_id: number) => ({ name: 'x', avatar_id });
    expect((await same('POST', here('/agents'), avatar, victim.avatarId)).status).toBe(400);
    expect((await same('PUT', here(`/agents/${member.agentId}`), avatar, victim.avatarId)).status).toBe(400);
    const query = await same(
      'GET',
      (id) => `/sessions?agent_id=${id}`,
      () => undefined,
      victim.agentId,
    );
    expect(query.text).toBe('{"success":true,"sessions":[]}');
  });

  it('where its place is in a cursor or a Last-Event-ID', async () => {
    const cursor = (await api.call('GET', '/sessions?limit=1', undefined, as(victim))).headers['x-next-cursor'];
    expect(cursor).toEqual(expect.any(String));
    const mine = (await api.call('GET', '/sessions', undefined, as(member))).body.sessions as Array<{ session_id: number }>;
    const page = (await api.call('GET', `/sessions?cursor=${cursor}`, undefined, as(member))).body.sessions as object[];
    for (const session of page) expect(mine).toContainEqual(session);

    const resume = (id: string) =>
      api.call('POST', `/sessions/${member.sessionId}/messages`, { message: 'x' }, as(member, { 'last-event-id': id }));
    expect(visible(await resume(`${victim.messageId}.1.0`))).toEqual(visible(await resume(`${MISSING_ID}.1.0`)));
    const theirSession = (id: string) =>
      api.call('POST', `/sessions/${victim.sessionId}/messages`, { message: 'x' }, as(member, { 'last-event-id': id }));
    const noSession = await api.call('POST', `/sessions/${MISSING_ID}/messages`, { message: 'x' }, as(member));
    expect(visible(await theirSession(`${victim.messageId}.1.0`))).toEqual(visible(noSession));
  });
});

describe('two users', () => {
  it('may use the same Idempotency-Key, each for their own', async () => {
    const key = { 'idempotency-key': 'one-and-the-same' };
    const create = (caller: World, name: string) => api.call('POST', '/agents', { name }, as(caller, key));
    const [theirs, mine] = [await create(victim, 'Theirs'), await create(member, 'Mine')];
    expect([theirs.status, mine.status, mine.body.agent.name]).toEqual([201, 201, 'Mine']);
    expect((await create(member, 'Mine')).body).toEqual(mine.body);
    expect(mine.body.agent.agent_id).not.toBe(theirs.body.agent.agent_id);
  });

  it('see only their own in every list', async () => {
    const text = async (path: string, caller: World) => JSON.stringify((await api.call('GET', path, undefined, as(caller))).body);
    for (const caller of [member, administrator]) {
      expect(await text('/sessions', caller)).not.toContain(`"session_id":${victim.sessionId},`);
      expect(await text('/agents?status=all', caller)).not.toContain(`"agent_id":${victim.agentId},`);
      for (const path of ['/avatars', '/avatars/public'])
        expect(await text(path, caller)).not.toContain(`"id":${victim.avatarId},`);
      expect(await text('/keys', caller)).not.toContain(`"key_id":${victim.keyId},`);
      expect(await text('/providers', caller)).not.toContain('"theirs"');
    }
    const usage = async (caller: World) => (await api.call('GET', '/usage', undefined, as(caller))).body.live.total;
    expect(await usage(member)).toBe(1);
  });

  it('may have providers of the same name', async () => {
    const put = (base_url: string, caller: World) => api.call('PUT', '/providers/theirs', { base_url }, as(caller));
    const before = await api.call('GET', '/providers/theirs', undefined, as(victim));
    expect((await put('https://9.9.9.9/v1', member)).status).toBe(200);
    expect((await api.call('GET', '/providers/theirs', undefined, as(victim))).body).toEqual(before.body);
    expect((await api.call('DELETE', '/providers/theirs', undefined, as(member))).status).toBe(200);
  });
});

describe('what is for administrators', () => {
  it('is refused to members, with every key and for every id', async () => {
    const forAdministrators = operations.filter(
      ({ path, id }) => path.startsWith('/users') || ['pullModel', 'verifyModel', 'removeModel'].includes(id),
    );
    expect(forAdministrators.length).toBe(8);
    for (const operation of forAdministrators) {
      for (const id of [idOf(operation, member), idOf(operation, victim)]) {
        const body = VALID_BODIES[operation.id]?.(member);
        const { status } = await api.call(operation.method, pathWith(operation, id), body, as(member));
        expect([operation.id, status]).toEqual([operation.id, operation.path.startsWith('/models') ? 404 : 403]);
      }
    }
    expect(await api.call('PUT', `/avatars/${member.avatarId}`, { is_public: 1 }, as(member))).toMatchObject({ status: 403 });
    expect((await api.call('POST', '/keys', { name: 'x', scopes: ['admin'] }, as(member))).status).toBe(403);
  });
});

/** The ids of the victim that a path could be about. */
function theirIds(operation: Operation): Array<number | string> {
  const id = idOf(operation, victim);
  const ids = id === undefined ? [] : [id];
  return operation.path.startsWith('/sessions') ? [...ids, victim.endedSessionId] : ids;
}
