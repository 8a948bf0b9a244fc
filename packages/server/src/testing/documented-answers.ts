import type { Shape } from './shape.ts';

// Written from the contract, not from the schemas: a schema that drifts away is found here.

const avatarFields = { avatar_id: 'integer?', avatar_name: 'string?', avatar_url: 'string?', voice_id: 'string?' } as const;

const sessionItem = {
  session_id: 'integer',
  agent_id: 'integer',
  session_type: 'string',
  status: 'string',
  started_at: 'time',
  ended_at: 'time?',
  duration: 'integer?',
  created_at: 'time',
  agent_name: 'string',
  ...avatarFields,
} as const;
const session = {
  ...sessionItem,
  transcript: 'string',
  metadata: 'object',
  language: 'string',
  end_reason: 'string?',
  usage: { user_messages: 'integer', replies: 'integer', seconds: 'integer' },
  warnings: 'strings',
  recording_url: 'string?',
} as const;
const ended = {
  session_id: 'integer',
  agent_id: 'integer',
  agent_name: 'string',
  session_type: 'string',
  status: '=completed',
  started_at: 'time',
  ended_at: 'time',
  duration: 'integer',
  transcript: 'string',
  metadata: 'object',
} as const;
const message = {
  message_id: 'integer',
  role: 'string',
  content: 'string',
  created_at: 'time',
  source: '=text',
  answered: 'boolean',
  interrupted: 'boolean',
} as const;
const avatar = {
  id: 'integer',
  user_id: 'integer',
  name: 'string',
  url: 'string',
  voice_id: 'string?',
  is_favorite: 'flag',
  is_public: 'flag',
  created_at: 'time',
  updated_at: 'time',
  status: 'string',
  reason: 'string?',
  preview_url: 'string?',
  consent: 'boolean',
} as const;
const agentFields = {
  name: 'string',
  avatar_id: 'integer?',
  language: 'string',
  custom_greeting: 'string?',
  context: 'string?',
  status: 'string',
  created_at: 'time',
} as const;
const agentNumbers = { updated_at: 'time', last_used_at: 'time?', total_sessions: 'integer', avg_duration: 'integer' } as const;
const key = {
  key_id: 'integer',
  name: 'string',
  prefix: '=ah_live_',
  last_four: 'string',
  scopes: 'strings',
  rate_limit: 'integer?',
  active: 'boolean',
  created_at: 'time',
  last_used_at: 'time?',
} as const;
const user = {
  user_id: 'integer',
  email: 'string?',
  name: 'string?',
  role: 'string',
  active: 'boolean',
  has_password: 'boolean',
  limits: 'object',
  created_at: 'time',
  updated_at: 'time',
} as const;
const provider = {
  name: 'string',
  source: 'string',
  state: 'string',
  base_url: 'string?',
  default_model: 'string?',
  models: 'array?',
  context_tokens: 'integer?',
  has_api_key: 'boolean',
  api_key_last_four: 'string?',
  created_at: 'time?',
  updated_at: 'time?',
} as const;
const model = {
  name: 'string',
  task: 'string',
  title: 'string',
  languages: 'strings',
  licence: { name: 'string', url: 'string' },
  size_bytes: 'integer',
  state: 'string',
  progress: 'number',
  received_bytes: 'integer',
  bytes_per_second: 'number',
  in_use: 'boolean',
} as const;
const byType = (type: Shape) => ({ agent_voice: type, agent_video: type, agent_chat: type, webrtc_video: type, total: type });
const invited = { success: true, message: 'string', user, invite_url: 'string', expires_at: 'time' } as const;
const done = { success: true } as const;
const doneWith = (text: string) => ({ success: true, message: `=${text}` }) as const;

