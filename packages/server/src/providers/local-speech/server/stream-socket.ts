import type { RawData, WebSocket } from 'ws';
import { PoolBusyError } from '../threads/thread-pool.ts';
import type { Failure } from './wire.ts';

/** No recognition model for a language is on this machine. */
export class NoSpeechModelError extends Error {
  constructor(language = 'any language') {
    super(`No speech recognition model for ${language} is on this machine; "npm run models" lists what can be had`);
    this.name = 'NoSpeechModelError';
  }
}

/** So much may wait unread before the other side is held back, in bytes, and so little before it may go on. */
const HOLD_BACK_ABOVE = 512 * 1024;
const GO_ON_BELOW = 128 * 1024;

export interface StreamSocket<Event> {
  send(event: Event | Failure, audio?: Int16Array): void;
  /** Fires when the other side is gone, or the stream has ended. */
  readonly signal: AbortSignal;
  /** Ends the stream. */
  close(): void;
}

/**
 * The messages of one stream, taken one after the other: `take` gets the next when it is done with the last, and the socket holds the
 * sender back meanwhile. If it rejects, the other side is told why and the stream ends.
 */
export function openStreamSocket<Event>(
  client: WebSocket,
  take: (message: { text: string } | { audio: Int16Array }) => Promise<void>,
): StreamSocket<Event> {
  const gone = new AbortController();
  const queue: Array<{ data: RawData; binary: boolean; bytes: number }> = [];
  let waitingBytes = 0;
  let working = false;

  const stream: StreamSocket<Event> = {
    signal: gone.signal,
    send(event, audio) {
      if (gone.signal.aborted) return;
      client.send(JSON.stringify(event));
      if (audio) client.send(new Uint8Array(audio.buffer, audio.byteOffset, audio.byteLength));
    },
    close: () => client.close(),
  };

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    try {
      for (let next = queue.shift(); next && !gone.signal.aborted; next = queue.shift()) {
        await take(next.binary ? { audio: samplesOf(next.data as Buffer) } : { text: next.data.toString() });
        waitingBytes -= next.bytes;
        if (client.isPaused && waitingBytes < GO_ON_BELOW) client.resume();
      }
    } catch (error) {
      queue.length = 0;
      if (!gone.signal.aborted) stream.send(failureOf(error));
      client.close();
    } finally {
      working = false;
    }
  }

  client.on('message', (data, binary) => {
    const bytes = (data as Buffer).length;
    queue.push({ data, binary, bytes });
    waitingBytes += bytes;
    if (waitingBytes > HOLD_BACK_ABOVE) client.pause();
    void work();
  });
  client.on('error', () => client.terminate());
  client.once('close', () => gone.abort(new Error('The stream was closed')));
  return stream;
}

/** Tells the other side of a stream what went wrong with it. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PoolBusyError) return { type: 'error', code: 'speech-busy', message };
  if (error instanceof NoSpeechModelError) return { type: 'error', code: 'no-speech-model', message };
  return { type: 'error', code: 'failed', message };
}

/** A copy, because the frame need not begin at an even address; an odd last byte is dropped. */
function samplesOf(data: Buffer): Int16Array {
  const bytes = data.subarray(0, data.length & ~1);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
