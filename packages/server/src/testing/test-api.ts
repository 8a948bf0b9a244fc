import { pino } from 'pino';
import { SCOPES } from '../core/access/api-key.ts';
import { issueApiKey } from '../core/access/issue-api-key.ts';
import { createSecretBox } from '../core/access/secrets.ts';
import { createTokens } from '../core/access/tokens.ts';
import type { Storage } from '../core/stores.ts';
import type { User } from '../core/users/user.ts';
import type { App } from '../http/api.ts';
import { buildApp } from '../http/app.ts';
import { createRateLimiter } from '../http/rate-limit.ts';
import { temporaryStorage } from './temporary-storage.ts';

const SECRET = 'a secret for tests only';

export interface TestAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  body: any;
  headers: Record<string, unknown>;
}

export interface TestApi {
  app: App;
  storage: Storage;
  /** An administrator, with a key of every scope. */
  user: User;
  apiKey: string;
  /** One request as `user` (or with other headers); a string or Buffer body is sent as it is. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  /** Another user with a key of every scope. */
  anotherUser(role?: User['role']): Promise<{ user: User; apiKey: string }>;
  close(): Promise<void>;
}

/** The real HTTP side over a real database, without a network socket and without workers. */
export async function startTestApi(options: { rateLimit?: boolean; now?: () => number } = {}): Promise<TestApi> {
  const temporary = await temporaryStorage();
  const { storage } = temporary;
  const now = options.now ?? Date.now;
  const app = await buildApp({
    storage,
    tokens: createTokens(SECRET),
    box: createSecretBox(SECRET, 'storage'),
    now,
    publicUrl: 'http://127.0.0.1:3000',
    logger: pino({ level: 'silent' }),
    trustProxy: false,
    access: {
      rateLimiter: createRateLimiter({ enabled: options.rateLimit ?? false, now }),
      rateLimits: { apiKey: 60, user: 600, session: 120, address: 120 },
      keyUsed: () => undefined,
    },
  });
  await app.ready();

  const newUser = (role: User['role']) =>
    storage.write(async (stores) => {
      const user = await stores.users.insert({ role, email: null, name: role, limits: {} }, now());
      const { text } = await issueApiKey({ stores, now }, user.id, { name: 'test', scopes: SCOPES, rateLimit: null });
      return { user, apiKey: text };
    });
  const { user, apiKey } = await newUser('administrator');

  return {
    app,
    storage,
    user,
    apiKey,
    async call(method, path, body, headers = {}) {
      const raw = typeof body === 'string' || Buffer.isBuffer(body);
      const answer = await app.inject({
        method: method as 'GET',
        url: path.startsWith('/api') || path.startsWith('/v1') ? path : `/api/v1${path}`,
        headers: {
          ...(headers['x-api-key'] === undefined && headers.authorization === undefined && { 'x-api-key': apiKey }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { payload: raw ? body : JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: jsonOrText(answer.body), headers: answer.headers };
    },
    anotherUser: (role = 'member') => newUser(role),
    async close() {
      await app.close();
      await temporary.remove();
    },
  };
}

function jsonOrText(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
