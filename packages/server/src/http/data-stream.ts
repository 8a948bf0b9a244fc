import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../core/errors.ts';
import { errorBody } from './errors.ts';
import { sendServerSentEvents } from './server-sent-events.ts';

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
  const failure = (error: AppError) => data({ type: 'error', ...errorBody(error) });
  return sendServerSentEvents(request, reply, signal, written(events), failure);
}

async function* written(events: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const event of events) yield data(event);
}

function data(event: object): string {
  return `data: ${JSON.stringify(event)}`;
}
