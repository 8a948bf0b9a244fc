import { SCOPES } from '../access/api-key.ts';
import { issueApiKey } from '../access/issue-api-key.ts';
import { hashSecret } from '../access/secrets.ts';
import { issueSetUpLink, SET_UP_LINK_MS } from '../access/set-up-link.ts';
import type { Now } from '../clock.ts';
import type { Storage, Stores } from '../stores.ts';
import type { User } from './user.ts';

const SHORTEST_KEY = 16;
const LONGEST_KEY = 256;

/** What is there after the first users are. */
export interface FirstUsers {
  system: User;
  /** Owns the demo agents: the user of the first configured key, or the first administrator there was. */
  administrator: User;
  /** The text of a key that was made just now; it can be shown this once only. */
  newApiKey?: string;
}

/**
 * Creates what a server cannot be without: the system user, a user for each configured key that is not known yet, and
 * an administrator (with a random key, where none is configured). Changes nothing where they exist. Throws an `Error` that
 * says what to do where a configured key cannot be used.
 */
export async function ensureFirstUsers(
  deps: { storage: Pick<Storage, 'write'>; now: Now },
  { apiKeys }: { apiKeys: readonly string[] },
): Promise<FirstUsers> {
  const problem = apiKeysProblem(apiKeys);
  if (problem !== undefined) throw new Error(problem);
  return deps.storage.write(async (stores) => {
    const own = { stores, now: deps.now };
    const system = (await stores.users.findByRole('system')) ?? (await insertUser(own, 'system', 'Visavis'));
    const [first, ...others] = apiKeys;
    const firstUser = first === undefined ? undefined : await ensureUserOfKey(own, first, 'administrator', 'Administrator');
    for (const [index, text] of others.entries()) await ensureUserOfKey(own, text, 'member', `Member ${index + 2}`);

    const known = firstUser?.role === 'administrator' ? firstUser : await stores.users.findByRole('administrator');
    if (known) return { system, administrator: known };
    const administrator = await insertUser(own, 'administrator', 'Administrator');
    if (firstUser) return { system, administrator };
    const { text } = await issueApiKey(own, administrator.id, { name: 'First key', scopes: SCOPES, rateLimit: null });
    return { system, administrator, newApiKey: text };
  });
}

/** A token for the page where the administrator sets e-mail and password; undefined where that was done. The older ones die. */
export async function createSetUpLink(
  deps: { storage: Pick<Storage, 'write'>; now: Now },
  userId: number,
): Promise<string | undefined> {
  return deps.storage.write(async (stores) => {
    const user = await stores.users.find(userId);
    if (!user?.active || user.hasPassword) return undefined;
    return issueSetUpLink({ stores, now: deps.now }, userId, SET_UP_LINK_MS);
  });
}

/** What is wrong with configured keys, without showing them; undefined where nothing is. */
export function apiKeysProblem(apiKeys: readonly string[]): string | undefined {
  for (const [index, text] of apiKeys.entries()) {
    const name = apiKeys.length === 1 ? 'the key' : `key ${index + 1}`;
    if (text.length < SHORTEST_KEY || text.length > LONGEST_KEY) {
      return `VISAVIS_API_KEY: ${name} has ${text.length} characters; use ${SHORTEST_KEY} to ${LONGEST_KEY}, for example the output of "openssl rand -hex 24"`;
    }
    if (!/^[\x21-\x7e]+$/.test(text)) {
      return `VISAVIS_API_KEY: ${name} holds blanks or characters beyond ASCII, which no header can carry; use letters, digits, "-" and "_"`;
    }
    if (apiKeys.indexOf(text) !== index) return `VISAVIS_API_KEY: ${name} is given twice; every key is a user of its own`;
  }
  return undefined;
}

interface WriteDeps {
  stores: Pick<Stores, 'users' | 'apiKeys'>;
  now: Now;
}

/** A key that was deleted or deactivated stays so: whoever did that meant it. */
async function ensureUserOfKey(deps: WriteDeps, text: string, role: User['role'], name: string): Promise<User> {
  const known = await deps.stores.apiKeys.findByHash(hashSecret(text));
  if (known) return known.user;
  const user = await insertUser(deps, role, name);
  await issueApiKey(deps, user.id, { name: 'From VISAVIS_API_KEY', scopes: SCOPES, rateLimit: null, text });
  return user;
}

function insertUser({ stores, now }: WriteDeps, role: User['role'], name: string): Promise<User> {
  return stores.users.insert({ role, email: null, name, limits: {} }, now());
}
