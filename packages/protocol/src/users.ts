import { z } from 'zod';
import { Done, DoneWithMessage, Id, Name, Timestamp } from './common.ts';

/** An e-mail address as people write it; stored trimmed and in lower case. */
export const Email = z
  .string()
  .trim()
  .max(254)
  .meta({ format: 'email' })
  .pipe(z.email('must be an e-mail address'))
  .transform((email) => email.normalize('NFC').toLowerCase());

export const UserRole = z.enum(['administrator', 'member']);

export const UserLimits = z.strictObject({
  concurrent_sessions: z
    .int()
    .min(0)
    .max(1_000_000)
    .nullable()
    .optional()
    .meta({ description: 'Live sessions at a time; null = no limit; absent = the server’s default' }),
  messages_per_minute: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .optional()
    .meta({ description: 'In one session; null = no limit; absent = the server’s default' }),
});

export const InviteUser = z.object({
  email: Email,
  name: Name.nullable().optional(),
  role: UserRole.default('member'),
  limits: UserLimits.optional(),
});

export const UpdateUser = z
  .object({
    name: Name.nullable().optional(),
    role: UserRole.optional(),
    active: z.boolean().optional().meta({ description: 'false refuses every credential of the user at once' }),
    limits: UserLimits.optional().meta({ description: 'Replaces all limits' }),
  })
  .meta({ minProperties: 1 });

export const UserDetail = z.object({
  user_id: Id,
  email: z.string().nullable(),
  name: z.string().nullable(),
  role: UserRole,
  active: z.boolean(),
  has_password: z.boolean().meta({ description: 'false until the set-up link was used' }),
  limits: UserLimits,
  created_at: Timestamp,
  updated_at: Timestamp,
});

export const UserList = Done.extend({ users: z.array(UserDetail), next_cursor: z.string().optional() });
export const UserAnswer = Done.extend({ user: UserDetail });
export const InvitedUser = DoneWithMessage.extend({
  user: UserDetail,
  invite_url: z.string().meta({ description: 'Good once, for 7 days; its secret is behind the # and reaches no log' }),
  expires_at: Timestamp,
});
