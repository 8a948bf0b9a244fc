import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FromEncoders, ToEncoders } from './encoder-messages.ts';

/** One recording that is being written. What is called after its end has no effect. */
export interface Encoding {
  /** Stereo, 16 bit, at `LINE_RATE`. */
  write(pcm: Int16Array): void;
  /** So many samples a channel. */
  writeSilence(samples: number): void;
  /** Finishes the file; `ended` follows. */
  close(): void;
}

export interface EncodingEvents {
  /** The encoder has taken what one call brought. */
  taken(): void;
  /** Once: finished, or, with `problem`, broken off. */
  ended(problem: string | undefined): void;
}

/** The process that writes the recordings of one worker. */
export interface EncoderProcess {
  /** `startedAt`: the time of the first sample, in ms since 1970. */
  open(file: string, startedAt: number, events: EncodingEvents): Encoding;
  /** Of the process, for tests and diagnosis. */
  readonly pid: number | undefined;
  /** Lets it finish what is open and go; resolves when it is gone, within 2 s. */
  stop(): Promise<void>;
}

const STOP_MS = 1_500;

/**
 * Starts it, and again where it is lost; what was being recorded then is told its end. Starting any program stops a process for as long
 * as its memory is large (40 ms with 600 MB), so a worker starts this one early, while it is small, and ffmpeg is started from there.
 */
export function startEncoderProcess(): EncoderProcess {
  let child: ChildProcess | undefined = start();
  const open = new Map<number, EncodingEvents>();
  let lastId = 0;

  function start(): ChildProcess {
    const fromSource = import.meta.url.endsWith('.ts');
    const entry = new URL(fromSource ? '../recordings-main.ts' : '../recordings-main.js', import.meta.url);
    const started = fork(fileURLToPath(entry), [], {
      execArgv: fromSource ? sourceArguments() : [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // Those who have nothing to record may end without it.
    started.unref();
    started.channel?.unref();
    started.on('message', (message) => receive(message as FromEncoders));
    const lost = () => {
      if (child === started) child = undefined;
      for (const [id, { ended }] of [...open]) {
        open.delete(id);
        ended('the recording process was lost');
      }
    };
    started.once('error', lost);
    started.once('exit', lost);
    return started;
  }

  function receive(message: FromEncoders): void {
    const events = open.get(message.id);
    if (message.type === 'taken') events?.taken();
    else {
      open.delete(message.id);
      events?.ended(message.problem);
    }
  }

  return {
    open(file, startedAt, events) {
      child ??= start();
      const to = child;
      const id = ++lastId;
      open.set(id, events);
      const send = (message: ToEncoders) => {
        // Where it is just going, `exit` follows.
        if (open.has(id) && to.connected) to.send(message, () => undefined);
      };
      send({ type: 'open', id, file, startedAt });
      return {
        write: (pcm) => send({ type: 'sound', id, pcm: new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength) }),
        writeSilence: (samples) => send({ type: 'silence', id, samples }),
        close: () => send({ type: 'close', id }),
      };
    },
    get pid() {
      return child?.pid;
    },
    async stop() {
      const stopping = child;
      if (!stopping || stopping.exitCode !== null || stopping.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => stopping.once('exit', () => resolve()));
      stopping.ref();
      if (stopping.connected) stopping.disconnect();
      const force = setTimeout(() => stopping.kill('SIGKILL'), STOP_MS);
      await gone;
      clearTimeout(force);
    },
  };
}

/** What Node needs to run TypeScript. */
function sourceArguments(): string[] {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', loader, '--conditions=source'];
}
