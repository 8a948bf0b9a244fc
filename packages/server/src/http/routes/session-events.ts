import { IdParams } from '@visavis/protocol';
import { AppError, invalid } from '../../core/errors.ts';
import type { NumberedEvent } from '../../core/sessions/session-events.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { eventStream } from '../openapi.ts';
import { sendServerSentEvents } from '../server-sent-events.ts';

const STREAM = eventStream(
  'What happens in the session, as server-sent events: each has an `id`, the `event` (the `type` of a `ServerEvent`) and the whole ' +
    '`ServerEvent` as JSON in `data`. The stream ends after `session.ended`.',
);

/** The events of section 6a for readers without a data channel. */
export function sessionEventRoutes({ app, storage, live }: Api): void {
  const find = async (userId: number, { id }: { id: number }) => {
    if (!(await storage.read.sessions.find(userId, id))) throw new AppError('session-not-found');
  };
  app.get(
    '/sessions/:id/events',
    {
      config: { access: { scope: 'sessions', sessionToken: true, find } },
      schema: {
        tags: ['Sessions'],
        operationId: 'readSessionEvents',
        summary: 'Read what happens in a live session',
        description:
          'The same events as on the data channel `events`. Read it with `fetch`, so that the credential stays in a header. A client ' +
          'that comes back with `Last-Event-ID` misses nothing of the last 500 events.',
        params: IdParams,
        response: { 200: STREAM as never },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const session = await storage.read.sessions.find(callerOf(request).user.id, id);
      if (!session) throw new AppError('session-not-found');
      if (session.status !== 'active') throw new AppError('session-ended');
      const lastId = lastIdOf(request.headers['last-event-id']);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      return sendServerSentEvents(request, reply, gone.signal, formatted(live.events.read(id, lastId, gone.signal)));
    },
  );
}

/** A comment goes first, so that the reader knows at once that it reads. */
async function* formatted(events: AsyncIterable<NumberedEvent>): AsyncGenerator<string> {
  yield ':';
  for await (const { id, event } of events) yield `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}`;
}

function lastIdOf(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^\d{1,12}$/.test(header)) {
    throw invalid('Last-Event-ID', 'is not the id of an event of this session');
  }
  return Number(header);
}
