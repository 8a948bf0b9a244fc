import { z } from 'zod';

/** Why a session ended. */
export const END_REASONS = [
  'ended-by-client',
  'ended-by-agent',
  'nobody-joined',
  'client-gone',
  'silence',
  'idle-timeout',
  'max-duration',
  'provider-failed',
  'worker-lost',
  'agent-deleted',
  'server-recovered',
  'shutdown',
] as const;
export const EndedReason = z.enum(END_REASONS);
export type EndedReason = z.infer<typeof EndedReason>;
