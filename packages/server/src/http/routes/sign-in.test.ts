import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueSetUpLink, SET_UP_LINK_MS } from '../../core/access/set-up-link.ts';
import { createSetUpLink } from '../../core/users/first-user.ts';
import type { User } from '../../core/users/user.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

const PASSWORD = 'a sentence is better';
const DAY_MS = 86_400_000;

let api: TestApi;
let time = Date.UTC(2024, 0, 15, 10, 30);
let people = 0;
beforeAll(async () => {
  api = await startTestApi({ now: () => time });
});
afterAll(() => api.close());

const nobody = { 'x-api-key': '' };
/** A request without credentials but for a cookie. */
const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', `/auth/${path}`, body, { ...nobody, ...headers });
const cookieOf = (answer: TestAnswer) => String(answer.headers['set-cookie']).split(';')[0] ?? '';
const refresh = (cookie: string) => post('refresh', undefined, { cookie });
const as = (answer: TestAnswer) => ({ authorization: `Bearer ${answer.body.access_token}` });

/** A member with a password, signed in. */
async function member(): Promise<{ user: User; email: string; answer: TestAnswer }> {
  const { user } = await api.anotherUser();
  const email = `person-${++people}@example.org`;
  const token = await api.storage.write((stores) => issueSetUpLink({ stores, now: () => time }, user.id, SET_UP_LINK_MS));
  const answer = await post('setup', { token, email, password: PASSWORD });
  expect(answer.status).toBe(200);
  return { user, email, answer };
}

describe('the set-up link', () => {
  it('sets e-mail and password once, and signs in', async () => {
    const token = await createSetUpLink({ storage: api.storage, now: () => time }, api.user.id);
    const account = { token, email: '  Ada@Example.ORG ', password: PASSWORD, name: 'Ada' };
    const { status, body, headers } = await post('setup', account);
    expect(status).toBe(200);
    expect(body).toEqual({
      success: true,
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      user: expect.objectContaining({ email: 'ada@example.org', name: 'Ada', role: 'administrator', has_password: true }),
    });
    expect(headers['cache-control']).toBe('no-store');
    expect((await api.call('GET', '/users', undefined, { authorization: `Bearer ${body.access_token}` })).status).toBe(200);
    expect(await post('setup', account)).toMatchObject({ status: 400, body: { code: 'set-up-link-invalid' } });
  });

  it('runs out', async () => {
    const { user } = await api.anotherUser();
    const token = await createSetUpLink({ storage: api.storage, now: () => time }, user.id);
    time += SET_UP_LINK_MS;
    const account = { token, email: 'late@example.org', password: PASSWORD };
    expect(await post('setup', account)).toMatchObject({ status: 400, body: { code: 'set-up-link-invalid' } });
    time -= 1;
    expect((await post('setup', account)).status).toBe(200);
  });

  it('is not used up by an address that is taken or a password that is too short', async () => {
    const { email } = await member();
    const { user } = await api.anotherUser();
    const token = await createSetUpLink({ storage: api.storage, now: () => time }, user.id);
    expect(await post('setup', { token, email, password: PASSWORD })).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
    const short = await post('setup', { token, email: 'free@example.org', password: 'too short' });
    expect(Object.keys(short.body.details)).toEqual(['password']);
    expect((await post('setup', { token, password: PASSWORD })).body.details).toEqual({ email: 'is required' });
    expect((await post('setup', { token, email: 'free@example.org', password: PASSWORD })).status).toBe(200);
  });
});

