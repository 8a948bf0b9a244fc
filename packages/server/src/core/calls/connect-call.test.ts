import { describe, expect, it } from 'vitest';
import type { Agent } from '../agents/agent.ts';
import type { SessionType } from '../sessions/session.ts';
import type { User } from '../users/user.ts';
import type { JoinTerms } from './call-host.ts';
import { type CallOffer, type ConnectDeps, connectCall } from './connect-call.ts';
import { FACE_DEFAULTS, resolveFace } from './face-spec.ts';

const USER = { id: 1 } as User;

/** The terms under which a client that offers this joins a session of this type. */
async function termsOf(
  type: SessionType,
  offer: Partial<CallOffer>,
  { path = '/avatars/faces/k.face', video }: { path?: string; video?: CallOffer['video'] } = {},
) {
  let terms: JoinTerms | undefined;
  const agent = { id: 9, avatarId: 3, properties: { video: { aspect: '16:9' } } } as unknown as Agent;
  const assets = { fileFor: async () => ({ file: '/data/k.face', ...(path && { path }), substituted: false }) };
  const deps = {
    storage: {
      read: {
        sessions: { overview: async () => ({ id: 7, status: 'active', type, agentId: 9, video }) },
        agents: { find: async () => agent },
      },
    },
    host: {
      async connect(request: { terms: JoinTerms }) {
        terms = request.terms;
        return 'answer';
      },
    },
    resolveFace: (user: User, of: Agent, wish?: CallOffer['video']) =>
      resolveFace(
        { assets, backgrounds: { fileOf: () => undefined }, defaults: FACE_DEFAULTS, publicUrl: 'https://faces.test' },
        user,
        of,
        wish,
      ),
  } as unknown as ConnectDeps;
  await connectCall(deps, USER, 7, { offer: 'v=0', ...offer });
  return terms;
}

describe('whoever joins a session with a face', () => {
  it('gets pictures of the server unless they draw it themselves', async () => {
    expect(await termsOf('agent_video', {})).toMatchObject({ face: { assetFile: '/data/k.face' } });
    expect(await termsOf('agent_video', { face: 'server' })).toMatchObject({ face: { assetFile: '/data/k.face' } });
    expect(await termsOf('agent_video', { face: 'client', video: { height: 360, background: '#102030' } })).toEqual({
      sessionType: 'agent_video',
      face: undefined,
      clientFace: {
        url: 'https://faces.test/avatars/faces/k.face',
        picture: { width: 640, height: 360, background: '#102030' },
        seed: 9,
      },
    });
  });

  it('sees it as the client wants it, else as the session, else as the agent', async () => {
    const video = { height: 360, background: '#102030' } as const;
    expect(await termsOf('agent_video', {}, { video })).toMatchObject({
      face: { picture: { width: 640, height: 360, background: { type: 'color', red: 16, green: 32, blue: 48 } } },
    });
    expect(await termsOf('agent_video', { video: { background: 'blur' } }, { video })).toMatchObject({
      face: { picture: { width: 640, height: 360, background: { type: 'blur' } } },
    });
  });

  it('draws nothing where only the voice is wanted', async () => {
    expect(await termsOf('agent_voice', { face: 'client' })).toEqual({ sessionType: 'agent_voice', face: undefined });
  });

  it('waits while the face has no address yet', async () => {
    await expect(termsOf('agent_video', { face: 'client' }, { path: '' })).rejects.toMatchObject({ code: 'no-capacity' });
  });
});
