/** Sends what is said in one turn of the event loop as one message: a system call each would cost more than its content. */
export function createBatchedSender<T>(send: (batch: T[]) => void): (message: T) => void {
  let batch: T[] = [];
  return (message) => {
    batch.push(message);
    if (batch.length > 1) return;
    setImmediate(() => {
      const full = batch;
      batch = [];
      send(full);
    });
  };
}
