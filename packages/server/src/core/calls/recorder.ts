import type { AudioLine } from './transport.ts';

/** Writes what is heard on a line. */
export interface Recorder {
  /** The same line, recorded: the user left, the agent right, both at the time they are heard. */
  record(line: AudioLine, playoutDelayMs: () => number): AudioLine;
  /** Silence is recorded from here to the next `record` (the client is away). */
  pause(): void;
  /** Finishes the file; resolves with its length, within 1 s. Safe to call twice. */
  close(): Promise<{ durationMs: number }>;
}

/** Begins a recording in this file; `startedAt` is its first sample's time, in ms since 1970. */
export type StartRecorder = (file: string) => Recorder & { startedAt: number };
