import { z } from 'zod';
import { AgentProperties } from './agent-properties.ts';
import { ImageFile, RemoteUrl } from './avatars.ts';
import { Done, DoneWithMessage, Id, JsonObject, Name, PageQuery, Timestamp } from './common.ts';

const Language = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag like "en" or "pt-BR"')
  .max(35);

const fields = {
  avatar_id: Id.nullable(),
  language: Language,
  custom_greeting: z.string().max(4_000).nullable(),
  context: z.string().nullable().meta({ description: 'The instructions; at most 64 KiB' }),
  properties: AgentProperties.nullable(),
};

export const AgentStatus = z.enum(['active', 'archived']);

export const CreateAgent = z.object({
  name: Name,
  avatar_id: fields.avatar_id.optional(),
  language: Language.default('en'),
  custom_greeting: fields.custom_greeting.optional(),
  context: fields.context.optional(),
  properties: fields.properties.optional(),
});

export const UpdateAgent = z
  .object({
    name: Name.optional(),
    avatar_id: fields.avatar_id.optional(),
    language: Language.optional(),
    custom_greeting: fields.custom_greeting.optional(),
    context: fields.context.optional(),
    properties: fields.properties.optional(),
    memories: JsonObject.nullable()
      .optional()
      .meta({ description: 'Given to the model as facts about earlier talks; at most 256 KiB' }),
    knowledge_base: JsonObject.nullable()
      .optional()
      .meta({ description: 'Given to the model as what it knows; at most 256 KiB' }),
    status: AgentStatus.optional(),
  })
  .meta({ minProperties: 1 });

const AgentSummary = z.object({
  agent_id: Id,
  name: z.string(),
  avatar_id: Id.nullable(),
  language: z.string(),
  custom_greeting: z.string().nullable(),
  context: z.string().nullable(),
  status: AgentStatus,
  created_at: Timestamp,
});

export const CreatedAgent = DoneWithMessage.extend({ agent: AgentSummary });

export const AgentListItem = AgentSummary.extend({
  updated_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  total_sessions: z.int(),
  avg_duration: z.int().meta({ description: 'Seconds, over completed sessions' }),
  avatar_name: z.string().nullable(),
  avatar_url: z.string().nullable(),
  voice_id: z.string().nullable(),
});

export const DeleteAgentQuery = z.object({
  end_sessions: z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => value === 'true')
    .meta({ description: 'End live sessions with `agent-deleted` instead of answering 409' }),
});

export const AgentQuery = PageQuery.extend({
  status: z.enum(['active', 'archived', 'all']).default('active').meta({ description: 'Archived ones only when asked for' }),
});
export const AgentList = Done.extend({ agents: z.array(AgentListItem), next_cursor: z.string().optional() });

export const AgentDetail = z.object({
  id: Id,
  user_id: Id,
  name: z.string(),
  avatar_id: Id.nullable(),
  voice_id: z.string().nullable(),
  role_id: z.null(),
  language: z.string(),
  custom_greeting: z.string().nullable(),
  context: z.string().nullable(),
  properties: JsonObject.nullable(),
  memories: JsonObject.nullable(),
  knowledge_base: JsonObject.nullable(),
  status: AgentStatus,
  created_at: Timestamp,
  updated_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  total_sessions: z.int(),
  avg_duration: z.int(),
});

export const FetchBackground = z.object({ url: RemoteUrl });

/** The field of the multipart form. */
export const UploadBackground = z.object({ file: ImageFile });

export const BackgroundAnswer = Done.extend({
  background_url: z.string().nullable().meta({ description: 'null where there is none' }),
});
