import { z } from 'zod';
import { Done, Name } from './common.ts';
import { KeyScope } from './keys.ts';
import { Email, UserDetail } from './users.ts';

/** Length counts: a sentence is better than a riddle. */
export const NewPassword = z.string().min(10).max(200).meta({ description: '10 to 200 characters', format: 'password' });
const Password = z.string().min(1).max(200).meta({ format: 'password' });

export const SetUpAccount = z.object({
  token: z.string().min(1).max(200).meta({ description: 'From the set-up link or the invitation' }),
  email: Email.optional().meta({ description: 'Required for the first administrator; an invitation brings its own' }),
  password: NewPassword,
  name: Name.optional(),
});

export const SignIn = z.object({ email: Email, password: Password });

export const UpdateMe = z.object({ name: Name.nullable().meta({ description: 'null removes it' }) });

export const ChangePassword = z.object({ current_password: Password, new_password: NewPassword });

/** The refresh token is in the HttpOnly cookie `visavis_refresh`. */
export const SignedIn = Done.extend({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().meta({ description: 'Seconds' }),
  user: UserDetail,
});

export const Me = Done.extend({
  user: UserDetail,
  credential: z.object({
    kind: z.enum(['api-key', 'user']),
    scopes: z.array(KeyScope).meta({ description: 'What the credential that was sent may do' }),
  }),
});
