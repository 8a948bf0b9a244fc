import type { Now } from '../clock.ts';
import type { Stores } from '../stores.ts';
import { hashSecret, randomSecret } from './secrets.ts';

/** How long the first administrator's link is good: it is read from a terminal. */
export const SET_UP_LINK_MS = 15 * 60_000;
/** How long an invitation is good: it travels by e-mail. */
export const INVITATION_MS = 7 * 24 * 60 * 60_000;

export interface SetUpLinkStore {
  insert(userId: number, link: { hash: string; expiresAt: number }, now: number): Promise<void>;
  /** The user of a link that is still good. */
  find(hash: string, now: number): Promise<number | undefined>;
  /** Uses the link up: gives its user once, and never again. */
  take(hash: string, now: number): Promise<number | undefined>;
  deleteAllOf(userId: number): Promise<void>;
}

/** A token with which the user sets e-mail and password, once. The user's older ones die. */
export async function issueSetUpLink(
  deps: { stores: Pick<Stores, 'setUpLinks'>; now: Now },
  userId: number,
  lifeMs: number,
): Promise<string> {
  const token = randomSecret(43);
  const now = deps.now();
  await deps.stores.setUpLinks.deleteAllOf(userId);
  await deps.stores.setUpLinks.insert(userId, { hash: hashSecret(token), expiresAt: now + lifeMs }, now);
  return token;
}
