/** Things that are made at their first use and then kept; a making that fails is tried again at the next. */
export interface Once<Thing> {
  get(key: string, make: () => Promise<Thing>): Promise<Thing>;
}

export function createOnce<Thing>(): Once<Thing> {
  const made = new Map<string, Promise<Thing>>();
  return {
    get(key, make) {
      const there = made.get(key);
      if (there) return there;
      const making = make();
      made.set(key, making);
      making.catch(() => made.delete(key));
      return making;
    },
  };
}
