import type { EndedReason, VideoSettings } from '@visavis/protocol';
import type { JsonObject, Page } from '../agents/agent.ts';

export type SessionType = 'agent_voice' | 'agent_video' | 'agent_chat' | 'webrtc_video';

/** Those for which least is needed first. */
export const SESSION_TYPES_BY_EFFORT: readonly SessionType[] = ['agent_chat', 'agent_voice', 'agent_video', 'webrtc_video'];

export type EndReason = EndedReason;

/** What a session may end for when nothing happens. */
export type DeadlineReason = Extract<EndReason, 'idle-timeout' | 'nobody-joined' | 'client-gone'>;

export interface Session {
  id: number;
  userId: number;
  agentId: number;
  type: SessionType;
  status: 'active' | 'completed';
  endReason: EndReason | null;
  language: string;
  metadata: JsonObject;
  /** How the face is shown in this session; undefined: as its agent says. */
  video: VideoSettings | undefined;
  warnings: string[];
  startedAt: number;
  endedAt: number | null;
  createdAt: number;
  clientDuration: number | null;
  clientTranscript: string | null;
  greeted: boolean;
  epoch: number;
  idleTimeoutMs: number;
  /** When the session ends by itself if nothing more happens. */
  deadlineAt: number;
  /** Why it ends then, unless that is its last moment. */
  deadlineReason: DeadlineReason;
  /** How long a spoken session waits for a client that is gone. */
  rejoinMs: number;
  /** While somebody is connected to a spoken session. */
  connectedSince: number | null;
  /** How long somebody was connected, up to `connectedSince`. */
  connectedMs: number;
  /** When it ends in any case. */
  expiresAt: number;
  /** The public id of the embed that it was started with. */
  embedId: string | null;
  /** What its calls may use of their embed's day, with what they have used. */
  setAsideMs: number;
}

/** A session with what its agent and the agent's avatar add to it. */
export interface SessionOverview extends Session {
  agentName: string;
  avatarId: number | null;
  avatarName: string | null;
  avatarUrl: string | null;
  voiceId: string | null;
}

export interface NewSession {
  agentId: number;
  type: SessionType;
  language: string;
  metadata: JsonObject;
  video?: VideoSettings;
  warnings: string[];
  idleTimeoutMs: number;
  /** By default a minute. */
  rejoinMs?: number;
  /** The first deadline; by default the idle one. */
  joinWithinMs?: number;
  expiresAt: number;
  embedId?: string;
  /** By default none. */
  setAsideMs?: number;
}

export interface SessionEnd {
  reason: EndReason;
  clientDuration?: number;
  clientTranscript?: string;
  /** Merged over what is stored, one level. */
  metadata?: JsonObject;
}

/** Which sessions of a user are meant. */
export interface SessionFilter {
  status: 'all' | 'active' | 'completed';
  agentId?: number;
  type?: SessionType;
  endReason?: EndReason;
  embedId?: string;
  /** Started at this time or later. */
  from?: number;
  /** Started before this time. */
  to?: number;
  /** Words that one message, or the client's transcript, has all of; beginnings of words are enough. */
  search?: string;
}

export interface SessionStore {
  /** Counts one more live session of the user; gives their number, or undefined where it would be more than `most`. */
  reserve(userId: number, most: number | null): Promise<number | undefined>;
  /** Inserts a session for which `reserve` has made room. */
  insert(userId: number, session: NewSession, now: number): Promise<Session>;
  find(userId: number, id: number): Promise<Session | undefined>;
  overview(userId: number, id: number): Promise<SessionOverview | undefined>;
  /** Newest first. */
  list(userId: number, options: SessionFilter & { page: Page }): Promise<SessionOverview[]>;
  countLive(userId: number, options?: { agentId?: number }): Promise<number>;
  countLiveByType(): Promise<Array<{ type: SessionType; count: number }>>;
  /** Ends a live session; undefined where there is none or it has ended already. */
  end(userId: number, id: number, end: SessionEnd, now: number): Promise<Session | undefined>;
  /** False where there is no such live session. */
  changeType(userId: number, id: number, type: SessionType): Promise<boolean>;
  /** What a session's calls may use of their embed's day, and the session's last moment from now on. */
  setAside(id: number, setAsideMs: number, expiresAt: number): Promise<void>;
  /** Begins a minute in which is written, unless one is going on: false. */
  beginWritten(id: number, now: number, until: number): Promise<boolean>;
  /** What live sessions of an embed that were started in this time hold, and have not used, in ms. */
  heldOfEmbed(embedId: string, when: { from: number; to: number; now: number }): Promise<number>;
  /** Marks activity: moves the idle deadline. False where the session is not live. */
  touch(userId: number, id: number, now: number): Promise<boolean>;
  /** The same on behalf of a worker; refused (false) where another one has taken the session over since. */
  touchAs(id: number, epoch: number, now: number): Promise<boolean>;
  /** Somebody has connected, by this epoch's worker: no deadline but the last moment runs now. False where the epoch is old. */
  joined(id: number, epoch: number, now: number): Promise<boolean>;
  /** Nobody is connected any more: the session waits `rejoinMs` for them. False where nobody was, or the epoch is old. */
  left(id: number, epoch: number, now: number): Promise<boolean>;
  /** All that were connected when the server went down: they are waited for from now on. Gives the ids of their sessions. */
  allLeft(now: number): Promise<number[]>;
  /** False where it has been greeted already. */
  markGreeted(userId: number, id: number): Promise<boolean>;
  /** Takes the session over for a new worker; gives its new epoch, or undefined where it is not live. */
  claim(id: number): Promise<number | undefined>;
  /** Live sessions whose deadline has passed, of all users. */
  overdue(now: number, limit: number): Promise<Session[]>;
  /** The nearest deadline of any live session. */
  nextDeadline(): Promise<number | undefined>;
  /** Every live session, of all users. */
  allLive(): Promise<Session[]>;
  /** The status of each of these that exists, of all users. */
  statuses(ids: readonly number[]): Promise<Map<number, Session['status']>>;
  delete(userId: number, id: number): Promise<boolean>;
}
