import type { SegmentName } from './segment-name.ts';

export interface Segment extends SegmentName {
  bytes: number;
}

/** A whole recording that is being read. What is open stays readable, also where it is deleted meanwhile. */
export interface OpenRecording {
  bytes: number;
  /** Another one for other bytes: made for an `ETag`. */
  tag: string;
  /** The time of its first sample, in ms since 1970: a message of the session is heard `createdAt - startedAt` into it. */
  startedAt: number;
  /** From the byte `first` to `last`, both included. To be closed all the same. */
  read(range: { first: number; last: number }): AsyncIterable<Uint8Array>;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** Where the sound of recorded sessions is kept. */
export interface RecordingStore {
  /** What workers have recorded of a session and is not joined yet, oldest first. */
  list(sessionId: number): Promise<Segment[]>;
  /**
   * Joins what workers have recorded of an ended session into one file with silence between the segments, durably or not at all.
   * Waits some seconds for a worker that is still writing its end. Without segments, or where it was done before, nothing happens.
   * @throws AppError `storage-full`; the segments are kept, and the next call tries again
   */
  finish(sessionId: number): Promise<void>;
  /** Whether there is anything of a session. */
  has(sessionId: number): Promise<boolean>;
  /** The recording of an ended session, joined before where that has not happened; undefined where there is none. */
  open(sessionId: number): Promise<OpenRecording | undefined>;
  /** Removes everything of a session. Safe to call twice. */
  delete(sessionId: number): Promise<void>;
  /** Every session of which there is something. */
  sessions(): Promise<number[]>;
}
