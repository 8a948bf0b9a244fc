import type { Socket } from 'node:net';
import type { CallEvent } from '../core/calls/call-events.ts';
import type { CallHost, CallHosting, ConnectRequest } from '../core/calls/call-host.ts';
import { AppError } from '../core/errors.ts';
import type { FromWorker } from './messages.ts';
import { CALL, type Placement, type Placements } from './placements.ts';
import type { Worker } from './supervisor.ts';

/** An offer is answered, or refused, within this time, in ms. */
const CONNECT_WITHIN_MS = 10_000;
/** A call is over after this time, whatever its worker does, in ms. */
const HANG_UP_WITHIN_MS = 2_000;

/** What becomes of calls, told as it happens and in order. */
export interface CallListener {
  event(sessionId: number, epoch: number, event: CallEvent): void;
  /** The worker of a call is gone. */
  lost(sessionId: number, epoch: number): void;
}

interface Offer {
  worker: Worker;
  resolve(answer: string): void;
  /** Without an error the worker does not carry the call any more. */
  reject(error: AppError | undefined): void;
}

/** Has calls carried by workers; one that just starts anew is waited for. */
export function createCallHost(
  placements: Placements,
  anyReady: () => Promise<void>,
): CallHost & {
  listen(listener: CallListener): void;
  message(worker: Worker, message: FromWorker): void;
  lost(worker: Worker): void;
} {
  const offers = new Map<number, Offer>();
  /** Epochs of live calls, for when their placement is gone. */
  const epochs = new Map<number, { worker: Worker; epoch: number }>();
  const hangUps = new Map<number, () => void>();
  let listener: CallListener = { event: () => undefined, lost: () => undefined };
  let nextRequestId = 1;

  const callOf = (sessionId: number): Placement<{ epoch: number }> | undefined => {
    const placement = placements.get(sessionId);
    return placement?.version === CALL ? placement : undefined;
  };

  const tell = (sessionId: number, send: (worker: Worker) => void): boolean => {
    const call = callOf(sessionId);
    if (call?.worker.ready) send(call.worker);
    return call !== undefined;
  };

  /** What the call is hosted with, by a worker that is there. */
  const hostingOf = async (sessionId: number, placement: Placement<CallHosting>): Promise<CallHosting> => {
    const hosting = await placement.hosting.catch((error: unknown) => {
      placements.forget(sessionId, placement);
      throw error;
    });
    const { worker } = placement;
    if (!worker.ready) throw new AppError('worker-lost', undefined, { retryAfterSeconds: 1 });
    epochs.set(sessionId, { worker, epoch: hosting.epoch });
    return hosting;
  };

  const ask = async (
    { sessionId, offer, terms }: ConnectRequest,
    placement: Placement<CallHosting>,
    isNew: boolean,
  ): Promise<{ answer: string } | undefined> => {
    const { worker } = placement;
    const { epoch, call } = await hostingOf(sessionId, placement);
    const requestId = nextRequestId++;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<{ answer: string } | undefined>((resolve, reject) => {
        offers.set(requestId, {
          worker,
          resolve: (answer) => resolve({ answer }),
          reject: (error) => (error ? reject(error) : resolve(undefined)),
        });
        timer = setTimeout(() => reject(new AppError('worker-lost', undefined, { retryAfterSeconds: 1 })), CONNECT_WITHIN_MS);
        worker.send({ type: 'connect', sessionId, epoch, requestId, offer, terms, ...(isNew && { call }) });
      });
    } finally {
      clearTimeout(timer);
      offers.delete(requestId);
    }
  };

  /** On a worker that has not refused it yet. @throws the last refusal, where there is no other */
  const placeAnew = (
    wish: { sessionId: number; host: () => Promise<CallHosting>; withFace: boolean; full: ReadonlySet<Worker> },
    refusal: unknown,
  ): Placement<CallHosting> => {
    try {
      return placements.place(wish.sessionId, CALL, wish.host, { withFace: wish.withFace, except: wish.full });
    } catch (error) {
      throw refusal ?? error;
    }
  };

  return {
    async drive({ sessionId, terms, host, upgrade }) {
      await anyReady();
      const present = callOf(sessionId) as Placement<CallHosting> | undefined;
      const withFace = terms.face !== undefined;
      const placement = present ?? placements.place(sessionId, CALL, host, { withFace });
      placements.showFace(placement, withFace);
      const { epoch, call } = await hostingOf(sessionId, placement);
      const { headers } = upgrade;
      const head = Buffer.from(upgrade.head).toString('base64');
      const message = { type: 'drive', sessionId, epoch, headers, head, terms, call } as const;
      placement.worker.hand(message, upgrade.socket as Socket);
    },
    async connect(request) {
      const { sessionId } = request;
      const withFace = request.terms.face !== undefined;
      const full = new Set<Worker>();
      let refusal: unknown;
      let hosting: Promise<CallHosting> | undefined;
      const host = () => {
        hosting ??= request.host();
        return hosting;
      };
      for (let tries = 0; tries < 2; ) {
        await anyReady();
        const present = callOf(sessionId) as Placement<CallHosting> | undefined;
        const placement = present ?? placeAnew({ sessionId, host, withFace, full }, refusal);
        placements.showFace(placement, withFace);
        try {
          const answered = await ask(request, placement, present === undefined);
          if (answered) return answered.answer;
          tries++;
          // The session is claimed anew: time has passed since.
          hosting = undefined;
        } catch (error) {
          const otherMayHaveRoom = present === undefined && withFace && error instanceof AppError && error.code === 'no-capacity';
          if (!otherMayHaveRoom) throw error;
          // It has begun nothing yet: another one begins with the same hosting.
          refusal = error;
          full.add(placement.worker);
          epochs.delete(sessionId);
        }
        placements.forget(sessionId, placement);
      }
      throw new AppError('worker-lost', undefined, { retryAfterSeconds: 1 });
    },
    tell(sessionId, event) {
      const placement = callOf(sessionId);
      if (placement && event.type === 'session.type' && event.session_type !== 'agent_video')
        placements.showFace(placement, false);
      tell(sessionId, (worker) => worker.send({ type: 'tell', sessionId, event }));
    },
    interrupt: (sessionId) => tell(sessionId, (worker) => worker.send({ type: 'interrupt', sessionId })),
    async hangUp(sessionId, farewell) {
      const placement = callOf(sessionId);
      if (!placement) return;
      const hosting = await placement.hosting.catch(() => undefined);
      if (hosting && placement.worker.ready) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, HANG_UP_WITHIN_MS);
          hangUps.set(sessionId, () => {
            clearTimeout(timer);
            resolve();
          });
          placement.worker.send({ type: 'hang-up', sessionId, epoch: hosting.epoch, farewell });
        });
        hangUps.delete(sessionId);
      }
      placements.forget(sessionId, placement);
      epochs.delete(sessionId);
    },
    isSeenBetterElsewhere(sessionId) {
      const placement = callOf(sessionId);
      return placement !== undefined && !placement.withFace && placements.hasRoomForFaceBeside(placement.worker);
    },
    inCall: (sessionId) => callOf(sessionId) !== undefined,
    calls: () => [...placements.entries()].flatMap(([sessionId, { version }]) => (version === CALL ? [sessionId] : [])),
    listen(to) {
      listener = to;
    },
    message(_worker, message) {
      switch (message.type) {
        case 'connected':
          offers.get(message.requestId)?.resolve(message.answer);
          break;
        case 'connect-failed':
          offers.get(message.requestId)?.reject(refusalIn(message));
          break;
        case 'call':
          listener.event(message.sessionId, message.epoch, message.event);
          break;
        case 'hung-up':
          hangUps.get(message.sessionId)?.();
          break;
        default:
          break;
      }
    },
    lost(worker) {
      for (const offer of offers.values()) {
        if (offer.worker === worker) offer.reject(new AppError('worker-lost', undefined, { retryAfterSeconds: 1 }));
      }
      for (const [sessionId, call] of epochs) {
        if (call.worker !== worker) continue;
        epochs.delete(sessionId);
        hangUps.get(sessionId)?.();
        listener.lost(sessionId, call.epoch);
      }
    },
  };
}

/** Without a code there is none: the worker does not carry the call any more. */
function refusalIn({ code, text, retryAfterSeconds }: Extract<FromWorker, { type: 'connect-failed' }>): AppError | undefined {
  return code && new AppError(code, text, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}
