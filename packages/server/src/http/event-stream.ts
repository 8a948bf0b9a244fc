import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatPosition, type PlacedEvent } from '../core/sessions/turn.ts';
import { asAppError, errorBody } from './errors.ts';
import { presentReply } from './present/message.ts';

/** A comment line this often keeps proxies from closing a quiet stream, in ms. */
const KEEP_ALIVE_MS = 15_000;

/**
 * Answers with server-sent events (WHATWG HTML, "Server-sent events"): each with an `id` that a client sends back in
 * `Last-Event-ID`. The stream ends after the reply; a client that goes away stops only its own reading.
 */
export function sendEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  events: (signal: AbortSignal) => AsyncIterable<PlacedEvent> | Iterable<PlacedEvent>,
): FastifyReply {
  const stream = new PassThrough();
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const keepAlive = setInterval(() => stream.write(':\n\n'), KEEP_ALIVE_MS);
  const run = async () => {
    try {
      for await (const placed of events(gone.signal)) {
        if (gone.signal.aborted) return;
        stream.write(format(placed));
      }
    } catch (error) {
      request.log.error({ err: error }, 'event stream failed');
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

function format({ position, event }: PlacedEvent): string {
  return `id: ${formatPosition(position)}\nevent: ${event.type}\ndata: ${JSON.stringify(dataOf(event))}\n\n`;
}

function dataOf(event: PlacedEvent['event']): object {
  switch (event.type) {
    case 'reply-start':
      return {};
    case 'reply-delta':
      return { text: event.text };
    case 'reply-end':
      return { reply: presentReply(event.reply) };
    case 'error':
      return errorBody(asAppError(event.error) ?? event.error);
  }
}
