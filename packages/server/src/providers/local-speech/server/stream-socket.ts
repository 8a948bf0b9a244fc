import type { RawData, WebSocket } from 'ws';
import type { z } from 'zod';
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
  /** After a failure nothing more is taken. */
  let failed = false;
  /** Half a sample: audio may be cut anywhere. */
  let halfSample: Buffer = Buffer.alloc(0);

  const stream: StreamSocket<Event> = {
    signal: gone.signal,
    send(event, audio) {
      if (gone.signal.aborted) return;
      client.send(JSON.stringify(event));
      if (audio) client.send(new Uint8Array(audio.buffer, audio.byteOffset, audio.byteLength));
    },
    close: () => client.close(),
  };

  function samplesOf(data: Buffer): Int16Array {
    const bytes = halfSample.length > 0 ? Buffer.concat([halfSample, data]) : data;
    const whole = bytes.length & ~1;
    halfSample = Buffer.from(bytes.subarray(whole));
    // A copy, because the bytes need not begin at an even address.
    return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole));
  }

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
      failed = true;
      queue.length = 0;
      client.resume(); // Else the other side's goodbye would not be read.
      if (!gone.signal.aborted) stream.send(failureOf(error));
      client.close();
    } finally {
      working = false;
    }
  }

  client.on('message', (data, binary) => {
    if (failed) return;
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

/** What the other side asks for. @throws Error that says what is wrong with the message */
export function readRequest<Request>(schema: z.ZodType<Request>, text: string): Request {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error('The message is no JSON');
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`The message is not understood: ${[...(issue?.path ?? []), issue?.message].join(' ')}`);
}
