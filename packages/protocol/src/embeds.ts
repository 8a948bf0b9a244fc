import { z } from 'zod';
import { Done, DoneWithMessage, Id, IdInUrl, Name, PageQuery, TimeInput, Timestamp } from './common.ts';
import { SESSION_TYPES, SessionType, StartedSession } from './sessions.ts';

/** What is wrong with an allowed origin; undefined where it is one. */
export function originProblem(text: string): string | undefined {
  const [, scheme = '', subdomains, host = ''] = /^(https?):\/\/(\*\.)?([^*]*)$/i.exec(text) ?? [];
  if (scheme === '') return 'must be an origin such as "https://example.com", or "https://*.example.com" for its subdomains';
  if (!URL.canParse(`${scheme}://${host}`)) return 'is not an address';
  const { origin, hostname, pathname, search, hash, username } = new URL(`${scheme}://${host}`);
  if (pathname !== '/' || host.endsWith('/') || search !== '' || hash !== '' || username !== '')
    return `must be scheme, host and port only: "${withSubdomains(origin, subdomains)}"`;
  if (subdomains !== undefined && (!/\.[a-z]/i.test(hostname) || hostname.startsWith('[')))
    return 'must name the domain behind "*." whole, such as "https://*.example.com"';
  const written = withSubdomains(origin, subdomains);
  return written === text ? undefined : `must be written as browsers send it: "${written}"`;
}

const withSubdomains = (origin: string, subdomains: string | undefined) =>
  subdomains === undefined ? origin : origin.replace('://', '://*.');

const AllowedOrigin = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const problem = originProblem(text);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });

const AllowedOrigins = z
  .array(AllowedOrigin)
  .min(1, 'must have at least one origin, such as "https://example.com"')
  .max(50)
  .transform((origins) => [...new Set(origins)])
  .meta({
    description:
      'On whose pages it may be: `https://example.com`, or `https://*.example.com` for every subdomain (not for the domain itself)',
  });

const SessionTypes = z
  .array(SessionType)
  .min(1)
  .max(SESSION_TYPES.length)
  .transform((types) => SESSION_TYPES.filter((type) => types.includes(type)));

/** How the widget looks; attributes and CSS variables of the page come before it. */
export const EmbedAppearance = z
  .strictObject({
    title: z
      .string()
      .trim()
      .min(1)
      .max(80)
      .optional()
      .meta({ description: 'Above the conversation; the agent’s name where absent' }),
    greeting: z.string().trim().min(1).max(200).optional().meta({ description: 'Beside the closed widget’s button' }),
    accent_color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i, 'must be a colour like "#3366ff"')
      .optional(),
    position: z.enum(['bottom-right', 'bottom-left', 'inline']).optional().meta({
      description: 'Where the widget floats, or `inline`: where the element stands. Default `bottom-right`',
    }),
    color_scheme: z.enum(['auto', 'light', 'dark']).optional().meta({ description: 'Default `auto`: as the visitor’s system' }),
    show_avatar: z.boolean().optional().meta({ description: 'Whether the agent’s picture is shown; default true' }),
  })
  .meta({ id: 'EmbedAppearance' });
export type EmbedAppearance = z.infer<typeof EmbedAppearance>;

const ADay = (what: string, most: number) =>
  z
    .int()
    .min(1)
    .max(most)
    .nullable()
    .meta({ description: `${what} a day (UTC); null = no limit` });

const fields = {
  name: Name,
  allowed_origins: AllowedOrigins,
  session_types: SessionTypes.meta({ description: 'What visitors may start, and switch to' }),
  sessions_per_day: ADay('Sessions', 1_000_000),
  minutes_per_day: ADay('Minutes of calls, and minutes in which visitors write, of all sessions together', 1_000_000),
  minutes_per_session: z.int().min(1).max(1_440).meta({
    description:
      'The longest a call lasts. That much of `minutes_per_day` is set aside when it begins; what was not used comes back at its end',
  }),
  expires_at: TimeInput.nullable().meta({ description: 'After this it starts no session; null = never' }),
  enabled: z.boolean().meta({ description: 'false: it starts no session, and is not found by widgets' }),
};

