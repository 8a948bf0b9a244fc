import { MultiBar, type SingleBar } from 'cli-progress';
import type { ModelStatus } from './model-store.ts';

/** How often a line is written where bars cannot be drawn. */
const LINE_EVERY_MS = 5000;
const ACTIVE = ['queued', 'downloading', 'verifying'];

/** Where the changes of models are told: a model store, or what passes them on. */
export interface ProgressSource {
  subscribe(listener: (status: ModelStatus) => void): () => void;
}

/** What is drawn on: `process.stdout` or a stand-in. */
export type ProgressStream = NodeJS.WritableStream & { isTTY?: boolean };

/** A running display; `stop` leaves the terminal as it should be. */
export interface ProgressDisplay {
  stop(): void;
}

/** Shows downloads as they go: bars with bytes, speed and time left on a terminal, else a plain line every 5 s and at every end. */
export function showProgress(source: ProgressSource, stream: ProgressStream): ProgressDisplay {
  return stream.isTTY ? drawBars(source, stream) : writeLines(source, stream);
}

function drawBars(source: ProgressSource, stream: ProgressStream): ProgressDisplay {
  let display: MultiBar | undefined;
  const bars = new Map<string, SingleBar>();
  const options = {
    stream,
    hideCursor: true,
    linewrap: null,
    format: '{bar} {percentage}%  {name}  {text}',
    gracefulExit: false,
  };

  const unsubscribe = source.subscribe((status) => {
    const active = ACTIVE.includes(status.state);
    if (!active && !bars.has(status.name)) return;
    display ??= new MultiBar(options);
    const payload = { name: status.name, text: describeStatus(status) };
    const bar = bars.get(status.name) ?? display.create(1, status.progress, payload);
    bars.set(status.name, bar);
    bar.update(status.progress, payload);
    if (active) return;
    bar.stop();
    bars.delete(status.name);
    if (bars.size === 0) closeDisplay();
  });

  /** The next download begins new bars below whatever was written meanwhile. */
  function closeDisplay(): void {
    display?.stop();
    display = undefined;
    bars.clear();
  }

  return {
    stop() {
      unsubscribe();
      closeDisplay();
    },
  };
}

function writeLines(source: ProgressSource, stream: ProgressStream): ProgressDisplay {
  const active = new Map<string, ModelStatus>();
  const write = (status: ModelStatus) => stream.write(`${status.name}: ${describeStatus(status)}\n`);
  const timer = setInterval(() => {
    for (const status of active.values()) write(status);
  }, LINE_EVERY_MS).unref();

  const unsubscribe = source.subscribe((status) => {
    const known = active.get(status.name);
    if (ACTIVE.includes(status.state)) {
      active.set(status.name, status);
      if (known?.state !== status.state && status.state !== 'queued') write(status);
    } else if (active.delete(status.name)) {
      write(status);
    }
  });

  return {
    stop() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}

/** A model's state in words: `12.3 of 98.4 MB, 2.1 MB/s, 41 s left`. */
export function describeStatus(status: ModelStatus): string {
  const { state, received_bytes: received, size_bytes: size, bytes_per_second: speed, seconds_left: seconds } = status;
  const bytes = `${(received / 1e6).toFixed(1)} of ${(size / 1e6).toFixed(1)} MB`;
  switch (state) {
    case 'ready':
      return `ready (${(size / 1e6).toFixed(1)} MB)`;
    case 'failed':
      return `failed: ${status.error ?? 'for an unknown reason'}`;
    case 'absent':
      return received > 0 ? `stopped at ${bytes}; it goes on from there the next time` : 'absent';
    case 'queued':
      return 'waits for its turn';
    case 'verifying':
      return `${bytes}, verifying`;
    case 'downloading':
      return `${bytes}${speed > 0 ? `, ${(speed / 1e6).toFixed(1)} MB/s` : ''}${seconds === undefined ? '' : `, ${formatSeconds(seconds)} left`}`;
  }
}

function formatSeconds(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
