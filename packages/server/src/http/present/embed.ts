import { type AgentProperties, type EmbedDetail, type EmbedSession, type EmbedWidget, timestamp } from '@visavis/protocol';
import type { z } from 'zod';
import type { Avatar } from '../../core/avatars/avatar.ts';
import type { IceServer } from '../../core/calls/transport.ts';
import type { Embed, EmbedUse } from '../../core/embeds/embed.ts';
import type { UsableEmbed } from '../../core/embeds/start-embed-session.ts';
import type { SessionOverview } from '../../core/sessions/session.ts';
import { presentAvatar } from './avatar.ts';
import { presentStartedSession } from './session.ts';

export function presentEmbed(embed: Embed, use: EmbedUse | undefined, publicUrl: string): z.output<typeof EmbedDetail> {
  return {
    embed_id: embed.publicId,
    agent_id: embed.agentId,
    agent_name: embed.agentName,
    name: embed.name,
    allowed_origins: embed.allowedOrigins,
    session_types: embed.sessionTypes,
    sessions_per_day: embed.sessionsPerDay,
    minutes_per_day: embed.minutesPerDay,
    minutes_per_session: embed.minutesPerSession,
    expires_at: embed.expiresAt === null ? null : timestamp(embed.expiresAt),
    enabled: embed.enabled,
    appearance: embed.appearance,
    usage_today: { sessions: use?.sessions ?? 0, minutes: Math.round((use?.milliseconds ?? 0) / 600) / 100 },
    snippet: `<script src="${publicUrl}/widget.js" async></script>\n<visavis-agent embed="${embed.publicId}"></visavis-agent>`,
    created_at: timestamp(embed.createdAt),
    updated_at: timestamp(embed.updatedAt),
  };
}

export function presentWidget(
  { embed, agent }: UsableEmbed,
  avatar: Avatar | undefined,
  publicUrl: string,
): z.output<typeof EmbedWidget> {
  const shown = avatar && presentAvatar(avatar, publicUrl, agent.userId);
  return {
    embed_id: embed.publicId,
    agent_name: agent.name,
    language: agent.language,
    avatar_name: shown?.name ?? null,
    avatar_url: shown?.url ?? null,
    avatar_preview_url: shown?.preview_url ?? null,
    session_types: embed.sessionTypes,
    recorded: (agent.properties as AgentProperties | null)?.recording?.enabled ?? false,
    appearance: embed.appearance,
  };
}

/** The creation of a session, as a visitor may see it. */
export function presentEmbedSession(
  session: SessionOverview,
  access: { token: string; publicUrl: string; iceServers: IceServer[] },
): z.output<typeof EmbedSession> {
  const { metadata: _, ...seen } = presentStartedSession(session, access);
  return { ...seen, language: session.language };
}
