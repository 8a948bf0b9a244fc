import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import { asAppError, errorBody } from './errors.ts';

/** A comment line this often keeps proxies from closing a quiet stream, in ms. */
const KEEP_ALIVE_MS = 15_000;

/** Aborted when the client goes away before its answer is whole. */
export function signalOfClient(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (reply.raw.destroyed) gone.abort();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Waits for the first item: what fails before it has an answer of its own. */
export async function begun<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  async function* all(): AsyncGenerator<T> {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return all();
}

/** Answers with bytes as they are made; where that fails half-way, the connection breaks off, and the client can tell. */
export function sendBytes(reply: FastifyReply, bytes: AsyncIterable<Uint8Array>): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(bytes, { objectMode: false }));
}

/** Answers with server-sent events as OpenAI writes them: JSON in `data`, its `type` inside; a failure is the last of them. */
export function sendDataStream(
  request: FastifyRequest,
  reply: FastifyReply,
  events: AsyncIterable<{ type: string }>,
  signal: AbortSignal,
): FastifyReply {
  const stream = new PassThrough();
  const write = (event: object) => stream.write(`data: ${JSON.stringify(event)}\n\n`);
  const keepAlive = setInterval(() => stream.write(':\n\n'), KEEP_ALIVE_MS);
  const run = async () => {
    try {
      for await (const event of events) {
        if (signal.aborted) return;
        if (!write(event)) await once(stream, 'drain', { signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      const expected = asAppError(error);
      if (!expected) request.log.error({ err: error }, 'event stream failed');
      write({ type: 'error', ...errorBody(expected ?? new AppError('internal')) });
    } finally {
      clearInterval(keepAlive);
      stream.end();
    }
  };
  void run();
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no')
    .send(stream);
}
