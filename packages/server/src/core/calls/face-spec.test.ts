import { describe, expect, it } from 'vitest';
import type { Agent } from '../agents/agent.ts';
import type { User } from '../users/user.ts';
import { FACE_DEFAULTS, resolveFace } from './face-spec.ts';

const user = { id: 1 } as User;
const agentWith = (video?: object, backgroundKey: string | null = null) =>
  ({ id: 9, avatarId: 3, properties: video ? { video } : null, backgroundKey }) as unknown as Agent;
const resolve = (agent: Agent, wish = {}, substituted = false) =>
  resolveFace(
    {
      assets: { fileFor: async (_user, id) => ({ file: `/${id}`, path: `/${id}.face`, substituted }) },
      backgrounds: { fileOf: (key) => `/images/${key}.webp` },
      defaults: FACE_DEFAULTS,
      publicUrl: 'https://faces.test',
    },
    user,
    agent,
    wish,
  );

describe('the face of a session', () => {
  it('is a square of 512 pixels with what stands behind the head, unless somebody wants another', async () => {
    expect((await resolve(agentWith())).spec).toEqual({
      assetFile: '/3',
      picture: { width: 512, height: 512, background: { type: 'own' } },
      seed: 9,
      kilobitsPerSecond: 700,
    });
    const { spec } = await resolve(agentWith({ aspect: '16:9', height: 720, background: 'blur' }), { background: '#10ff00' });
    expect(spec.picture).toEqual({ width: 1280, height: 720, background: { type: 'color', red: 16, green: 255, blue: 0 } });
    expect(spec.kilobitsPerSecond).toBeGreaterThan(1_500);
  });

  it('has even sides whatever its aspect', async () => {
    for (const aspect of ['1:1', '3:4', '4:3', '16:9']) {
      for (let height = 128; height <= 720; height += 2) {
        const { picture } = (await resolve(agentWith({ aspect, height }))).spec;
        expect([picture.width % 2, picture.width >= 64, picture.width <= 1_280]).toEqual([0, true, true]);
      }
    }
  });

  it('is seen before the agent’s picture where that is wanted, and before its own where there is none', async () => {
    const { spec, forClient, warnings } = await resolve(agentWith({ background: 'image' }, 'k'));
    expect(spec).toMatchObject({ backgroundFile: '/images/k.webp', picture: { background: { type: 'own' } } });
    expect(forClient?.picture).toMatchObject({ background: 'image', background_url: 'https://faces.test/avatars/files/k.webp' });
    expect(warnings).toEqual([]);
    const without = await resolve(agentWith({ background: 'image' }));
    expect(without.spec).not.toHaveProperty('backgroundFile');
    expect(without.forClient?.picture).toEqual({ width: 512, height: 512, background: 'own' });
    expect(without.warnings).toEqual(['background-missing']);
    expect((await resolve(agentWith({}, 'k'))).spec).not.toHaveProperty('backgroundFile');
  });

  it('says where it is another than the avatar’s', async () => {
    expect((await resolve(agentWith(), {}, true)).warnings).toEqual(['avatar-substituted']);
  });
});
