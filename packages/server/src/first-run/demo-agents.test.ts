import { AgentDetail } from '@visavis/protocol';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUILT_IN_VOICES } from '../core/voices/built-in-voices.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';
import { createDemoAgents } from './demo-agents.ts';
import { drawPortrait } from './portraits.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const make = () => createDemoAgents({ storage: api.storage, images: api.images, now: Date.now }, api.user.id);
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
    await expect(createDemoAgents({ storage: api.storage, images: api.images, now: Date.now }, 999_999)).rejects.toThrow();
    expect(await api.images.list()).toEqual([]);
    expect(await api.storage.read.users.findByRole('system')).toBeUndefined();
    expect(await make()).toBe(true);
  });
});

describe('the portraits', () => {
  it('show three different people', async () => {
    const drawn = await Promise.all((['clara', 'samuel', 'mei'] as const).map(drawPortrait));
    // Forehead, hair, clothes and background differ clearly.
    for (const [x, y] of [
      [512, 340],
      [512, 190],
      [300, 960],
      [60, 60],
    ] as const) {
      const colors = await Promise.all(
        drawn.map((png) => sharp(png).extract({ left: x, top: y, width: 1, height: 1 }).removeAlpha().raw().toBuffer()),
      );
      expect(new Set(colors.map((color) => color.toString('hex'))).size).toBe(3);
    }
  });
});
