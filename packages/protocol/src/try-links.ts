import { z } from 'zod';
import { Done, Timestamp } from './common.ts';
import { CreateSession, StartedSession } from './sessions.ts';

export const CreatedTryLink = Done.extend({
  url: z.string().meta({ description: 'Opens the page for trying the agent, once; its token stands behind the `#`' }),
  expires_at: Timestamp,
});

export const ExchangeTryLink = z.object({
  token: z.string().min(1).max(200).meta({ description: 'From behind the `#` of the link' }),
  session_type: CreateSession.shape.session_type,
});

/** The session as whoever holds the link may see it. */
export const TriedSession = StartedSession.pick({
  session_id: true,
  agent_id: true,
  agent_name: true,
  session_type: true,
  started_at: true,
  session_token: true,
  expires_at: true,
  realtime: true,
  warnings: true,
}).extend({ language: z.string().meta({ description: 'The agent’s language' }) });

export const ExchangedTryLink = Done.extend({ session: TriedSession });
