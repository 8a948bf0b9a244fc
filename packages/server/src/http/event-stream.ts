import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatPosition, type PlacedEvent } from '../core/sessions/turn.ts';
import { asAppError, errorBody } from './errors.ts';
import { presentReply } from './present/message.ts';
import { sendServerSentEvents } from './server-sent-events.ts';

/**
 * Answers with the events of a reply: each with an `id` that a client sends back in `Last-Event-ID`. The stream ends after the reply;
 * a client that goes away stops only its own reading.
 */
export function sendEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  events: (signal: AbortSignal) => AsyncIterable<PlacedEvent> | Iterable<PlacedEvent>,
): FastifyReply {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return sendServerSentEvents(request, reply, gone.signal, formatted(events(gone.signal)));
}

async function* formatted(events: AsyncIterable<PlacedEvent> | Iterable<PlacedEvent>): AsyncGenerator<string> {
  for await (const placed of events) yield format(placed);
}

function format({ position, event }: PlacedEvent): string {
  return `id: ${formatPosition(position)}\nevent: ${event.type}\ndata: ${JSON.stringify(dataOf(event))}`;
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
