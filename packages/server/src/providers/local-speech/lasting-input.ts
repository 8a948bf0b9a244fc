/** The input of a LiveKit stream, which outlives the attempts that read it. */
export interface LastingInput<Item> {
  /**
   * The next item. If `signal` has fired when it comes, the result is undefined, and the next reader gets the item: an attempt that failed
   * takes nothing with it.
   */
  next(signal: AbortSignal): Promise<IteratorResult<Item> | undefined>;
}

export function createLastingInput<Item>(input: Pick<AsyncIterator<Item>, 'next'>): LastingInput<Item> {
  let coming: Promise<IteratorResult<Item>> | undefined;
  return {
    async next(signal) {
      coming ??= input.next();
      const result = await coming;
      if (signal.aborted) return undefined;
      coming = undefined;
      return result;
    },
  };
}