/** What each operation answers when all is well. */
export const ANSWERS: Record<string, [status: number, shape: Shape]> = {
  createSession: [
    201,
    {
      success: true,
      message: '=Session started successfully',
      session: {
        session_id: 'integer',
        agent_id: 'integer',
        agent_name: 'string',
        session_type: '=agent_chat',
        status: '=active',
        started_at: 'time',
        metadata: 'object',
        ...avatarFields,
        session_token: 'string',
        expires_at: 'time',
        realtime: { url: 'string', ice_servers: 'array' },
        warnings: 'strings',
      },
      usage: { concurrency: { current: 'integer', max: 'integer?', available: 'integer?' } },
    },
  ],
  listSessions: [200, { success: true, sessions: [sessionItem] }],
  getSession: [200, { success: true, session }],
  changeSessionType: [200, { success: true, session }],
  endSession: [200, { success: true, message: '=Session ended successfully', session: ended }],
  endSessionByPost: [200, { success: true, message: '=Session ended successfully', session: ended }],
  deleteSession: [200, doneWith('Session deleted successfully')],
  renewSessionToken: [201, { success: true, session_token: 'string', expires_at: 'time' }],
  getSessionRecording: [409, { success: false, error: '=The session is still active; end it first', code: '=session-active' }],
  connectSession: [503, { success: false, error: 'string', code: '=no-speech-model' }],
  sendMessage: [
    201,
    {
      success: true,
      message,
      reply: {
        message_id: 'integer',
        role: '=assistant',
        content: 'string',
        created_at: 'time',
        interrupted: 'boolean',
        latency_ms: { first_token: 'number', total: 'number' },
      },
    },
  ],
  listMessages: [200, { success: true, messages: [message] }],
  cancelReply: [404, { success: false, error: '=No reply is being made', code: '=reply-not-found' }],
  createAgent: [201, { success: true, message: '=Agent created successfully', agent: { agent_id: 'integer', ...agentFields } }],
  listAgents: [
    200,
    {
      success: true,
      agents: [
        {
          agent_id: 'integer',
          ...agentFields,
          ...agentNumbers,
          avatar_name: 'string?',
          avatar_url: 'string?',
          voice_id: 'string?',
        },
      ],
    },
  ],
  getAgent: [
    200,
    {
      id: 'integer',
      user_id: 'integer',
      voice_id: 'string?',
      role_id: 'null',
      ...agentFields,
      properties: 'object?',
      memories: 'object?',
      knowledge_base: 'object?',
      ...agentNumbers,
    },
  ],
  updateAgent: [200, done],
  deleteAgent: [200, doneWith('Agent deleted successfully')],
  listAgentSessions: [
    200,
    {
      success: true,
      sessions: [
        {
          id: 'integer',
          session_id: 'integer',
          agent_id: 'integer',
          call_type: 'string',
          status: 'string',
          started_at: 'time',
          ended_at: 'time?',
          duration: 'integer?',
          metadata: 'object?',
          created_at: 'time',
        },
      ],
    },
  ],
  createTryLink: [201, { success: true, url: 'string', expires_at: 'time' }],
  exchangeTryLink: [400, { success: false, error: '=This link is not valid any more', code: '=try-link-invalid' }],
  createAvatar: [201, { id: 'integer', message: '=Avatar created' }],
  uploadAvatar: [201, { id: 'integer', name: 'string', url: 'string', voice_id: 'string?', cloudinary_id: 'null' }],
  listAvatars: [200, [avatar]],
  listPublicAvatars: [200, [avatar]],
  listAvatarsOfUser: [200, [avatar]],
  getAvatar: [200, avatar],
  updateAvatar: [200, done],
  deleteAvatar: [200, done],
  listVoices: [
    200,
    {
      success: true,
      voices: [
        {
          voice_id: 'string',
          name: 'string',
          provider: 'string',
          language: 'string',
          gender: 'string',
          preview_url: 'string?',
          available: 'boolean',
        },
      ],
    },
  ],
  createSpeech: [200, 'string'],
  createTranscription: [200, { success: true, text: 'string' }],
  listModels: [200, { success: true, models: [model] }],
  pullModel: [200, { success: true, model }],
  removeModel: [200, doneWith('Model removed successfully')],
  createKey: [201, { success: true, message: 'string', key: 'string', api_key: key }],
  listKeys: [200, { success: true, keys: [key] }],
  updateKey: [200, { success: true, api_key: key }],
  deleteKey: [200, doneWith('API key deleted successfully')],
  getMe: [200, { success: true, user, credential: { kind: '=api-key', scopes: 'strings' } }],
  signOut: [200, done],
  refreshSignIn: [401, { success: false, error: '=Not signed in', code: '=not-signed-in' }],
  signIn: [401, { success: false, error: '=Wrong e-mail address or password', code: '=wrong-credentials' }],
  setUpAccount: [400, { success: false, error: '=This set-up link is not valid any more', code: '=set-up-link-invalid' }],
  changePassword: [403, { success: false, error: 'string', code: '=scope-missing' }],
  listUsers: [200, { success: true, users: [user] }],
  inviteUser: [201, invited],
  inviteUserAgain: [201, invited],
  updateUser: [200, { success: true, user }],
  deleteUser: [200, doneWith('User deleted successfully')],
  getUsage: [
    200,
    {
      success: true,
      days: [{ date: 'string', sessions: byType('integer'), minutes: byType('number') }],
      totals: { sessions: byType('integer'), minutes: byType('number') },
      live: byType('integer'),
      limits: { concurrent_sessions: 'integer?', messages_per_minute: 'integer?', requests_per_minute: 'integer?' },
    },
  ],
  listProviders: [200, { success: true, providers: [provider], default: 'object?' }],
  getProvider: [200, { success: true, provider }],
  putProvider: [200, { success: true, provider }],
  testProvider: [
    200,
    {
      success: true,
      result: { ok: 'boolean', model: 'string', latency_ms: 'integer?', problem: 'string?', detail: 'string?' },
    },
  ],
  deleteProvider: [200, doneWith('Provider deleted successfully')],
};
