/** Tells listeners what happens. `Events` names what comes with each. */
export interface Emitter<Events extends object> {
  /** Returns what takes the listener away again; `signal` does so, too. */
  on<Name extends keyof Events>(
    name: Name,
    listener: (value: Events[Name]) => void,
    options?: { signal?: AbortSignal },
  ): () => void;
}

export interface OwnEmitter<Events extends object> extends Emitter<Events> {
  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void;
}

export function createEmitter<Events extends object>(): OwnEmitter<Events> {
  const listeners = new Map<keyof Events, Set<(value: never) => void>>();
  return {
    on(name, listener, { signal } = {}) {
      // Of its own, so that the same function can listen twice.
      const own = (value: Parameters<typeof listener>[0]) => listener(value);
      const those = listeners.get(name) ?? new Set();
      listeners.set(name, those.add(own));
      const off = () => void those.delete(own);
      if (signal?.aborted) off();
      signal?.addEventListener('abort', off, { once: true });
      return off;
    },
    emit(name, value) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          listener(value as never);
        } catch (error) {
          // What a listener does wrong stops neither the others nor the conversation.
          reportError(error);
        }
      }
    },
  };
}
