import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const created = async (body: object = { name: 'Support' }) =>
  (await api.call('POST', '/agents', body)).body.agent as { agent_id: number };

describe('agents', () => {
  it('are created with the documented keys, types and defaults', async () => {
    const { status, body } = await api.call('POST', '/agents', { name: 'Sales' });
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      message: 'Agent created successfully',
      agent: {
        agent_id: expect.any(Number),
        name: 'Sales',
        avatar_id: null,
        language: 'en',
        custom_greeting: null,
        context: null,
        status: 'active',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    });
  });

  it('are read as a bare object', async () => {
    const { agent_id } = await created({ name: 'A', context: 'Be kind.', properties: { llm: { temperature: 0.2 } } });
    const { status, body } = await api.call('GET', `/agents/${agent_id}`);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(
      [
        'id',
        'user_id',
        'name',
        'avatar_id',
        'voice_id',
        'role_id',
        'language',
        'custom_greeting',
        'context',
        'properties',
        'memories',
        'knowledge_base',
        'status',
        'created_at',
        'updated_at',
        'last_used_at',
        'total_sessions',
        'avg_duration',
      ].sort(),
    );
    expect(body).toMatchObject({ role_id: null, properties: { llm: { temperature: 0.2 } }, total_sessions: 0, avg_duration: 0 });
  });

  it('change only in the fields that are sent', async () => {
    const { agent_id } = await created({ name: 'Before', context: 'kept' });
    expect((await api.call('PUT', `/agents/${agent_id}`, { name: 'After', memories: { seen: 1 } })).body).toEqual({
      success: true,
    });
    expect((await api.call('GET', `/agents/${agent_id}`)).body).toMatchObject({
      name: 'After',
      context: 'kept',
      memories: { seen: 1 },
    });
    expect(await api.call('PUT', `/agents/${agent_id}`, {})).toMatchObject({
      status: 400,
      body: { error: 'No fields to update' },
    });
  });

  it('are listed newest change first, archived ones only when asked for', async () => {
    const { agent_id } = await created({ name: 'Old' });
    await api.call('PUT', `/agents/${agent_id}`, { status: 'archived' });
    const ids = (list: { body: { agents: Array<{ agent_id: number }> } }) => list.body.agents.map((agent) => agent.agent_id);
    expect(ids(await api.call('GET', '/agents'))).not.toContain(agent_id);
    expect(ids(await api.call('GET', '/agents?status=all'))[0]).toBe(agent_id);
  });

  it('are listed page by page without a gap or a repeat', async () => {
    for (let n = 0; n < 5; n++) await created({ name: `Page ${n}` });
    const all = (await api.call('GET', '/agents')).body.agents as unknown[];
    const seen: unknown[] = [];
    let cursor = '';
    for (;;) {
      const { body, headers } = await api.call('GET', `/agents?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.agents);
      expect(headers['x-next-cursor']).toBe(body.next_cursor);
      if (!body.next_cursor) break;
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(all);
  });

  it('of another user look exactly like missing ones', async () => {
    const { agent_id } = await created();
    const other = await api.anotherUser();
    const asOther = { 'x-api-key': other.apiKey };
    for (const [method, body] of [['GET'], ['PUT', { name: 'x' }], ['DELETE']] as const) {
      const theirs = await api.call(method, `/agents/${agent_id}`, body, asOther);
      const missing = await api.call(method, '/agents/999999', body, asOther);
      expect(theirs.status).toBe(404);
      expect([theirs.status, theirs.body]).toEqual([missing.status, missing.body]);
    }
  });

  it('name the wrong field, and the key that was probably meant', async () => {
    const refused = async (body: unknown) => (await api.call('POST', '/agents', body)).body;
    expect(await refused({})).toMatchObject({ success: false, code: 'invalid-request', details: { name: 'is required' } });
    expect((await refused({ name: 'x', properties: { llm: { temprature: 1 } } })).details).toEqual({
      'properties.llm.temprature': 'is not known; did you mean "temperature"?',
    });
    expect((await refused('{"name":"a","name":"b"}')).details).toEqual({ name: 'is given twice' });
    expect(Object.entries((await refused('{"name":"a","__proto__":{}}')).details)).toEqual([
      ['__proto__', 'is not allowed as a key'],
    ]);
    expect((await refused('{"name":"a')).details).toEqual({ body: 'is not valid JSON' });
    expect((await refused('{"name":"\\ud800"}')).details).toEqual({ name: 'is not well-formed Unicode' });
  });

  it('keep their place in the idempotency of a create', async () => {
    const headers = { 'idempotency-key': 'create-1' };
    const first = await api.call('POST', '/agents', { name: 'Once' }, headers);
    const again = await api.call('POST', '/agents', { name: 'Once' }, headers);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(await api.call('POST', '/agents', { name: 'Other' }, headers)).toMatchObject({
      status: 409,
      body: { code: 'idempotency-mismatch' },
    });
  });
});
