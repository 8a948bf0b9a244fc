import { createSigner, createVerifier } from 'fast-jwt';
import { AppError } from '../errors.ts';
import { deriveKey } from './secrets.ts';

/** How long a signed token is good, in seconds. */
export const TOKEN_SECONDS = 15 * 60;

export type TokenClaims = { kind: 'user'; userId: number } | { kind: 'session'; userId: number; sessionId: number };

/** Signs and reads the tokens that callers carry: JWT, HS256, a key derived from the server's secret. */
export interface Tokens {
  sign(claims: TokenClaims): string;
  /** 401 `invalid-token` for anything that is not a live token of this server. */
  verify(token: string): TokenClaims;
}

export function createTokens(serverSecret: string): Tokens {
  const key = deriveKey(serverSecret, 'tokens');
  const sign = createSigner({ key, algorithm: 'HS256', expiresIn: TOKEN_SECONDS * 1000 });
  const verify = createVerifier({ key, algorithms: ['HS256'] });
  return {
    sign: (claims) =>
      claims.kind === 'user'
        ? sign({ sub: `user:${claims.userId}` })
        : sign({ sub: `session:${claims.userId}:${claims.sessionId}` }),
    verify(token) {
      let subject: unknown;
      try {
        subject = (verify(token) as { sub?: unknown }).sub;
      } catch (error) {
        throw new AppError('invalid-token', undefined, { cause: error });
      }
      const [kind, userId, sessionId] = typeof subject === 'string' ? subject.split(':') : [];
      if (kind === 'user') return { kind, userId: Number(userId) };
      if (kind === 'session') return { kind, userId: Number(userId), sessionId: Number(sessionId) };
      throw new AppError('invalid-token');
    },
  };
}
