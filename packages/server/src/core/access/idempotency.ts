/** The stored answer of a request that carried an `Idempotency-Key`. */
export interface StoredAnswer {
  bodyHash: string;
  status: number;
  /** Sealed: answers can hold a token or a key that is shown once. */
  sealedBody: string;
}

export interface IdempotencyStore {
  find(userId: number, path: string, key: string): Promise<StoredAnswer | undefined>;
  insert(userId: number, path: string, key: string, answer: StoredAnswer, now: number): Promise<void>;
  deleteBefore(time: number): Promise<void>;
}
