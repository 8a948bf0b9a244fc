import type { Operation } from './api-operations.ts';
import type { TestApi } from './test-api.ts';

/** One of everything that a user can have, by id or name. */
export interface World {
  apiKey: string;
  userId: number;
  agentId: number;
  avatarId: number;
  sessionId: number;
  sessionToken: string;
  endedSessionId: number;
  keyId: number;
  providerName: string;
  messageId: number;
  embedId: string;
}

/** Makes one of everything for a user, over the API. */
export async function makeWorld(
  api: TestApi,
  user: { user: { id: number }; apiKey: string },
  providerName: string,
  now: () => number = Date.now,
): Promise<World> {
  const { apiKey } = user;
  const make = async (path: string, body: object, method = 'POST') => {
    const answer = await api.call(method, path, body, { 'x-api-key': apiKey });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const avatarId = (await make('/avatars', { name: 'Face', url: 'https://example.com/face.png', voice_id: 'voice' })).id;
  const agentId = (await make('/agents', { name: 'Helper', avatar_id: avatarId, custom_greeting: 'Hello!' })).agent.agent_id;
  const start = () => make('/sessions', { agent_id: agentId, session_type: 'agent_chat', metadata: { source: 'world' } });
  const endedSessionId = (await start()).session.session_id;
  await make(`/sessions/${endedSessionId}/end`, {}, 'PUT');
  const { session_id: sessionId, session_token: sessionToken } = (await start()).session;
  const message = await api.storage.write((stores) =>
    stores.messages.insert(user.user.id, sessionId, { role: 'user', content: 'Hi', source: 'text' }, now()),
  );
  const keyId = (await make('/keys', { name: 'Second' })).api_key.key_id;
  await make(`/providers/${providerName}`, { base_url: 'https://1.1.1.1/v1', default_model: 'm' }, 'PUT');
  const { embed_id: embedId } = (
    await make('/embeds', { agent_id: agentId, name: 'Site', allowed_origins: ['https://example.com'] })
  ).embed;
  return {
    apiKey,
    userId: user.user.id,
    agentId,
    avatarId,
    sessionId,
    sessionToken,
    endedSessionId,
    keyId,
    providerName,
    messageId: message.id,
    embedId,
  };
}

/** What stands for a path's parameter in a world. A new kind of thing needs its line here. */
export function idOf(operation: Operation, world: World): number | string | undefined {
  if (!operation.path.includes('{')) return undefined;
  if (operation.path.includes('{userId}')) return world.userId;
  const kind = operation.path.split('/')[1] ?? '';
  const ids: Record<string, number | string> = {
    sessions: world.sessionId,
    agents: world.agentId,
    avatars: world.avatarId,
    keys: world.keyId,
    users: world.userId,
    providers: world.providerName,
    embeds: world.embedId,
    models: 'a-model',
  };
  const id = ids[kind];
  if (id === undefined) throw new Error(`api-world.ts does not know what the parameter of ${operation.path} is`);
  return id;
}

/** The path of an operation with its one parameter filled in. */
export function pathWith(operation: Operation, id: number | string | undefined): string {
  return operation.path.replace(/\{\w+\}/, String(id));
}
