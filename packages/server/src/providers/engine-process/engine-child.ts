import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** How long an engine process may take to go after it was asked to, before it is killed. */
const STOP_MS = 1500;

/** A process that runs a local engine, seen from its parent. */
export interface EngineChild<ToChild> {
  readonly pid: number | undefined;
  /** Resolves when the process is gone, with why if it said so. */
  readonly exited: Promise<{ reason: string }>;
  /** Lost without a word if the process is gone already; `exited` tells. */
  send(message: ToChild): void;
  /** Ends it; resolves when it is gone, within 2 s. */
  stop(): Promise<void>;
}

/** What every engine process may say; `failed` is its last word. */
export type EngineMessage = { type: 'failed'; message: string } | { type: string };

/**
 * Starts an engine process: from TypeScript in tests and development, from compiled JavaScript in production. `entry` is the module, named
 * as it is in the sources (`.ts`). `start` goes to it over IPC, never in its arguments, which other users can read.
 */
export function startEngineChild<ToChild, FromChild extends EngineMessage>(
  entry: URL,
  start: ToChild,
  parse: (raw: unknown) => FromChild,
  onMessage: (message: FromChild) => void,
): EngineChild<ToChild> {
  const fromSource = import.meta.url.endsWith('.ts');
  const path = fileURLToPath(entry).replace(/\.ts$/, fromSource ? '.ts' : '.js');
  const child = fork(path, [], {
    execArgv: fromSource ? sourceArguments() : [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  let failure: string | undefined;
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.on('message', (raw) => {
    const message = parse(raw);
    if (message.type === 'failed' && 'message' in message) failure = message.message;
    onMessage(message);
  });
  const exited = new Promise<{ reason: string }>((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message }));
    child.once('close', (code, signal) => resolve({ reason: failure ?? exitReason(code, signal, complaint) }));
  });
  const send = (message: ToChild) => void child.send(message as object, () => undefined);
  send(start);
  return { pid: child.pid, exited, send, stop: () => stopChild(child, exited) };
}

/** What Node needs to run TypeScript. The loader's place is resolved here, as the working directory may be anywhere. */
function sourceArguments(): string[] {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', loader, '--conditions=source'];
}

function exitReason(code: number | null, signal: NodeJS.Signals | null, complaint: string): string {
  const last = complaint.trim().split('\n').at(-1) ?? '';
  return `The engine process ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ''}`;
}

async function stopChild(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(force);
}
