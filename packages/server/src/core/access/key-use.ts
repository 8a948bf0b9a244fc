import type { Now } from '../clock.ts';
import type { Storage } from '../stores.ts';

/** When keys were used last: noted in memory, so that a request costs no write, and stored now and then. */
export interface KeyUse {
  used(keyId: number): void;
  /** Stores what has been noted; keeps it where that fails. Its owner calls it now and then, and once at the end. */
  flush(): Promise<void>;
}

/** Creates the notes; nothing runs by itself. */
export function createKeyUse(deps: { storage: Pick<Storage, 'write'>; now: Now }): KeyUse {
  let noted = new Map<number, number>();
  return {
    used: (keyId) => void noted.set(keyId, deps.now()),

    async flush() {
      if (noted.size === 0) return;
      const uses = noted;
      noted = new Map();
      try {
        await deps.storage.write((stores) => stores.apiKeys.touch(uses));
      } catch (error) {
        noted = new Map([...uses, ...noted]);
        throw error;
      }
    },
  };
}
