/** A reload lets go of the lock only with the page before it: so long it is waited for, in ms. */
const WAIT_MS = 1_000;

/**
 * Takes a session for this tab; gives what lets go of it, and undefined where another tab has it. A duplicated tab begins with a copy of the
 * other one's `sessionStorage`: it must not talk in the other's conversation. Pages that came over plain HTTP have no locks, and trust.
 */
export async function takeForThisTab(sessionId: number): Promise<(() => void) | undefined> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return () => undefined;
  return new Promise((resolve) => {
    const held = () => new Promise<void>((release) => resolve(() => release()));
    locks.request(`visavis:session:${sessionId}`, { signal: AbortSignal.timeout(WAIT_MS) }, held).catch(() => resolve(undefined));
  });
}

/** The storage of this tab; one in memory where the browser forbids it. */
export function storeOfThisTab(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  try {
    sessionStorage.getItem('');
    return sessionStorage;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}
