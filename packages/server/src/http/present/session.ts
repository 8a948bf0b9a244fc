import {
  type AgentSessionItem,
  type EndedSession,
  type SessionDetail,
  type SessionListItem,
  type StartedSession,
  timestamp,
} from '@visavis/protocol';
import type { z } from 'zod';
import { absoluteAvatarUrl } from '../../core/avatars/avatar-url.ts';
import type { IceServer } from '../../core/calls/transport.ts';
import { recordingUrl } from '../../core/recordings/recording-url.ts';
import type { Message } from '../../core/sessions/message.ts';
import type { Session, SessionOverview } from '../../core/sessions/session.ts';
import { transcriptOf } from '../../core/sessions/transcript.ts';

/** What the client reported, or else what the server measured; null while the session is live. */
export function durationSeconds(session: Session): number | null {
  if (session.endedAt === null) return null;
  return session.clientDuration ?? Math.round((session.endedAt - session.startedAt) / 1000);
}

export function presentSessionListItem(session: SessionOverview, publicUrl: string): z.output<typeof SessionListItem> {
  return {
    ...identity(session),
    ended_at: session.endedAt === null ? null : timestamp(session.endedAt),
    duration: durationSeconds(session),
    created_at: timestamp(session.createdAt),
    ...avatarOf(session, publicUrl),
    end_reason: session.endReason,
    embed_id: session.embedId,
  };
}

/** What every shape of a session begins with, but the oldest. */
function identity(session: SessionOverview) {
  return {
    session_id: session.id,
    agent_id: session.agentId,
    agent_name: session.agentName,
    session_type: session.type,
    status: session.status,
    started_at: timestamp(session.startedAt),
  };
}

function avatarOf(session: SessionOverview, publicUrl: string) {
  return {
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

/** What the creation of a session answers. */
export function presentStartedSession(
  session: SessionOverview,
  access: { token: string; publicUrl: string; iceServers: IceServer[] },
): z.output<typeof StartedSession> {
  return {
    ...identity(session),
    metadata: session.metadata,
    ...avatarOf(session, access.publicUrl),
    session_token: access.token,
    expires_at: timestamp(session.expiresAt),
    realtime: { url: realtimeUrl(session, access.publicUrl), ice_servers: access.iceServers },
    warnings: session.warnings,
  };
}

function realtimeUrl(session: Session, publicUrl: string): string {
  if (session.type === 'webrtc_video') return `${publicUrl.replace(/^http/, 'ws')}/api/v1/webrtc`;
  return `${publicUrl}/api/v1/sessions/${session.id}/${session.type === 'agent_chat' ? 'messages' : 'connect'}`;
}

/** Of a spoken session the time somebody was connected counts. */
function usedSeconds(session: Session): number {
  if (session.type !== 'agent_chat') return Math.round(session.connectedMs / 1000);
  return session.endedAt === null ? 0 : Math.round((session.endedAt - session.startedAt) / 1000);
}

/** One session; `full` for its user, reduced for the bearer of a session token. */
export function presentSession(
  session: SessionOverview,
  messages: readonly Message[],
  options: { full: boolean; publicUrl: string; recorded: boolean },
): z.output<typeof SessionDetail> {
  return {
    ...presentSessionListItem(session, options.publicUrl),
    transcript: session.clientTranscript ?? transcriptOf(messages),
    language: session.language,
    warnings: session.warnings,
    recording_url: options.recorded ? recordingUrl(session, options.publicUrl) : null,
    ...(options.full && {
      metadata: session.metadata,
      ...(session.video && { video: session.video }),
      usage: {
        user_messages: messages.filter(({ role }) => role === 'user').length,
        replies: messages.filter(({ role, turnId }) => role === 'assistant' && turnId !== null).length,
        seconds: usedSeconds(session),
      },
    }),
  };
}

export function presentEndedSession(
  session: SessionOverview,
  messages: readonly Message[],
  full: boolean,
): z.output<typeof EndedSession>['session'] {
  return {
    ...identity(session),
    ended_at: timestamp(session.endedAt ?? session.startedAt),
    duration: durationSeconds(session) ?? 0,
    transcript: session.clientTranscript ?? transcriptOf(messages),
    ...(full && { metadata: session.metadata }),
  };
}
