import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ProcessMessage, type StartMessage } from './process-messages.ts';

/** How long a model process may take to go after it was asked to, before it is killed. */
const STOP_MS = 1500;

/** A model process, seen from its parent. */
export interface ModelChild {
  readonly pid: number | undefined;
  /** Resolves when the process is gone, with why if it said so. */
  readonly exited: Promise<{ reason: string }>;
  /** Ends it; resolves when it is gone, within 2 s. */
  stop(): Promise<void>;
}

/** Starts a model process: from TypeScript in tests and development, from compiled JavaScript in production. */
export function startModelChild(start: StartMessage, onMessage: (message: ProcessMessage) => void): ModelChild {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(fromSource ? './model-process.ts' : './model-process.js', import.meta.url));
  const child = fork(entry, [], { execArgv: fromSource ? sourceArguments() : [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  let failure: string | undefined;
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.on('message', (raw) => {
    const message = ProcessMessage.parse(raw);
    if (message.type === 'failed') failure = message.message;
    onMessage(message);
  });
  const exited = new Promise<{ reason: string }>((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message }));
    child.once('close', (code, signal) => resolve({ reason: failure ?? exitReason(code, signal, complaint) }));
  });
  child.send(start, () => undefined); // If it is gone already, `exited` tells.
  return { pid: child.pid, exited, stop: () => stopChild(child, exited) };
}

/** The loader's place is resolved here, as the working directory may be anywhere. */
function sourceArguments(): string[] {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', loader, '--conditions=source'];
}

function exitReason(code: number | null, signal: NodeJS.Signals | null, complaint: string): string {
  const last = complaint.trim().split('\n').at(-1) ?? '';
  return `The model process ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ''}`;
}

async function stopChild(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exited;
  clearTimeout(force);
}
