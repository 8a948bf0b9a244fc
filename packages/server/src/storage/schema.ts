import type { ColumnType, Generated } from 'kysely';

/** Assigned by the database, never written afterwards. */
type Id = ColumnType<number, number | undefined, never>;
/** Milliseconds since 1970. */
type Milliseconds = number;
/** JSON as text. */
type Json = string;
/** 0 or 1: both engines store it alike. */
type Flag = number;

export interface UserTable {
  id: Id;
  /** `system` owns the built-in avatars and signs in never. */
  role: 'system' | 'administrator' | 'member';
  email: string | null;
  name: string | null;
  password_hash: string | null;
  active: Flag;
  limits: Json;
  /** Counted here, so that the limit of live sessions costs no scan and holds whatever arrives at once. */
  live_sessions: Generated<number>;
  created_at: Milliseconds;
  updated_at: Milliseconds;
}

export interface ApiKeyTable {
  id: Id;
  user_id: number;
  name: string;
  key_hash: string;
  prefix: string;
  last_four: string;
  scopes: Json;
  /** Requests a minute; null = the server's default. */
  rate_limit: number | null;
  active: Flag;
  /** A deleted key is kept, so that its caller is told what happened. */
  deleted_at: Milliseconds | null;
  created_at: Milliseconds;
  last_used_at: Milliseconds | null;
}

export interface SignInTable {
  id: Id;
  user_id: number;
  token_hash: string;
  /** Of the refresh token before this one. */
  previous_hash: string | null;
  successor_secret: string;
  rotated_at: Milliseconds | null;
  created_at: Milliseconds;
  expires_at: Milliseconds;
}

/** A link by which its user sets e-mail and password once: the first administrator's, or an invitation. */
export interface SetUpLinkTable {
  id: Id;
  user_id: number;
  token_hash: string;
  created_at: Milliseconds;
  expires_at: Milliseconds;
}

/** A link with which anybody has one session with an agent. */
export interface TryLinkTable {
  token_hash: string;
  user_id: number;
  agent_id: number;
  created_at: Milliseconds;
  expires_at: Milliseconds;
}

export interface AvatarTable {
  id: Id;
  user_id: number;
  name: string;
  url: string;
  voice_id: string | null;
  is_favorite: Flag;
  is_public: Flag;
  status: 'building' | 'ready' | 'failed';
  reason: string | null;
  /** Name of the stored image; null while a remote `url` was not fetched. */
  image_key: string | null;
  consent: Flag;
  character: string | null;
  asset_key: string | null;
  asset_version: number | null;
  preview_key: string | null;
  take_largest: Generated<Flag>;
  created_at: Milliseconds;
  updated_at: Milliseconds;
}

export interface AgentTable {
  id: Id;
  user_id: number;
  name: string;
  avatar_id: number | null;
  language: string;
  custom_greeting: string | null;
  context: string | null;
  properties: Json | null;
  memories: Json | null;
  knowledge_base: Json | null;
  /** Name of the stored picture that may stand behind the face. */
  background_key: string | null;
  status: 'active' | 'archived';
  created_at: Milliseconds;
  updated_at: Milliseconds;
  /** A deleted agent keeps its name only, for its past sessions. */
  deleted_at: Milliseconds | null;
}

