import { listenOnLoopback } from '../engine-process/loopback.ts';
import { runEngine } from '../engine-process/run-engine.ts';
import { createChatServer } from './chat-server.ts';
import { loadGenerator } from './generator.ts';
import { type ProcessMessage, StartMessage } from './process-messages.ts';

// The entry of the process that holds the local model. It gets a StartMessage over IPC and serves until its parent goes away or asks it to stop.

/** Generating uses every core; this lets the API and the session workers go first. */
const NICENESS = 5;

const engine = runEngine(NICENESS, (message) => serve(StartMessage.parse(message)));
const tell = (message: ProcessMessage) => engine.tell(message);

async function serve(start: StartMessage): Promise<void> {
  const generator = await loadGenerator({
    modelPath: start.modelPath,
    contextTokens: start.contextTokens,
    parallel: start.parallel,
    ...(start.threads === undefined ? {} : { threads: start.threads }),
    onLoadProgress: (progress) => tell({ type: 'loading', progress }),
  });
  const server = createChatServer({
    generator,
    model: start.model,
    apiKey: start.apiKey,
    limits: { running: start.parallel, waiting: start.waiting },
    onQueueChange: (length) => tell({ type: 'queue', ...length }),
  });
  tell({ type: 'ready', port: await listenOnLoopback(server, start.port), contextTokens: generator.contextTokens });
}
