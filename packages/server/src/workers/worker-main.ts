import type { Socket } from 'node:net';
import { pino } from 'pino';
import { type Calls, composeCalls } from '../compose-calls.ts';
import { createStartConversation } from '../conversation/start-conversation.ts';
import { createLanguageModelConnections } from '../providers/openai-compatible/connections.ts';
import { createLanguageModel } from '../providers/openai-compatible/language-model.ts';
import { createBatchedSender } from './batched-sender.ts';
import { createHostedConversations, type HostedConversations } from './hosted-conversations.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';

/** How often idle conversations are looked for, in ms. */
const TIDY_EVERY_MS = 5_000;
/** A worker that lost the API process, or was told to stop, is gone by then, in ms. */
const EXIT_WITHIN_MS = 1_800;
/** How often the API process is told how punctual the sound of the calls is, in ms. */
const LOAD_EVERY_MS = 1_000;

const send = createBatchedSender<FromWorker>((batch) => process.send?.(batch));
let conversations: HostedConversations | undefined;
let calls: Calls | undefined;

function configure(settings: WorkerSettings): void {
  const log = pino({ level: settings.logLevel, base: { worker: process.pid } });
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  const connections = createLanguageModelConnections();
  const carried = composeCalls({ settings, connections, log });
  calls = carried;
  conversations = createHostedConversations({
    start: createStartConversation({
      createLanguageModel: (endpoint, watch) => createLanguageModel(endpoint, connections, watch),
      report(sessionId, failure) {
        log.warn({ sessionId, ...failure }, 'provider failed');
        send({ type: 'provider-failed', sessionId, provider: failure.provider, kind: failure.kind });
      },
    }),
    call: carried.deps,
    send,
    settings,
    now: Date.now,
    onError: (error) => log.error({ err: error }, 'conversation failed'),
  });
  const tidier = setInterval(() => conversations?.tidy(Date.now()), TIDY_EVERY_MS);
  tidier.unref();
  let told = 0;
  const load = setInterval(() => {
    const count = conversations?.calls() ?? 0;
    if (count > 0 || told > 0)
      send({ type: 'load', calls: count, latenessMs: carried.latenessMs(), faceRoom: carried.hasFaceRoom() });
    told = count;
  }, LOAD_EVERY_MS);
  load.unref();
  send({ type: 'ready' });
  if (settings.speaks) carried.warmUp().catch((error: unknown) => log.error({ err: error }, 'turn models cannot be loaded'));
}

async function exit(): Promise<void> {
  setTimeout(() => process.exit(0), EXIT_WITHIN_MS).unref();
  await conversations?.close();
  await calls?.close();
  // What was said last is on its way: it goes out with the end of this turn, and `send` tells when.
  setImmediate(() => process.send?.([], undefined, undefined, () => process.exit(0)));
}

process.on('message', (batch: ToWorker[], socket?: Socket) => {
  for (const message of batch) {
    if (message.type === 'drive' && message.handId !== undefined) send({ type: 'taken', handId: message.handId });
    if (message.type === 'configure') configure(message.settings);
    else if (message.type === 'stop') void exit();
    else conversations?.handle(message, socket);
  }
});
// Without the API process nobody stores what is said here: go at once.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the API process decides when a worker stops.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
