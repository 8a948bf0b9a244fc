/** How many requests are being answered, and how many wait for their turn. */
export interface QueueLength {
  running: number;
  waiting: number;
}

/** The queue is full: the caller should come back later. */
export class ModelBusyError extends Error {
  constructor(waiting: number) {
    super(`The local model is busy: ${waiting} requests are waiting already`);
    this.name = 'ModelBusyError';
  }
}

/** Lets a fixed number of requests run and a fixed number wait, first come, first served. */
export interface Admission {
  /**
   * Resolves when it is this request's turn, with the function that ends it.
   * @throws ModelBusyError at once if too many wait; the signal's reason when it is aborted while waiting.
   */
  enter(signal: AbortSignal): Promise<() => void>;
  length(): QueueLength;
}

/** `onChange` is told every new length. */
export function createAdmission(limits: QueueLength, onChange: (length: QueueLength) => void = () => {}): Admission {
  let running = 0;
  const waiting: (() => void)[] = [];
  const length = () => ({ running, waiting: waiting.length });

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
    onChange(length());
  }

  /** A way to leave that can be called twice. */
  function admitted(): () => void {
    let inside = true;
    return () => {
      if (inside) leave();
      inside = false;
    };
  }

  return {
    length,
    async enter(signal) {
      signal.throwIfAborted();
      if (running < limits.running) {
        running += 1;
        onChange(length());
        return admitted();
      }
      if (waiting.length >= limits.waiting) throw new ModelBusyError(waiting.length);
      await new Promise<void>((resolve, reject) => {
        const turn = () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        };
        const giveUp = () => {
          waiting.splice(waiting.indexOf(turn), 1);
          onChange(length());
          reject(signal.reason);
        };
        waiting.push(turn);
        signal.addEventListener('abort', giveUp, { once: true });
        onChange(length());
      });
      return admitted();
    },
  };
}
