import { AgentDetail } from '@visavis/protocol';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUILT_IN_VOICES } from '../core/voices/built-in-voices.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { completeBuiltInAvatars } from './built-in-avatars.ts';
import { builtInCharacters } from './built-in-characters.ts';
import { createDemoAgents } from './demo-agents.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

/** A picture of the right size in a color of the character's own. */
const drawCharacter = (name: string) =>
  sharp({
    create: { width: 1024, height: 1024, channels: 3, background: { r: name.charCodeAt(0), g: name.charCodeAt(1), b: 0 } },
  })
    .png()
    .toBuffer();
const deps = () => ({ storage: api.storage, images: api.images, drawCharacter, now: Date.now });
const make = () => createDemoAgents(deps(), api.user.id);
const complete = () => completeBuiltInAvatars(deps(), new AbortController().signal);
const agents = async (): Promise<Array<Record<string, string>>> => (await api.call('GET', '/agents')).body.agents;

describe('the demo agents', () => {
  it('are three different ones that belong to their owner, with public avatars of the system', async () => {
    expect(await make()).toBe(true);
    const list = await agents();
    expect(list[0]?.name).toBe('Sales Support Agent');
    for (const field of ['name', 'context', 'custom_greeting', 'voice_id', 'avatar_id', 'avatar_name', 'avatar_url']) {
      expect(new Set(list.map((agent) => agent[field])).size, field).toBe(3);
    }
    const details = await Promise.all(list.map(async ({ agent_id }) => (await api.call('GET', `/agents/${agent_id}`)).body));
    for (const detail of details)
      expect(AgentDetail.parse(detail)).toMatchObject({ user_id: api.user.id, knowledge_base: expect.any(Object) });

    const avatars = (await api.call('GET', '/avatars/public')).body;
    expect(avatars).toHaveLength(3);
    for (const avatar of avatars) {
      expect(avatar).toMatchObject({ is_public: 1, status: 'building', consent: true });
      expect(avatar.user_id).not.toBe(api.user.id);
      expect(BUILT_IN_VOICES.map((voice) => voice.id)).toContain(avatar.voice_id);
      const file = await api.app.inject({ url: new URL(avatar.url).pathname });
      expect(await sharp(file.rawPayload).metadata()).toMatchObject({ width: 1024, height: 1024 });
    }
    expect((await api.call('GET', '/avatars')).body).toEqual([]);
    // Not even an administrator changes what all share.
    expect((await api.call('DELETE', `/avatars/${avatars[0].id}`)).status).toBe(404);
  });

  it('are short enough for small models', async () => {
    await make();
    for (const agent of await agents()) expect(agent.context?.split(/\s+/).length).toBeLessThan(200);
  });

  it('are made once; what was deleted stays deleted, and no image is left over', async () => {
    await make();
    const [first] = await agents();
    await api.call('DELETE', `/agents/${first?.agent_id}`);
    expect(await make()).toBe(false);
    expect(await agents()).toHaveLength(2);
    expect(await api.images.list()).toHaveLength(3);
  });

  it('are made once, although two starts make them at the same time', async () => {
    expect((await Promise.all([make(), make()])).sort()).toEqual([false, true]);
    expect(await agents()).toHaveLength(3);
    expect(await api.images.list()).toHaveLength(3);
  });

  it('are made wholly or not at all', async () => {
    await expect(createDemoAgents(deps(), 999_999)).rejects.toThrow();
    expect(await api.images.list()).toEqual([]);
    expect(await api.storage.read.users.findByRole('system')).toBeUndefined();
    expect(await make()).toBe(true);
  });
});

describe('the built-in avatars', () => {
  const all = builtInCharacters();
  const listed = async (): Promise<Array<Record<string, unknown>>> => (await api.call('GET', '/avatars/public')).body;

  it('are one for every character, with a voice that this server knows, however often they are completed', async () => {
    await make();
    expect(await complete()).toBe(all.length - 3);
    expect(await complete()).toBe(0);
    const avatars = await listed();
    expect(avatars.map(({ name }) => name).sort()).toEqual(all.map(({ name }) => name).sort());
    for (const { voice_id } of avatars) expect(BUILT_IN_VOICES.map(({ id }) => id)).toContain(voice_id);
    expect(await api.images.list()).toHaveLength(all.length);
  });

  it('are completed without agents, also by two starts at the same time', async () => {
    const made = await Promise.all([complete(), complete()]);
    expect(made[0]! + made[1]!).toBe(all.length);
    expect(await listed()).toHaveLength(all.length);
    expect(await api.images.list()).toHaveLength(all.length);
    expect(await agents()).toEqual([]);
  });

  it('of an older version become characters and keep their agents, and deleted agents stay deleted', async () => {
    await make();
    const [first] = await agents();
    await api.call('DELETE', `/agents/${first?.agent_id}`);
    const before = await listed();
    const system = (await api.storage.read.users.findByRole('system'))!;
    await api.storage.write(async ({ avatars }) => {
      for (const { id } of before) await avatars.update(system.id, Number(id), { character: null }, Date.now());
    });
    expect(await complete()).toBe(all.length);
    expect(await make()).toBe(false);
    expect(await agents()).toHaveLength(2);
    const after = await listed();
    expect(after).toHaveLength(all.length);
    for (const { id, name, url } of before) {
      const now = after.find((avatar) => avatar.id === id);
      expect(now).toMatchObject({ name });
      expect(now?.url).not.toBe(url);
    }
    expect(await api.images.list()).toHaveLength(all.length);
  });

  it('are not made any more when the server stops', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(completeBuiltInAvatars(deps(), stop.signal)).rejects.toThrow();
    expect(await listed()).toEqual([]);
  });
});
