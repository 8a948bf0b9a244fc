/** Sends what is said in one turn of the event loop as one message: a system call each would cost more than its content. */
export interface BatchedSender<T> {
  (message: T): void;
  /** Sends what waits now, so that what is sent another way comes after it. */
  flush(): void;
}

export function createBatchedSender<T>(send: (batch: T[]) => void): BatchedSender<T> {
  let batch: T[] = [];
  const flush = () => {
    const full = batch;
    batch = [];
    if (full.length > 0) send(full);
  };
  const add = (message: T) => {
    batch.push(message);
    if (batch.length === 1) setImmediate(flush);
  };
  return Object.assign(add, { flush });
}
