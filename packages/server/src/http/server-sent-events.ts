import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import { asAppError } from './errors.ts';

/** A comment line this often keeps proxies from closing a quiet stream, in ms. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Answers with server-sent events (WHATWG HTML, "Server-sent events"), as they are made; a client that reads slowly holds them back.
 * @param events each as it is written, without the empty line at its end
 * @param failure the last event where `events` throws
 */
export function sendServerSentEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  signal: AbortSignal,
  events: AsyncIterable<string>,
  failure?: (error: AppError) => string,
): FastifyReply {
  const stream = new PassThrough();
  const keepAlive = setInterval(() => stream.write(':\n\n'), KEEP_ALIVE_MS);
  const run = async () => {
    try {
      for await (const event of events) {
        if (signal.aborted) return;
        if (!stream.write(`${event}\n\n`)) await once(stream, 'drain', { signal });
      }
    } catch (error) {
      if (signal.aborted) return;
      const expected = asAppError(error);
      if (!expected) request.log.error({ err: error }, 'event stream failed');
      if (failure) stream.write(`${failure(expected ?? new AppError('internal'))}\n\n`);
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