export interface SessionTable {
  id: Id;
  user_id: number;
  agent_id: number;
  type: 'agent_voice' | 'agent_video' | 'agent_chat' | 'webrtc_video';
  status: 'active' | 'completed';
  end_reason: string | null;
  language: string;
  metadata: Json;
  /** Null: as the agent says. */
  video: Json | null;
  warnings: Json;
  started_at: Milliseconds;
  ended_at: Milliseconds | null;
  created_at: Milliseconds;
  /** What the client reported at the end; ours is computed. */
  client_duration: number | null;
  client_transcript: string | null;
  greeted: Flag;
  /** Grows with every worker that takes the session over; a write with an older one is refused. */
  epoch: number;
  idle_timeout_ms: number;
  last_activity_at: Milliseconds;
  /** The next one that is running, or the maximum length, whichever comes first. */
  deadline_at: Milliseconds;
  /** Why the session ends at `deadline_at`, unless that is its maximum length. */
  deadline_reason: Generated<string>;
  /** How long a spoken session waits for a client that is gone. */
  rejoin_ms: Generated<number>;
  /** While somebody is connected to a spoken session. */
  connected_since: Milliseconds | null;
  /** How long somebody was connected, up to `connected_since`. */
  connected_ms: Generated<number>;
  expires_at: Milliseconds;
  /** The public id of the embed that it was started with. */
  embed_id: string | null;
  /** Of its embed's day, for calls: what they may use, in ms; what they have used counts. */
  set_aside_ms: Generated<number>;
  /** The end of the last minute in which something was written that the embed's day was charged with. */
  written_until: Generated<Milliseconds>;
  /** How many events its timeline was told, kept or not. */
  noted_events: Generated<number>;
}

/** What happened in a session, as `TimelineEvent`. */
export interface SessionEventTable {
  session_id: number;
  /** Counts up from 1 within the session. */
  place: number;
  at: Milliseconds;
  event: Json;
}

export interface MessageTable {
  id: Id;
  session_id: number;
  user_id: number;
  role: 'user' | 'assistant' | 'tool' | 'system';
  content: string;
  source: 'text' | 'speech';
  /** Id of the user message that began the turn; null for a greeting. */
  turn_id: number | null;
  answered: Flag;
  /** How often an answer was begun. */
  attempts: number;
  interrupted: Flag;
  spoken_ms: number | null;
  /** When a spoken one began to be heard. */
  said_at: Milliseconds | null;
  latency: Json | null;
  /** Of a reply, see `answerMs`. */
  answer_ms: number | null;
  /** The caller's Idempotency-Key and the hash of what it was sent with. */
  idempotency_key: string | null;
  body_hash: string | null;
  created_at: Milliseconds;
}

/** A publishable id for other sites' pages. */
export interface EmbedTable {
  id: Id;
  user_id: number;
  agent_id: number;
  public_id: string;
  name: string;
  allowed_origins: Json;
  session_types: Json;
  sessions_per_day: number | null;
  minutes_per_day: number | null;
  minutes_per_session: number;
  expires_at: Milliseconds | null;
  enabled: Flag;
  appearance: Json;
  created_at: Milliseconds;
  updated_at: Milliseconds;
}

/** What an embed has used on a day. */
export interface EmbedDayTable {
  embed_id: string;
  /** Days since 1970, UTC. */
  day: number;
  sessions: number;
  /** Used, and set aside for calls that are going on. */
  used_ms: number;
}

export interface IdempotencyTable {
  id: Id;
  user_id: number;
  path: string;
  key: string;
  body_hash: string;
  status: number;
  response: Json;
  created_at: Milliseconds;
}

export interface ProviderTable {
  id: Id;
  user_id: number;
  name: string;
  base_url: string;
  default_model: string | null;
  context_tokens: number | null;
  /** AES-256-GCM under a key derived from the server's secret. */
  encrypted_key: string | null;
  key_last_four: string | null;
  created_at: Milliseconds;
  updated_at: Milliseconds;
}

/** The whole database, alike in SQLite and Postgres. */
export interface Database {
  users: UserTable;
  api_keys: ApiKeyTable;
  sign_ins: SignInTable;
  set_up_links: SetUpLinkTable;
  try_links: TryLinkTable;
  avatars: AvatarTable;
  agents: AgentTable;
  sessions: SessionTable;
  session_events: SessionEventTable;
  messages: MessageTable;
  embeds: EmbedTable;
  embed_days: EmbedDayTable;
  idempotency_keys: IdempotencyTable;
  providers: ProviderTable;
}
