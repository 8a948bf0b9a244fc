import type { Embed, NewEmbed } from '@visavis/client';

/** What the form holds. */
export interface EmbedValues {
  name: string;
  agent_id: string | null;
  allowed_origins: string[];
  /** A site that is typed and not added yet. */
  typedOrigin: string;
  session_types: Embed['session_types'];
  sessions_per_day: number | '';
  minutes_per_day: number | '';
  minutes_per_session: number | '';
  /** As `<input type="datetime-local">` has it, in the reader's own time; empty: none. */
  expires: string;
  title: string;
  greeting: string;
  accent_color: string;
  position: NonNullable<Embed['appearance']['position']>;
  color_scheme: NonNullable<Embed['appearance']['color_scheme']>;
  show_avatar: boolean;
}

/** What is edited, or what a new embed begins with. */
export function valuesOf(embed: Embed | undefined, agentId: number | undefined): EmbedValues {
  const appearance = embed?.appearance ?? {};
  return {
    name: embed?.name ?? '',
    agent_id: embed ? String(embed.agent_id) : agentId === undefined ? null : String(agentId),
    allowed_origins: embed?.allowed_origins ?? [],
    typedOrigin: '',
    session_types: embed?.session_types ?? ['agent_chat', 'agent_voice', 'agent_video'],
    sessions_per_day: embed ? (embed.sessions_per_day ?? '') : 200,
    minutes_per_day: embed ? (embed.minutes_per_day ?? '') : 300,
    minutes_per_session: embed?.minutes_per_session ?? 30,
    expires: embed?.expires_at ? localTime(embed.expires_at) : '',
    title: appearance.title ?? '',
    greeting: appearance.greeting ?? '',
    accent_color: appearance.accent_color ?? '',
    position: appearance.position ?? 'bottom-right',
    color_scheme: appearance.color_scheme ?? 'auto',
    show_avatar: appearance.show_avatar ?? true,
  };
}

/** What is sent; what was left empty is left out. */
export function bodyOf(values: EmbedValues): Omit<NewEmbed, 'agent_id'> {
  return {
    name: values.name.trim(),
    allowed_origins: values.allowed_origins,
    session_types: values.session_types,
    sessions_per_day: values.sessions_per_day === '' ? null : values.sessions_per_day,
    minutes_per_day: values.minutes_per_day === '' ? null : values.minutes_per_day,
    minutes_per_session: Number(values.minutes_per_session),
    expires_at: values.expires === '' ? null : new Date(values.expires).toISOString(),
    appearance: appearanceOf(values),
  };
}

export function appearanceOf(values: EmbedValues): Embed['appearance'] {
  const { title, greeting, accent_color, position, color_scheme, show_avatar } = values;
  return {
    ...(title.trim() && { title: title.trim() }),
    ...(greeting.trim() && { greeting: greeting.trim() }),
    ...(/^#[0-9a-f]{6}$/i.test(accent_color) && { accent_color }),
    position,
    color_scheme,
    show_avatar,
  };
}

/** A point in time as a field for date and time shows it. */
function localTime(timestamp: string): string {
  const time = new Date(timestamp);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
