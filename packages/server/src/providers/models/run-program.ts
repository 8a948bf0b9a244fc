import { spawn } from 'node:child_process';

export interface ProgramResult {
  code: number | null;
  /** What it wrote to stderr, cut to the last 20 KB. */
  output: string;
}

/** Runs a program to its end, and kills it when aborted: then rejects with the signal's reason. Rejects, too, where it cannot be started. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { signal: AbortSignal; cwd?: string },
): Promise<ProgramResult> {
  const { signal, cwd } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGKILL',
      ...(cwd !== undefined && { cwd }),
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
    child.once('error', (error) => {
      // When aborted, the process may live a moment longer than this event; its files are only removed once it is gone.
      if (signal.aborted && child.exitCode === null && child.pid !== undefined) child.once('close', () => reject(signal.reason));
      else reject(error);
    });
    child.once('close', (code) => (signal.aborted ? reject(signal.reason) : resolve({ code, output })));
  });
}
