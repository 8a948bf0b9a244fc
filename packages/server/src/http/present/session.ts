import { type AgentSessionItem, type SessionListItem, timestamp } from '@visavis/protocol';
import type { z } from 'zod';
import { absoluteAvatarUrl } from '../../core/avatars/avatar-url.ts';
import type { Session, SessionOverview } from '../../core/sessions/session.ts';

/** What the client reported, or else what the server measured; null while the session is live. */
export function durationSeconds(session: Session): number | null {
  if (session.endedAt === null) return null;
  return session.clientDuration ?? Math.round((session.endedAt - session.startedAt) / 1000);
}

export function presentSessionListItem(session: SessionOverview, publicUrl: string): z.output<typeof SessionListItem> {
  return {
    session_id: session.id,
    agent_id: session.agentId,
    session_type: session.type,
    status: session.status,
    started_at: timestamp(session.startedAt),
    ended_at: session.endedAt === null ? null : timestamp(session.endedAt),
    duration: durationSeconds(session),
    created_at: timestamp(session.createdAt),
    agent_name: session.agentName,
    avatar_id: session.avatarId,
    avatar_name: session.avatarName,
    avatar_url: session.avatarUrl && absoluteAvatarUrl(publicUrl, session.avatarUrl),
    voice_id: session.voiceId,
  };
}

const CALL_TYPES = { agent_voice: 'voice', agent_video: 'video', webrtc_video: 'video', agent_chat: 'chat' } as const;

export function presentAgentSession(session: Session): z.output<typeof AgentSessionItem> {
  return {
    id: session.id,
    session_id: session.id,
    agent_id: session.agentId,
    call_type: CALL_TYPES[session.type],
    status: session.status,
    started_at: timestamp(session.startedAt),
    ended_at: session.endedAt === null ? null : timestamp(session.endedAt),
    duration: durationSeconds(session),
    metadata: session.metadata,
    created_at: timestamp(session.createdAt),
  };
}
