import type { StartConversation } from '../core/conversation.ts';
import type { CallDeps } from '../workers/call.ts';
import { createHostedConversations, type HostedConversations } from '../workers/hosted-conversations.ts';
import type { WorkerSettings } from '../workers/messages.ts';
import type { Worker } from '../workers/supervisor.ts';
import { createWorkerHost } from '../workers/worker-host.ts';

const SETTINGS: WorkerSettings = { logLevel: 'silent', residentIdleMs: 60_000, mostResident: 100 };

/** The placement and a worker's insides in one process: everything real but the process boundary. */
export function createInProcessHost(start: StartConversation, settings: Partial<WorkerSettings> = {}, call?: CallDeps) {
  const host = createWorkerHost({ pick: () => worker, anyReady: () => Promise.resolve() });
  const conversations: HostedConversations = createHostedConversations({
    start,
    ...(call && { call }),
    send: (message) => setImmediate(() => host.events.message(worker, message)),
    settings: { ...SETTINGS, ...settings },
    now: Date.now,
    onError: () => undefined,
  });
  const worker: Worker = {
    id: 1,
    sessions: 0,
    faces: 0,
    mostFaces: Number.POSITIVE_INFINITY,
    ready: true,
    load: { calls: 0, latenessMs: 0, faceRoom: true },
    hand(message, socket) {
      setImmediate(() => conversations.handle(message, socket));
    },
    send(message) {
      if (message.type !== 'configure' && message.type !== 'stop') setImmediate(() => conversations.handle(message));
    },
  };
  return { host, conversations, worker };
}
