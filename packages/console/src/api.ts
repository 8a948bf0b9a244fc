import { createClient } from '@visavis/client';
import { accessToken } from './sign-in/session.ts';

/** The API, as the person who is signed in. */
export const api = createClient({ baseUrl: location.origin, credentials: { accessToken } });
