import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Requests a minute for each kind of caller. */
export interface RateLimits {
  apiKey: number;
  user: number;
  session: number;
  address: number;
}

/** Where a bucket stands after a request. */
export interface Allowance {
  limit: number;
  remaining: number;
  /** Unix seconds. */
  resetAt: number;
  allowed: boolean;
  retryAfterSeconds: number;
}

const WINDOW_SECONDS = 60;

/** Counts requests a minute in buckets of their own; `take` gives undefined where nothing is limited. */
export function createRateLimiter(options: { enabled: boolean; now: () => number }) {
  const limiters = new Map<number, RateLimiterMemory>();

  return {
    enabled: options.enabled,

    async take(bucket: string, limit: number): Promise<Allowance | undefined> {
      if (!options.enabled || limit === 0) return undefined;
      let limiter = limiters.get(limit);
      if (!limiter) {
        limiter = new RateLimiterMemory({ points: limit, duration: WINDOW_SECONDS });
        limiters.set(limit, limiter);
      }
      const [state, allowed] = await limiter.consume(bucket).then(
        (result) => [result, true] as const,
        (refusal: unknown) => {
          if (refusal instanceof RateLimiterRes) return [refusal, false] as const;
          throw refusal;
        },
      );
      return {
        limit,
        remaining: Math.max(0, state.remainingPoints),
        resetAt: Math.ceil((options.now() + state.msBeforeNext) / 1000),
        allowed,
        retryAfterSeconds: Math.max(1, Math.ceil(state.msBeforeNext / 1000)),
      };
    },
  };
}

export type RateLimiter = ReturnType<typeof createRateLimiter>;
