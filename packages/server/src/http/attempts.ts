import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../core/errors.ts';

const WINDOW_SECONDS = 15 * 60;
/** Failed attempts in the window; several people may share an address. */
const MOST_OF_ACCOUNT = 10;
const MOST_OF_ADDRESS = 30;

/** Counts attempts to prove who one is; only failed ones count. */
export interface Attempts {
  /** Runs one attempt. 429 `too-many-attempts` where the address or the account has failed too often. */
  attempt<T>(who: { address: string; account?: string }, work: () => Promise<T>): Promise<T>;
}

/** Keeps the counts in memory. Each attempt is counted before it runs, so that many at once gain nothing. */
export function createAttempts(): Attempts {
  const ofAddress = new RateLimiterMemory({ points: MOST_OF_ADDRESS, duration: WINDOW_SECONDS, keyPrefix: 'address' });
  const ofAccount = new RateLimiterMemory({ points: MOST_OF_ACCOUNT, duration: WINDOW_SECONDS, keyPrefix: 'account' });

  return {
    async attempt({ address, account }, work) {
      const key = account === undefined ? undefined : createHash('sha256').update(account).digest('base64url');
      await take(ofAddress, address);
      if (key !== undefined) await take(ofAccount, key);
      const result = await work();
      await ofAddress.reward(address);
      if (key !== undefined) await ofAccount.delete(key);
      return result;
    },
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new AppError('too-many-attempts', undefined, { retryAfterSeconds, cause: refusal });
  }
}
