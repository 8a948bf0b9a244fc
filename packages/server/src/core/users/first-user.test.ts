import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryStorage, temporaryStorage } from '../../testing/temporary-storage.ts';
import { hashSecret } from '../access/secrets.ts';
import { createSetUpLink, ensureFirstUsers } from './first-user.ts';

const KEY_A = 'a-key-of-the-operator-0001';
const KEY_B = 'ah_test_another-key-of-the-operator';

let temporary: TemporaryStorage;
let time = 0;
beforeEach(async () => {
  temporary = await temporaryStorage();
  time = 1_000_000;
});
afterEach(() => temporary.remove());

const deps = () => ({ storage: temporary.storage, now: () => time });
const users = async () => (await temporary.storage.read.users.list({ limit: 100 })).map(({ name, role }) => [role, name]);

describe('the first users', () => {
  it('are the system and an administrator with a random key, made once', async () => {
    const first = await ensureFirstUsers(deps(), { apiKeys: [] });
    expect(first.newApiKey).toMatch(/^ah_live_[\w-]{32}$/);
    expect(first.administrator).toMatchObject({ role: 'administrator', hasPassword: false, email: null });
    expect(first.system.role).toBe('system');
    const found = await temporary.storage.read.apiKeys.findByHash(hashSecret(first.newApiKey ?? ''));
    expect(found).toMatchObject({
      user: { id: first.administrator.id },
      key: { scopes: ['sessions', 'agents', 'avatars', 'admin'] },
    });

    const second = await ensureFirstUsers(deps(), { apiKeys: [] });
    expect(second).toEqual({ system: first.system, administrator: first.administrator });
    expect(await users()).toEqual([['administrator', 'Administrator']]);
  });

  it('are one for each configured key, the first one being the administrator', async () => {
    const first = await ensureFirstUsers(deps(), { apiKeys: [KEY_A, KEY_B] });
    expect(first.newApiKey).toBeUndefined();
    expect(await users()).toEqual([
      ['member', 'Member 2'],
      ['administrator', 'Administrator'],
    ]);
    const ofA = await temporary.storage.read.apiKeys.findByHash(hashSecret(KEY_A));
    const ofB = await temporary.storage.read.apiKeys.findByHash(hashSecret(KEY_B));
    expect(ofA).toMatchObject({ user: { id: first.administrator.id }, key: { prefix: '', lastFour: '0001' } });
    expect(ofB).toMatchObject({ user: { role: 'member' }, key: { prefix: 'ah_test_' } });

    expect(await ensureFirstUsers(deps(), { apiKeys: [KEY_A, KEY_B] })).toEqual(first);
    expect(await users()).toHaveLength(2);
  });

  it('leave alone a configured key that was deactivated', async () => {
    const { administrator } = await ensureFirstUsers(deps(), { apiKeys: [KEY_A] });
    const [key] = await temporary.storage.read.apiKeys.list(administrator.id, { limit: 10 });
    await temporary.storage.write((stores) => stores.apiKeys.delete(administrator.id, key?.id ?? 0, time));
    await ensureFirstUsers(deps(), { apiKeys: [KEY_A] });
    const found = await temporary.storage.read.apiKeys.findByHash(hashSecret(KEY_A));
    expect(found?.key).toMatchObject({ active: false, deletedAt: time });
    expect(await users()).toHaveLength(1);
  });

  it('add the user of a key that is configured later', async () => {
    const before = await ensureFirstUsers(deps(), { apiKeys: [] });
    const after = await ensureFirstUsers(deps(), { apiKeys: [KEY_A] });
    expect(after.administrator.id).not.toBe(before.administrator.id);
    expect(after.administrator.role).toBe('administrator');
  });

  it('refuse keys that cannot be used, without showing them', async () => {
    const refusal = (apiKeys: string[]) => ensureFirstUsers(deps(), { apiKeys }).catch((error: Error) => error.message);
    expect(await refusal(['hunter2'])).toBe(
      'VISAVIS_API_KEY: the key has 7 characters; use 16 to 256, for example the output of "openssl rand -hex 24"',
    );
    expect(await refusal([KEY_A, 'a key with blanks in it'])).toContain('key 2 holds blanks');
    expect(await refusal([KEY_A, KEY_A])).toContain('given twice');
    expect(await users()).toEqual([]);
  });
});

describe('the set-up link', () => {
  it('is made anew at each start, and the older one dies', async () => {
    const { administrator } = await ensureFirstUsers(deps(), { apiKeys: [] });
    const older = (await createSetUpLink(deps(), administrator.id)) ?? '';
    const newer = (await createSetUpLink(deps(), administrator.id)) ?? '';
    const { setUpLinks } = temporary.storage.read;
    expect(await setUpLinks.find(hashSecret(older), time)).toBeUndefined();
    expect(await setUpLinks.find(hashSecret(newer), time)).toBe(administrator.id);
    expect(await setUpLinks.find(hashSecret(newer), time + 15 * 60_000)).toBeUndefined();
  });

  it('is not made for an administrator who has a password', async () => {
    const { administrator } = await ensureFirstUsers(deps(), { apiKeys: [] });
    const account = { email: 'a@example.org', name: null, passwordHash: 'hash' };
    await temporary.storage.write((stores) => stores.users.setPassword(administrator.id, account, time));
    expect(await createSetUpLink(deps(), administrator.id)).toBeUndefined();
  });
});
