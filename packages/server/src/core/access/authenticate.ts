import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import type { Caller } from './caller.ts';
import { hashSecret } from './secrets.ts';
import type { Tokens } from './tokens.ts';

/** The credentials that a request carries. */
export interface Credentials {
  apiKey?: string | undefined;
  bearerToken?: string | undefined;
}

/** Who is calling; 401 with the text that says what is wrong with the credentials. */
export async function authenticate(
  deps: { stores: Pick<Stores, 'apiKeys' | 'users' | 'sessions'>; tokens: Tokens },
  credentials: Credentials,
): Promise<Caller> {
  if (credentials.apiKey !== undefined) return byApiKey(deps.stores, credentials.apiKey);
  if (credentials.bearerToken !== undefined) return byToken(deps, credentials.bearerToken);
  throw new AppError('api-key-required');
}

async function byApiKey(stores: Pick<Stores, 'apiKeys'>, apiKey: string): Promise<Caller> {
  const found = await stores.apiKeys.findByHash(hashSecret(apiKey));
  if (!found) throw new AppError('invalid-api-key');
  const { key, user } = found;
  if (!key.active || key.deletedAt !== null || !user.active) throw new AppError('api-key-deactivated');
  return { kind: 'api-key', user, keyId: key.id, scopes: key.scopes, rateLimit: key.rateLimit };
}

async function byToken(
  { stores, tokens }: { stores: Pick<Stores, 'users' | 'sessions'>; tokens: Tokens },
  token: string,
): Promise<Caller> {
  const claims = tokens.verify(token);
  const user = await stores.users.find(claims.userId);
  if (!user?.active) throw new AppError('invalid-token');
  if (claims.kind === 'user') return { kind: 'user', user };
  const session = await stores.sessions.find(claims.userId, claims.sessionId);
  if (session?.status !== 'active') throw new AppError('invalid-token');
  return { kind: 'session', user, sessionId: session.id, ...(session.embedId !== null && { embedId: session.embedId }) };
}
