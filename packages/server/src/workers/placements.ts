import { AppError } from '../core/errors.ts';
import type { Worker } from './supervisor.ts';

/** Which worker holds a session. */
export interface Placement<Hosting extends { epoch: number }> {
  worker: Worker;
  /** Changes with what the conversation is built from; of a call, which goes on as it began, it is `CALL`. */
  version: string;
  hosting: Promise<Hosting>;
  /** Messages on their way or being answered. */
  running: number;
}

const NO_ROOM =
  'This server carries as many calls as it can; retry in a moment, or go on in writing (PATCH {"session_type": "agent_chat"})';

/** The version of a call. */
export const CALL = 'call';
/** The version of a conversation that nothing may be added to any more. */
export const STALE = '';

/** Where the live sessions are. */
export interface Placements {
  get(sessionId: number): Placement<{ epoch: number }> | undefined;
  /** Places a session on a worker; the one that holds it already, where one does. @throws AppError `no-capacity` */
  place<H extends { epoch: number }>(sessionId: number, version: string, host: () => Promise<H>): Placement<H>;
  forget(sessionId: number, placement: Placement<{ epoch: number }>): void;
  entries(): IterableIterator<[number, Placement<{ epoch: number }>]>;
  size(): number;
}

export function createPlacements(pick: (version: string) => Worker | undefined): Placements {
  const placements = new Map<number, Placement<{ epoch: number }>>();

  const forget = (sessionId: number, placement: Placement<{ epoch: number }>): void => {
    if (placements.get(sessionId) !== placement) return;
    placements.delete(sessionId);
    placement.worker.sessions--;
  };

  return {
    get: (sessionId) => placements.get(sessionId),
    place(sessionId, version, host) {
      const present = placements.get(sessionId);
      const worker = present?.worker ?? pick(version);
      if (!worker) {
        const call = version === CALL;
        throw new AppError('no-capacity', call ? NO_ROOM : 'No worker is up yet; retry in a moment', {
          retryAfterSeconds: call ? 5 : 1,
        });
      }
      if (present) forget(sessionId, present);
      const placement = { worker, version, hosting: host(), running: 0 };
      placements.set(sessionId, placement);
      worker.sessions++;
      return placement;
    },
    forget,
    entries: () => placements.entries(),
    size: () => placements.size,
  };
}
