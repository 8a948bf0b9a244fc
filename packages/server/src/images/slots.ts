import { AppError } from '../core/errors.ts';

/** Lets `running` jobs run at a time and `waiting` more wait their turn; refuses the rest with `server-busy`. */
export function createSlots(limits: { running: number; waiting: number }) {
  const queue: Array<() => void> = [];
  let running = 0;

  return async <T>(job: () => Promise<T>): Promise<T> => {
    if (running === limits.running) {
      if (queue.length === limits.waiting) throw new AppError('server-busy', undefined, { retryAfterSeconds: 5 });
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      running++;
    }
    try {
      return await job();
    } finally {
      // The slot goes to the next in line, or back.
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
