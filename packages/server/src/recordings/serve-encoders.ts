import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { LINE_RATE } from '../core/calls/transport.ts';
import type { FromEncoders, ToEncoders } from './encoder-messages.ts';
import { STARTED_AT } from './join-segments.ts';

/** Starts ffmpeg with these arguments, its input a pipe and its output this descriptor. */
export type StartFfmpeg = (
  args: string[],
  stdio: { input: 'pipe'; output: number; signal: AbortSignal },
) => { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> };

const INPUT = ['-probesize', '32', '-analyzeduration', '0', '-f', 's16le', '-ar', String(LINE_RATE), '-ac', '2', '-i', 'pipe:0'];
/**
 * Pages of half a second, written at once: whatever is killed, the file is good up to there. `audio`, as `voip` takes ten times the bytes
 * for silence. A complexity of 5 takes half the time of 10, and 1.6 times the bytes; either way a voice stays on its side (-74 dB or less).
 */
const outputOf = (startedAt: number) => [
  ...['-c:a', 'libopus', '-b:a', '40k', '-application', 'audio', '-compression_level', '5', '-apply_phase_inv', '0'],
  ...['-metadata', `${STARTED_AT}=${startedAt}`],
  ...['-f', 'ogg', '-page_duration', '500000', '-flush_packets', '1', 'pipe:1'],
];
const STEREO_SAMPLE_BYTES = 4;
const SILENCE = Buffer.alloc(LINE_RATE * STEREO_SAMPLE_BYTES);

export interface Encoders {
  handle(message: ToEncoders): void;
  /** Finishes every file; resolves when that is done. */
  closeAll(): Promise<void>;
}

/** Writes recordings, each with an ffmpeg of its own. Runs in a small process of its own; see `encoder-process.ts`. */
export function serveEncoders(startFfmpeg: StartFfmpeg, tell: (message: FromEncoders) => void): Encoders {
  const recordings = new Map<number, OneEncoder>();

  function openOne({ id, file, startedAt }: ToEncoders & { type: 'open' }): void {
    const encoder = createEncoder(
      startFfmpeg,
      { file, startedAt },
      {
        taken: () => tell({ type: 'taken', id }),
        ended(problem) {
          recordings.delete(id);
          tell({ type: 'ended', id, ...(problem !== undefined && { problem }) });
        },
      },
    );
    recordings.set(id, encoder);
  }

  return {
    handle(message) {
      if (message.type === 'open') return openOne(message);
      // What has ended already takes no more; its worker has been told.
      const encoder = recordings.get(message.id);
      if (message.type === 'sound') encoder?.write(message.pcm);
      else if (message.type === 'silence') encoder?.writeSilence(message.samples);
      else void encoder?.close();
    },
    async closeAll() {
      await Promise.all([...recordings.values()].map((encoder) => encoder.close()));
    },
  };
}

interface OneEncoder {
  write(pcm: Uint8Array): void;
  writeSilence(samples: number): void;
  /** Resolves when the file is finished, one way or the other. */
  close(): Promise<void>;
}

function createEncoder(
  startFfmpeg: StartFfmpeg,
  { file, startedAt }: { file: string; startedAt: number },
  on: { taken: () => void; ended: (problem: string | undefined) => void },
): OneEncoder {
  const killed = new AbortController();
  const started = start();
  let work: Promise<unknown> = started;
  const over = started
    .then(({ ended }) => ended)
    .then(
      ({ code, said }) => on.ended(code === 0 ? undefined : problemOf(said, code)),
      (error: unknown) => on.ended(problemOf(error instanceof Error ? error.message : String(error))),
    );

  async function start() {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    try {
      const { child, ended } = startFfmpeg([...INPUT, ...outputOf(startedAt)], {
        input: 'pipe',
        output: handle.fd,
        signal: killed.signal,
      });
      const { stdin } = child;
      if (!stdin) throw new Error('ffmpeg has no input');
      // An ffmpeg that is gone says why in `ended`.
      stdin.on('error', () => undefined);
      return { stdin, ended };
    } finally {
      // ffmpeg has its own.
      await handle.close();
    }
  }

  /** One after the other, each waiting until ffmpeg has taken it. */
  function queue(job: (stdin: Writable) => Promise<void>): void {
    work = work.then(async () => {
      const { stdin } = await started;
      await job(stdin);
      on.taken();
    });
    // `over` tells what is wrong.
    work.catch(() => undefined);
  }

  return {
    write: (pcm) => queue((stdin) => written(stdin, pcm)),
    writeSilence: (samples) =>
      queue(async (stdin) => {
        for (let left = samples * STEREO_SAMPLE_BYTES; left > 0; left -= SILENCE.length) {
          await written(stdin, left < SILENCE.length ? SILENCE.subarray(0, left) : SILENCE);
        }
      }),
    async close() {
      await work.catch(() => undefined);
      await started.then(
        ({ stdin }) => stdin.end(),
        () => undefined,
      );
      await over;
    },
  };
}

/** @throws where nobody takes it any more */
async function written(stdin: Writable, bytes: Uint8Array): Promise<void> {
  if (stdin.destroyed) throw new Error('ffmpeg takes no more');
  if (stdin.write(bytes)) return;
  const gone = new AbortController();
  try {
    await Promise.race([
      once(stdin, 'drain', { signal: gone.signal }),
      once(stdin, 'close', { signal: gone.signal }).then(() => Promise.reject(new Error('ffmpeg takes no more'))),
    ]);
  } finally {
    gone.abort();
  }
}

/** In one line; a full disk under a name that can be looked for. */
function problemOf(said: string, code?: number | null): string {
  if (/No space left|ENOSPC|EDQUOT|quota/i.test(said)) return 'disk-full';
  const last = said.trim().split('\n').at(-1) ?? '';
  return last || `ffmpeg ended with ${code}`;
}