export const CreateEmbed = z.object({
  agent_id: Id,
  name: fields.name,
  allowed_origins: fields.allowed_origins,
  session_types: fields.session_types.default(['agent_voice', 'agent_video', 'agent_chat']),
  sessions_per_day: fields.sessions_per_day.default(200),
  minutes_per_day: fields.minutes_per_day.default(300),
  minutes_per_session: fields.minutes_per_session.default(30),
  expires_at: fields.expires_at.optional(),
  enabled: fields.enabled.default(true),
  appearance: EmbedAppearance.default({}),
});

export const UpdateEmbed = z
  .object({
    name: fields.name.optional(),
    allowed_origins: fields.allowed_origins.optional(),
    session_types: fields.session_types.optional(),
    sessions_per_day: fields.sessions_per_day.optional(),
    minutes_per_day: fields.minutes_per_day.optional(),
    minutes_per_session: fields.minutes_per_session.optional(),
    expires_at: fields.expires_at.optional(),
    enabled: fields.enabled.optional(),
    appearance: EmbedAppearance.optional().meta({ description: 'Takes the place of the whole object' }),
  })
  .meta({ minProperties: 1 });

export const EmbedDetail = z.object({
  embed_id: z.string().meta({ description: 'Stands in the page; no secret: `emb_` and 22 characters' }),
  agent_id: Id,
  agent_name: z.string(),
  name: z.string(),
  allowed_origins: z.array(z.string()),
  session_types: z.array(SessionType),
  sessions_per_day: z.int().nullable(),
  minutes_per_day: z.int().nullable(),
  minutes_per_session: z.int(),
  expires_at: Timestamp.nullable(),
  enabled: z.boolean(),
  appearance: EmbedAppearance,
  usage_today: z
    .object({ sessions: z.int(), minutes: z.number() })
    .meta({ description: 'Since midnight UTC; the minutes that live sessions may still use count' }),
  snippet: z.string().meta({ description: 'What goes into the page' }),
  created_at: Timestamp,
  updated_at: Timestamp,
});

export const EmbedParams = z.object({ embed: z.string().min(1).max(100).meta({ description: '`embed_id`: `emb_…`' }) });
export const EmbedQuery = PageQuery.extend({
  agent_id: IdInUrl.optional().meta({ description: 'Only embeds of this agent' }),
});
export const EmbedList = Done.extend({ embeds: z.array(EmbedDetail), next_cursor: z.string().optional() });
export const EmbedAnswer = Done.extend({ embed: EmbedDetail });
export const CreatedEmbed = DoneWithMessage.extend({ embed: EmbedDetail });

/** What a widget shows before anybody talks. */
export const EmbedWidget = z.object({
  embed_id: z.string(),
  agent_name: z.string(),
  language: z.string().meta({ description: 'The agent’s language' }),
  avatar_name: z.string().nullable(),
  avatar_url: z.string().nullable(),
  avatar_preview_url: z.string().nullable().meta({ description: 'A picture of the face as it will look' }),
  session_types: z.array(SessionType),
  recorded: z
    .boolean()
    .meta({ description: 'Whether spoken sessions are recorded: visitors are to be told before the microphone' }),
  appearance: EmbedAppearance,
});
export const EmbedWidgetAnswer = Done.extend({ widget: EmbedWidget });

export const CreateEmbedSession = z.object({
  session_type: SessionType.optional().meta({
    description: 'Default: the first of `agent_chat`, `agent_voice`, ... that is allowed',
  }),
});

/** The session as a visitor may see it. */
export const EmbedSession = StartedSession.omit({ metadata: true }).extend({
  language: z.string().meta({ description: 'The agent’s language' }),
});
export const CreatedEmbedSession = DoneWithMessage.extend({ session: EmbedSession, widget: EmbedWidget });
