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
  /** Whether it shows a face that the server draws. */
  withFace: boolean;
}

/** What a session is placed for. */
export interface PlaceWish {
  forCall: boolean;
  /** The server is to draw its face. */
  withFace: boolean;
  /** Workers that have said no. */
  except: ReadonlySet<Worker>;
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
  /** Places a session on a worker; the one that holds it already, where one does and has room for what is wished. @throws AppError `no-capacity` */
  place<H extends { epoch: number }>(
    sessionId: number,
    version: string,
    host: () => Promise<H>,
    wish?: Partial<Pick<PlaceWish, 'withFace' | 'except'>>,
  ): Placement<H>;
  /** Whether this worker has no room for a face, as far as it is known, and another one has. */
  hasRoomForFaceBeside(worker: Worker): boolean;
  /** Counts the faces of each worker. */
  showFace(placement: Placement<{ epoch: number }>, withFace: boolean): void;
  forget(sessionId: number, placement: Placement<{ epoch: number }>): void;
  entries(): IterableIterator<[number, Placement<{ epoch: number }>]>;
  size(): number;
}

const NOBODY: ReadonlySet<Worker> = new Set();

/** Whether a worker can carry one more face, as far as it is known here. */
export function hasRoomForFace({ faces, mostFaces, load }: Worker): boolean {
  return faces < mostFaces && load.faceRoom;
}

/** It shows one face more or less. */
function countFace(worker: Worker, change: 1 | -1): void {
  worker.faces += change;
  // What it told last counted that one, too.
  if (change < 0) worker.load = { ...worker.load, faceRoom: true };
}

export function createPlacements(pick: (wish: PlaceWish) => Worker | undefined): Placements {
  const placements = new Map<number, Placement<{ epoch: number }>>();

  const forget = (sessionId: number, placement: Placement<{ epoch: number }>): void => {
    if (placements.get(sessionId) !== placement) return;
    placements.delete(sessionId);
    placement.worker.sessions--;
    if (placement.withFace) countFace(placement.worker, -1);
  };

  /** It goes on somewhere else: there nothing is left of it, once it has moved. */
  const moveAway = (sessionId: number, from: Placement<{ epoch: number }>, to: Promise<unknown>): void => {
    void Promise.all([from.hosting, to]).then(
      ([{ epoch }]) => from.worker.ready && from.worker.send({ type: 'release', sessionId, epoch }),
      () => undefined,
    );
  };

  return {
    get: (sessionId) => placements.get(sessionId),
    place(sessionId, version, host, { withFace = false, except = NOBODY } = {}) {
      const present = placements.get(sessionId);
      const stays = present && !except.has(present.worker) && (!withFace || hasRoomForFace(present.worker));
      const worker = stays ? present.worker : pick({ forCall: version === CALL, withFace, except });
      if (!worker) {
        const call = version === CALL;
        throw new AppError('no-capacity', call ? NO_ROOM : 'No worker is up yet; retry in a moment', {
          retryAfterSeconds: call ? 5 : 1,
        });
      }
      if (present) forget(sessionId, present);
      const placement = { worker, version, hosting: host(), running: 0, withFace };
      placements.set(sessionId, placement);
      worker.sessions++;
      if (withFace) countFace(worker, 1);
      if (present && present.worker !== worker) moveAway(sessionId, present, placement.hosting);
      return placement;
    },
    hasRoomForFaceBeside(worker) {
      if (hasRoomForFace(worker)) return false;
      const other = pick({ forCall: true, withFace: true, except: new Set([worker]) });
      return other !== undefined && hasRoomForFace(other);
    },
    showFace(placement, withFace) {
      if (placement.withFace === withFace) return;
      placement.withFace = withFace;
      countFace(placement.worker, withFace ? 1 : -1);
    },
    forget,
    entries: () => placements.entries(),
    size: () => placements.size,
  };
}
