import { setPriority } from 'node:os';
import { createChatServer, listen } from './chat-server.ts';
import { loadGenerator } from './generator.ts';
import { type ProcessMessage, StartMessage } from './process-messages.ts';

// The entry of the process that holds the local model. It gets a StartMessage over IPC and serves until its parent goes away or asks it to stop.

/** Generating uses every core; this lets the API and the session workers go first. */
const NICENESS = 5;

function tell(message: ProcessMessage): void {
  if (process.connected) process.send?.(message);
}

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
  tell({ type: 'ready', port: await listen(server, start.port), contextTokens: generator.contextTokens });
}

/** Leaves at once. A native evaluation under way cannot be waited for and holds nothing worth saving, so no exit handler may run. */
function leave(): void {
  process.kill(process.pid, 'SIGKILL');
}

try {
  setPriority(NICENESS);
} catch {
  // Not allowed everywhere; the process then competes as any other.
}
process.once('disconnect', leave);
if (!process.connected) leave(); // The parent died while this process was starting.
process.once('SIGTERM', leave);
// Ctrl-C reaches the whole process group; the parent decides when the model goes, after its clients have.
process.on('SIGINT', () => undefined);
process.once('message', (message) => {
  serve(StartMessage.parse(message)).catch((error: unknown) => {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    setImmediate(() => process.exit(1));
  });
});
