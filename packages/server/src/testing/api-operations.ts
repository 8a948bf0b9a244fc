import type { TestApi } from './test-api.ts';

/** The parts of a JSON schema that tests look at. */
export interface BodySchema {
  type?: string | string[];
  properties?: Record<string, BodySchema>;
  required?: string[];
  anyOf?: BodySchema[];
  enum?: unknown[];
  const?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  $ref?: string;
}

/** One operation of the API, as its own OpenAPI document tells it: what is added to the API is tested, too. */
export interface Operation {
  id: string;
  method: string;
  /** Without `/api/v1`, its parameters in braces. */
  path: string;
  parameters: Array<{ name: string; in: string; schema: BodySchema }>;
  /** The schema of its JSON body; undefined where it takes none. */
  body: BodySchema | undefined;
  takesForm: boolean;
  isPublic: boolean;
}

interface Document {
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, BodySchema> };
}
interface DocumentedOperation {
  operationId: string;
  parameters?: Operation['parameters'];
  requestBody?: { content: Record<string, { schema: BodySchema }> };
  security?: unknown[];
}

/** Operations whose answer goes on as long as a session does; they have tests of their own. */
export const ENDLESS = ['readSessionEvents'];

/** Every operation of the running API. */
export async function operationsOf(api: TestApi): Promise<Operation[]> {
  const document = (await api.call('GET', '/openapi.json')).body as Document;
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const content = operation.requestBody?.content ?? {};
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path: path.replace('/api/v1', ''),
        parameters: operation.parameters ?? [],
        body: resolved(content['application/json']?.schema, document.components.schemas),
        takesForm: content['multipart/form-data'] !== undefined,
        isPublic: operation.security?.length === 0,
      };
    }),
  );
}

/** The schema with its references put in place. */
function resolved(schema: BodySchema | undefined, components: Record<string, BodySchema>): BodySchema | undefined {
  if (!schema) return undefined;
  const text = JSON.stringify(schema, (_key, value: unknown) => {
    const reference = (value as BodySchema | null)?.$ref;
    return reference === undefined ? value : components[reference.split('/').at(-1) ?? ''];
  });
  return JSON.parse(text) as BodySchema;
}

/** A body that each operation takes. A new operation with a body needs its line here. */
export const VALID_BODIES: Record<string, (ids: { agentId: number; avatarId: number }) => Record<string, unknown>> = {
  createSession: ({ agentId }) => ({ agent_id: agentId, session_type: 'agent_chat', metadata: { source: 'test' } }),
  endSession: () => ({ duration: 5, transcript: 'User: hi', metadata: { rated: 5 } }),
  endSessionByPost: () => ({ duration: 5, transcript: 'User: hi', metadata: { rated: 5 } }),
  changeSessionType: () => ({ session_type: 'agent_voice' }),
  connectSession: () => ({ sdp: 'v=0' }),
  sendMessage: () => ({ message: 'Hello' }),
  createAgent: ({ avatarId }) => ({ name: 'Sales', avatar_id: avatarId, language: 'en', context: 'Be kind.' }),
  updateAgent: () => ({ name: 'Renamed' }),
  exchangeTryLink: () => ({ token: 'unknown', session_type: 'agent_chat' }),
  createEmbed: ({ agentId }) => ({ agent_id: agentId, name: 'Site', allowed_origins: ['https://example.com'] }),
  updateEmbed: () => ({ name: 'Renamed' }),
  createEmbedSession: () => ({ session_type: 'agent_chat' }),
  fetchAgentBackground: () => ({ url: 'https://pictures.test/office.jpg' }),
  createAvatar: () => ({ name: 'Face', url: 'https://example.com/face.png' }),
  updateAvatar: () => ({ name: 'Renamed' }),
  createKey: () => ({ name: 'Another', scopes: ['sessions'] }),
  updateKey: () => ({ name: 'Renamed' }),
  setUpAccount: () => ({ token: 'unknown', email: 'a@example.com', password: 'a long enough one' }),
  signIn: () => ({ email: 'nobody@example.com', password: 'a long enough one' }),
  updateMe: () => ({ name: 'Another name' }),
  changePassword: () => ({ current_password: 'something', new_password: 'a long enough one' }),
  inviteUser: () => ({ email: `${crypto.randomUUID()}@example.com` }),
  updateUser: () => ({ name: 'Renamed' }),
  putProvider: () => ({ base_url: 'https://models.example.com/v1', default_model: 'm' }),
  testProvider: () => ({ model: 'm' }),
  createSpeech: () => ({ model: 'tts-1', input: 'Hello there.', voice: 'alloy', response_format: 'wav', speed: 1 }),
};
