import { z } from 'zod';
import { VideoSettings } from './agent-properties.ts';
import { Done, DoneWithMessage, Id, IdInUrl, JsonObject, jsonBytes, PageQuery, TimeInput, Timestamp } from './common.ts';
import { END_REASONS } from './end-reasons.ts';

export const SESSION_TYPES = ['agent_voice', 'agent_video', 'agent_chat', 'webrtc_video'] as const;
export const SessionType = z.enum(SESSION_TYPES);

const OLDER_SPELLINGS: Record<string, (typeof SESSION_TYPES)[number]> = {
  voice: 'agent_voice',
  video: 'agent_video',
  chat: 'agent_chat',
};

/** A session type as a caller may write it: older spellings are read as the new ones. */
const SessionTypeInput = z
  .enum([...SESSION_TYPES, 'voice', 'video', 'chat'])
  .transform((type) => OLDER_SPELLINGS[type] ?? (type as (typeof SESSION_TYPES)[number]));

export const METADATA_BYTES = 16 * 1024;
const Metadata = JsonObject.refine((metadata) => jsonBytes(metadata) <= METADATA_BYTES, 'must be at most 16 KiB of JSON');

export const CreateSession = z.object({
  agent_id: Id,
  session_type: SessionTypeInput.default('agent_voice').meta({
    description: 'Default `agent_voice`; `voice`, `video` and `chat` are older spellings',
  }),
  metadata: Metadata.default({}).meta({ description: 'Yours; at most 16 KiB of JSON' }),
  video: VideoSettings.optional().meta({
    description: 'How the face is shown in this session; comes before the agent’s `properties.video`, key by key',
  }),
});

export const EndSession = z
  .object({
    duration: z.int().min(0).max(2_147_483_647).optional().meta({ description: 'Whole seconds; computed if absent' }),
    transcript: z.string().optional().meta({ description: '`User: ...\\nAssistant: ...` lines; ours is kept if absent' }),
    metadata: Metadata.optional().meta({ description: 'Merged over what is stored, one level' }),
  })
  .nullish()
  .transform((body) => body ?? {});

export const ChangeSession = z.object({ session_type: SessionTypeInput });

export const SessionStatus = z.enum(['active', 'completed']);

const avatarFields = {
  avatar_id: Id.nullable(),
  avatar_name: z.string().nullable(),
  avatar_url: z.string().nullable(),
  voice_id: z.string().nullable(),
};

export const IceServer = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});

export const StartedSession = z.object({
  session_id: Id,
  agent_id: Id,
  agent_name: z.string(),
  session_type: SessionType,
  status: SessionStatus,
  started_at: Timestamp,
  metadata: JsonObject,
  ...avatarFields,
  session_token: z.string(),
  expires_at: Timestamp,
  realtime: z.object({ url: z.string(), ice_servers: z.array(IceServer) }),
  warnings: z.array(z.string()),
});

export const CreatedSession = DoneWithMessage.extend({
  session: StartedSession,
  usage: z.object({ concurrency: z.object({ current: z.int(), max: z.int().nullable(), available: z.int().nullable() }) }),
});

export const SessionListItem = z.object({
  session_id: Id,
  agent_id: Id,
  session_type: SessionType,
  status: SessionStatus,
  started_at: Timestamp,
  ended_at: Timestamp.nullable(),
  duration: z.int().nullable(),
  created_at: Timestamp,
  agent_name: z.string(),
  ...avatarFields,
  end_reason: z.string().nullable().meta({ description: 'null while it is live' }),
  embed_id: z.string().nullable().meta({ description: 'The embed that it was started with' }),
});

export const SessionQuery = PageQuery.extend({
  agent_id: IdInUrl.optional().meta({ description: 'Only sessions with this agent' }),
  status: z.enum(['all', 'active', 'completed']).default('all').meta({ description: 'Only live or only ended ones' }),
  session_type: z.enum(SESSION_TYPES).optional().meta({ description: 'Only sessions of this type' }),
  end_reason: z.enum(END_REASONS).optional().meta({ description: 'Only sessions that ended so' }),
  embed: z.string().min(1).max(100).optional().meta({ description: 'Only sessions of the embed with this `embed_id`' }),
  from: TimeInput.optional().meta({ description: 'Only sessions that started at this time (`2024-01-15T00:00:00Z`) or later' }),
  to: TimeInput.optional().meta({ description: 'Only sessions that started before this time' }),
  search: z
    .string()
    .min(1)
    .max(200)
    .regex(/[\p{L}\p{N}]/u, 'must have a letter or a digit')
    .optional()
    .meta({
      description:
        'Only sessions in which one message, or the transcript that a client sent, has all of these words, or words that begin with them',
    }),
});
export const SessionList = Done.extend({ sessions: z.array(SessionListItem), next_cursor: z.string().optional() });

/** What a session token sees of its session. */
export const SessionDetailReduced = SessionListItem.extend({
  transcript: z.string(),
  language: z.string(),
  warnings: z.array(z.string()),
  recording_url: z.string().nullable(),
});
export const SessionDetail = SessionDetailReduced.extend({
  metadata: JsonObject.optional(),
  video: VideoSettings.optional().meta({ description: 'As given when the session was created' }),
  usage: z.object({ user_messages: z.int(), replies: z.int(), seconds: z.int() }).optional(),
});
export const SessionAnswer = Done.extend({ session: SessionDetail });

export const EndedSession = DoneWithMessage.extend({
  session: z.object({
    session_id: Id,
    agent_id: Id,
    agent_name: z.string(),
    session_type: SessionType,
    status: SessionStatus,
    started_at: Timestamp,
    ended_at: Timestamp,
    duration: z.int(),
    transcript: z.string(),
    metadata: JsonObject.optional(),
  }),
});

/** The oldest shape, of `GET /agents/{id}/sessions`. */
export const AgentSessionItem = z.object({
  id: Id,
  session_id: Id,
  agent_id: Id,
  call_type: z.enum(['voice', 'video', 'chat']),
  status: SessionStatus,
  started_at: Timestamp,
  ended_at: Timestamp.nullable(),
  duration: z.int().nullable(),
  metadata: JsonObject.nullable(),
  created_at: Timestamp,
});
export const AgentSessionList = Done.extend({ sessions: z.array(AgentSessionItem), next_cursor: z.string().optional() });

/** WebRTC's offer and answer, as a browser makes them. */
const SessionDescription = z.string().min(1).max(200_000).meta({ description: 'Session description (SDP, RFC 8866)' });

export const ConnectSession = z.object({
  sdp: SessionDescription,
  video: VideoSettings.optional().meta({
    description: 'How this client wants to see the agent; comes before the session’s `video`, key by key',
  }),
  face: z.enum(['server', 'client']).optional().meta({
    description:
      'Who draws the face of an `agent_video` session. `server` (default): it comes as a video track. `client`: the offer has no video; the events `face.asset` and `face.mouth` bring what the page draws it from',
  }),
});
export const ConnectedSession = z.object({ sdp: SessionDescription });

export const SessionTokenAnswer = Done.extend({ session_token: z.string(), expires_at: Timestamp });