describe('signing in', () => {
  it('takes the address however it is typed, and gives a token and a cookie', async () => {
    const { email } = await member();
    const answer = await post('login', { email: ` ${email.toUpperCase()} `, password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toMatch(
      /^visavis_refresh=[\w-]{43}; Max-Age=2592000; Path=\/api\/v1\/auth; HttpOnly; SameSite=Strict$/,
    );
    const me = await api.call('GET', '/auth/me', undefined, as(answer));
    expect(me.body).toMatchObject({
      success: true,
      user: { email },
      credential: { kind: 'user', scopes: ['sessions', 'agents', 'avatars'] },
    });
    expect((await api.call('GET', '/agents', undefined, as(answer))).status).toBe(200);
    expect((await api.call('GET', '/users', undefined, as(answer))).status).toBe(403);
  });

  it('answers alike to a wrong password and an unknown address', async () => {
    const { email } = await member();
    const wrong = await post('login', { email, password: 'something else' });
    const unknown = await post('login', { email: 'nobody@example.org', password: PASSWORD });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual({ success: false, error: 'Wrong e-mail address or password', code: 'wrong-credentials' });
    expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
  });

  it('is refused to a deactivated account that gives the right password', async () => {
    const { user, email } = await member();
    await api.call('PUT', `/users/${user.id}`, { active: false });
    expect((await post('login', { email, password: PASSWORD })).body.code).toBe('account-deactivated');
    expect((await post('login', { email, password: 'something else' })).body.code).toBe('wrong-credentials');
  });

  it('marks the cookie as secure where the server is reached over https', async () => {
    const secure = await startTestApi({ publicUrl: 'https://talk.example.org' });
    try {
      const token = await createSetUpLink({ storage: secure.storage, now: Date.now }, secure.user.id);
      const body = { token, email: 'a@example.org', password: PASSWORD };
      const answer = await secure.call('POST', '/auth/setup', body, { ...nobody, origin: 'https://talk.example.org' });
      expect(answer.status).toBe(200);
      expect(answer.headers['set-cookie']).toMatch(/; Secure/);
    } finally {
      await secure.close();
    }
  });
});

describe('the refresh cookie', () => {
  it('is replaced each time it is used, and slides its 30 days', async () => {
    const { answer } = await member();
    time += 29 * DAY_MS;
    const second = await refresh(cookieOf(answer));
    expect(second.status).toBe(200);
    expect(cookieOf(second)).not.toBe(cookieOf(answer));
    time += 29 * DAY_MS;
    const third = await refresh(cookieOf(second));
    expect((await api.call('GET', '/auth/me', undefined, as(third))).status).toBe(200);
    time += 30 * DAY_MS;
    expect(await refresh(cookieOf(third))).toMatchObject({ status: 401, body: { code: 'not-signed-in' } });
  });

  it('gives two tabs that use it at once the same successor', async () => {
    const { answer } = await member();
    const [one, other] = await Promise.all([refresh(cookieOf(answer)), refresh(cookieOf(answer))]);
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(cookieOf(one)).toBe(cookieOf(other));
    expect((await refresh(cookieOf(one))).status).toBe(200);
  });

  it('that was copied and comes back later ends the sign-in for whoever holds it', async () => {
    const { answer } = await member();
    const second = await refresh(cookieOf(answer));
    time += 61_000;
    const replay = await refresh(cookieOf(answer));
    expect(replay.status).toBe(401);
    expect(replay.headers['set-cookie']).toMatch(/^visavis_refresh=; .*Expires=Thu, 01 Jan 1970/);
    expect((await refresh(cookieOf(second))).status).toBe(401);
  });

  it('is worth nothing after signing out, changing the password or being deactivated', async () => {
    const first = await member();
    expect((await post('logout', undefined, { cookie: cookieOf(first.answer) })).body).toEqual({ success: true });
    expect((await refresh(cookieOf(first.answer))).status).toBe(401);

    const second = await member();
    const elsewhere = await post('login', { email: second.email, password: PASSWORD });
    const change = { current_password: PASSWORD, new_password: 'another sentence' };
    const changed = await api.call('POST', '/auth/password', change, as(second.answer));
    expect(changed.status).toBe(200);
    expect((await refresh(cookieOf(elsewhere))).status).toBe(401);
    expect((await refresh(cookieOf(changed))).status).toBe(200);
    expect((await post('login', { email: second.email, password: PASSWORD })).status).toBe(401);
    expect((await post('login', { email: second.email, password: 'another sentence' })).status).toBe(200);

    const third = await member();
    await api.call('PUT', `/users/${third.user.id}`, { active: false });
    expect((await refresh(cookieOf(third.answer))).status).toBe(401);
    expect((await api.call('GET', '/auth/me', undefined, as(third.answer))).status).toBe(401);
  });

  it('is not needed to sign out', async () => {
    expect((await post('logout')).status).toBe(200);
    expect(await post('refresh')).toMatchObject({ status: 401, body: { error: 'Not signed in' } });
  });
});

describe('a password', () => {
  it('cannot be changed with a key, nor without the current one', async () => {
    const change = { current_password: PASSWORD, new_password: 'another sentence' };
    expect((await api.call('POST', '/auth/password', change)).status).toBe(403);
    const { answer } = await member();
    const wrong = await api.call('POST', '/auth/password', { ...change, current_password: 'not this one' }, as(answer));
    expect([wrong.status, wrong.body.error]).toEqual([401, 'The current password is wrong']);
  });
});

describe('pages of other origins', () => {
  it('are refused by every route of the cookie', async () => {
    const { email, answer } = await member();
    const cookie = cookieOf(answer);
    const bodies = {
      login: { email, password: PASSWORD },
      setup: { token: 'x', password: PASSWORD },
      refresh: undefined,
      logout: undefined,
    };
    for (const origin of ['https://evil.example', 'http://127.0.0.1:3001', 'null', 'http://localhost.evil.example']) {
      for (const [path, body] of Object.entries(bodies)) {
        expect(await post(path, body, { origin, cookie })).toMatchObject({ status: 403, body: { code: 'origin-not-allowed' } });
      }
    }
    expect((await refresh(cookie)).status).toBe(200);
  });

  it('are told from the server’s own, by its public address or a name of the loopback', async () => {
    const login = async (headers: Record<string, string>) => {
      const { email } = await member();
      return (await post('login', { email, password: PASSWORD }, headers)).status;
    };
    expect(await login({ origin: 'http://127.0.0.1:3000' })).toBe(200);
    expect(await login({ origin: 'http://localhost:8080', host: 'localhost:8080' })).toBe(200);
    expect(await login({ origin: 'http://rebound.example', host: 'rebound.example' })).toBe(403);
  });
});

describe('guessing passwords', () => {
  it('is stopped for an account after ten wrong ones, and forgotten after a right one', async () => {
    const guesses = await startTestApi({ now: () => time });
    const attempt = (password: string) => guesses.call('POST', '/auth/login', { email: 'ada@example.org', password }, nobody);
    try {
      const token = await createSetUpLink({ storage: guesses.storage, now: () => time }, guesses.user.id);
      await guesses.call('POST', '/auth/setup', { token, email: 'ada@example.org', password: PASSWORD }, nobody);
      for (let n = 0; n < 9; n++) expect((await attempt('wrong')).status).toBe(401);
      expect((await attempt(PASSWORD)).status).toBe(200);
      for (let n = 0; n < 10; n++) expect((await attempt('wrong')).status).toBe(401);
      const refused = await attempt(PASSWORD);
      expect(refused).toMatchObject({ status: 429, body: { code: 'too-many-attempts' } });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
    } finally {
      await guesses.close();
    }
  });

  it('is stopped for an address, whatever accounts it tries', async () => {
    const guesses = await startTestApi({ now: () => time });
    try {
      const statuses = new Set<number>();
      for (let n = 0; n < 30; n++) {
        const body = { email: `${n}@example.org`, password: 'wrong' };
        statuses.add((await guesses.call('POST', '/auth/login', body, nobody)).status);
      }
      expect([...statuses]).toEqual([401]);
      const body = { token: 'guess', email: 'x@example.org', password: PASSWORD };
      expect((await guesses.call('POST', '/auth/setup', body, nobody)).status).toBe(429);
    } finally {
      await guesses.close();
    }
  });
});
