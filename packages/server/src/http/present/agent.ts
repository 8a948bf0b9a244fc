import { type AgentDetail, type AgentListItem, type CreatedAgent, timestamp } from '@visavis/protocol';
import type { z } from 'zod';
import type { Agent, AgentOverview } from '../../core/agents/agent.ts';
import { absoluteAvatarUrl } from '../../core/avatars/avatar-url.ts';

export function presentCreatedAgent(agent: Agent): z.output<typeof CreatedAgent>['agent'] {
  return {
    agent_id: agent.id,
    name: agent.name,
    avatar_id: agent.avatarId,
    language: agent.language,
    custom_greeting: agent.customGreeting,
    context: agent.context,
    status: agent.status,
    created_at: timestamp(agent.createdAt),
  };
}

export function presentAgentListItem(agent: AgentOverview, publicUrl: string): z.output<typeof AgentListItem> {
  return {
    ...presentCreatedAgent(agent),
    updated_at: timestamp(agent.updatedAt),
    last_used_at: agent.lastUsedAt === null ? null : timestamp(agent.lastUsedAt),
    total_sessions: agent.totalSessions,
    avg_duration: agent.averageDurationSeconds,
    avatar_name: agent.avatarName,
    avatar_url: agent.avatarUrl && absoluteAvatarUrl(publicUrl, agent.avatarUrl),
    voice_id: agent.voiceId,
  };
}

export function presentAgentDetail(agent: AgentOverview): z.output<typeof AgentDetail> {
  return {
    id: agent.id,
    user_id: agent.userId,
    name: agent.name,
    avatar_id: agent.avatarId,
    voice_id: agent.voiceId,
    role_id: null,
    language: agent.language,
    custom_greeting: agent.customGreeting,
    context: agent.context,
    properties: agent.properties,
    memories: agent.memories,
    knowledge_base: agent.knowledgeBase,
    status: agent.status,
    created_at: timestamp(agent.createdAt),
    updated_at: timestamp(agent.updatedAt),
    last_used_at: agent.lastUsedAt === null ? null : timestamp(agent.lastUsedAt),
    total_sessions: agent.totalSessions,
    avg_duration: agent.averageDurationSeconds,
  };
}
