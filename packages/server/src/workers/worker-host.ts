import type { CallHost } from '../core/calls/call-host.ts';
import { type ReplyEvent, ReplyFailure } from '../core/conversation.ts';
import { AppError } from '../core/errors.ts';
import type { HostedReplyRequest, Hosting, SessionHost } from '../core/sessions/session-host.ts';
import { type CallListener, createCallHost } from './call-host.ts';
import type { FromWorker } from './messages.ts';
import { CALL, createPlacements, type Placement, STALE } from './placements.ts';
import type { Supervisor, SupervisorEvents, Worker } from './supervisor.ts';

type Settled = { type: 'not-hosted' } | { type: 'error'; error: Error };

/** A reply as it arrives from a worker. */
interface Inbox {
  worker: Worker;
  events: Array<ReplyEvent | Settled>;
  wake: (() => void) | undefined;
}

/** Everything the workers do for live sessions. */
export interface WorkerHost extends SessionHost, CallHost {
  events: SupervisorEvents;
  hosted(): number;
  /** Who is told what happens in calls. */
  listen(listener: CallListener): void;
}

/** Places sessions on workers and brings back what is said there. */
export function createWorkerHost(workers: Pick<Supervisor, 'pick' | 'anyReady'>): WorkerHost {
  const placements = createPlacements((wish) => workers.pick(wish));
  const { message: callMessage, lost: callsLost, ...callHost } = createCallHost(placements, () => workers.anyReady());
  const inboxes = new Map<number, Inbox>();

  const deliver = (turnId: number, event: ReplyEvent | Settled): void => {
    const inbox = inboxes.get(turnId);
    if (!inbox) return;
    inbox.events.push(event);
    inbox.wake?.();
  };

  /** The session's place; a new one where no worker holds it, or only an idle conversation of another version. */
  const placeFor = ({ sessionId, version, host }: HostedReplyRequest): { placement: Placement<Hosting>; isNew: boolean } => {
    const present = placements.get(sessionId);
    if (present && (present.version === CALL || present.version === version || present.running > 0)) {
      return { placement: present as Placement<Hosting>, isNew: false };
    }
    return { placement: placements.place(sessionId, version, host), isNew: true };
  };

  async function* replyFrom(
    placement: Placement<Hosting>,
    { sessionId, turnId, text, signal }: HostedReplyRequest,
    isNew: boolean,
  ): AsyncGenerator<(ReplyEvent & { epoch: number }) | Settled> {
    placement.running++;
    const { worker } = placement;
    const inbox: Inbox = { worker, events: [], wake: undefined };
    const cancel = () => worker.send({ type: 'cancel', turnId });
    try {
      const { epoch, spec } = await placement.hosting.catch((error: unknown) => {
        placements.forget(sessionId, placement);
        throw error;
      });
      if (!worker.ready) throw new AppError('worker-lost', undefined, { retryAfterSeconds: 1 });
      inboxes.set(turnId, inbox);
      worker.send({ type: 'message', sessionId, epoch, turnId, text, ...(isNew && { spec }) });
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      for (;;) {
        const event = inbox.events.shift();
        if (!event) await new Promise<void>((resume) => (inbox.wake = resume));
        else if (event.type === 'error') throw event.error;
        else if (event.type === 'not-hosted') return yield event;
        else {
          yield { ...event, epoch };
          if (event.type === 'end') return;
        }
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      inboxes.delete(turnId);
      placement.running--;
    }
  }

  return {
    ...callHost,
    async *reply(request) {
      for (let tries = 0; tries < 2; tries++) {
        await workers.anyReady();
        const { placement, isNew } = placeFor(request);
        let putAway = false;
        for await (const event of replyFrom(placement, request, isNew)) {
          if (event.type === 'not-hosted') putAway = true;
          else if (event.type === 'delta' || event.type === 'end') yield event;
        }
        if (!putAway) return;
        placements.forget(request.sessionId, placement);
      }
      throw new AppError('worker-lost', undefined, { retryAfterSeconds: 1 });
    },

    release(sessionId) {
      const placement = placements.get(sessionId);
      // A call goes on until it is hung up.
      if (!placement || placement.version === CALL) return;
      if (placement.running > 0) {
        // Others of its messages are being answered: it is hosted anew once they are done.
        placement.version = STALE;
        return;
      }
      placements.forget(sessionId, placement);
      void placement.hosting.then(
        ({ epoch }) => placement.worker.send({ type: 'release', sessionId, epoch }),
        () => undefined,
      );
    },

    hosted: () => placements.size(),

    events: {
      message(worker: Worker, message: FromWorker) {
        callMessage(worker, message);
        switch (message.type) {
          case 'reply':
            deliver(message.turnId, message.event);
            break;
          case 'failed':
            deliver(message.turnId, {
              type: 'error',
              error: new ReplyFailure(message.code, 'The worker could not make the reply'),
            });
            break;
          case 'not-hosted':
            deliver(message.turnId, { type: 'not-hosted' });
            break;
          case 'put-away': {
            const placement = placements.get(message.sessionId);
            // The worker has put it away; a message on its way finds it gone and comes again.
            if (placement?.worker === worker && placement.running === 0) placements.forget(message.sessionId, placement);
            break;
          }
          default:
            break;
        }
      },
      lost(worker: Worker) {
        for (const [sessionId, placement] of placements.entries()) {
          if (placement.worker === worker) placements.forget(sessionId, placement);
        }
        callsLost(worker);
        for (const [turnId, inbox] of inboxes) {
          if (inbox.worker === worker)
            deliver(turnId, { type: 'error', error: new AppError('worker-lost', undefined, { retryAfterSeconds: 1 }) });
        }
      },
    },
  };
}
