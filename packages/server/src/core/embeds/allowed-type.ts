import type { Caller } from '../access/caller.ts';
import { AppError } from '../errors.ts';
import type { SessionType } from '../sessions/session.ts';
import type { Stores } from '../stores.ts';

/** 403 where the visitor of an embed wants their session to be of a type that the embed does not allow. */
export async function requireAllowedType(
  deps: { stores: Pick<Stores, 'embeds'> },
  caller: Caller & { kind: 'session' },
  type: SessionType,
): Promise<void> {
  if (caller.embedId === undefined) return;
  const embed = await deps.stores.embeds.find(caller.user.id, caller.embedId);
  if (!embed?.sessionTypes.includes(type)) throw new AppError('session-type-not-allowed');
}
