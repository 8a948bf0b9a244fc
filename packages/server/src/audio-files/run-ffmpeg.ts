import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { AppError } from '../core/errors.ts';

/** Of what ffmpeg says, so much is kept: its end. */
const SAID_CHARACTERS = 2_000;
/** Conversations that are going on come first. */
const NICE = 10;

/** How a program ended, and the end of what it said. */
export interface Ended {
  code: number | null;
  said: string;
}

export interface Run<T extends ChildProcess> {
  child: T;
  /** Resolves when it is gone; rejects where it could not be started. */
  ended: Promise<Ended>;
}

/** Starts ffmpeg without a shell, without the server's environment, and with nothing open but what `stdio` says. */
export function runFfmpeg(
  program: string,
  args: string[],
  options: { input: number | 'pipe'; output: number | 'pipe'; signal: AbortSignal; timeoutMs?: number },
): Run<ChildProcess> {
  const stdio: StdioOptions = [options.input, options.output, 'pipe'];
  const child = spawn(program, ['-hide_banner', '-nostdin', '-loglevel', 'error', ...args], {
    stdio,
    env: {},
    signal: options.signal,
    killSignal: 'SIGKILL',
    windowsHide: true,
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-SAID_CHARACTERS);
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', (error) => {
      // An aborted one ends, too; `close` tells when.
      if (child.pid === undefined) reject(couldNotStart(error));
    });
    child.once('close', (code) => resolve({ code, said }));
  });
  // Who starts it may look at its output first.
  ended.catch(() => undefined);
  lower(child.pid);
  return { child, ended };
}

function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICE);
  } catch {
    // It is gone already, or the platform does not let us.
  }
}

function couldNotStart(error: Error): Error {
  if (error.name === 'AbortError') return error;
  return new AppError('no-speech-model', 'Audio files need the program ffmpeg, 6 or newer, which this server does not have', {
    cause: error,
  });
}
