import { DoneWithMessage, IdParams, MessageAnswer, MessageList, MessageQuery, SendMessage } from '@visavis/protocol';
import { decodeCursor, encodeCursor } from '../../core/cursor.ts';
import { AppError, invalid } from '../../core/errors.ts';
import { limitsOf } from '../../core/sessions/start-session.ts';
import { parsePosition, replayStored } from '../../core/sessions/turn.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { sendEventStream } from '../event-stream.ts';
import { hashBody, idempotencyKeyOf } from '../idempotency.ts';
import { answers, eventStream } from '../openapi.ts';
import { cutPage, pageOf } from '../page.ts';
import { presentMessage, presentReply } from '../present/message.ts';

const STREAM = eventStream(
  'The reply as server-sent events, for a request with `stream: true` or `Accept: text/event-stream`. Each has an `id`, an ' +
    '`event` (`reply-start`, `reply-delta`, `reply-end`, `error`) and JSON in `data`.',
);

/** The messages of section 1 of the contract. */
export function messageRoutes({ app, storage, live, rateLimiter }: Api): void {
  const tags = ['Messages'];
  const { replies, defaults } = live;
  const find = async (userId: number, { id }: { id: number }) => {
    if (!(await storage.read.sessions.find(userId, id))) throw new AppError('session-not-found');
  };
  const access = { scope: 'sessions', sessionToken: true, find } as const;

  /** 429 over the messages a minute of a session. */
  const limitMessages = async (user: { id: number; limits: { messagesPerMinute?: number | null } }, sessionId: number) => {
    const session = await storage.read.sessions.find(user.id, sessionId);
    if (!session) throw new AppError('session-not-found');
    const agent = await storage.read.agents.find(user.id, session.agentId);
    const own = user.limits.messagesPerMinute;
    const limit = own === undefined ? limitsOf(agent ?? { properties: null }, defaults).messagesPerMinute : (own ?? 0);
    const allowance = await rateLimiter.take(`messages:${sessionId}`, limit);
    if (allowance && !allowance.allowed)
      throw new AppError('rate-limited', undefined, { retryAfterSeconds: allowance.retryAfterSeconds });
  };

  app.post(
    '/sessions/:id/messages',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'sendMessage',
        summary: 'Send a message',
        description:
          'Answers with the reply, or, with `stream: true` or `Accept: text/event-stream`, with server-sent events: `reply-start`, ' +
          '`reply-delta {text}`, `reply-end {reply}`, `error {code, error}`. A client that repeats the request with `Last-Event-ID` ' +
          'goes on where it was; a retry with the same `Idempotency-Key` is the same message.',
        params: IdParams,
        body: SendMessage,
        response: { ...answers({ 201: MessageAnswer }), 200: STREAM as never },
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const { id } = request.params;
      const { message: text, stream } = request.body;
      const streaming = stream || (request.headers.accept ?? '').includes('text/event-stream');

      const from = positionOf(request.headers['last-event-id']);
      if (from) {
        const message = await storage.read.messages.find(user.id, id, from.messageId);
        if (message?.role !== 'user') {
          await find(user.id, { id });
          throw invalid('Last-Event-ID', 'names no message of this session');
        }
        const turn = replies.find(message.id);
        if (turn) return sendEventStream(request, reply, (signal) => turn.read(from, signal));
        const stored = await storage.read.messages.replyTo(user.id, id, message.id);
        if (stored) return sendEventStream(request, reply, () => replayStored(message, stored, from));
        // Its reply was lost: the request is a retry, below, where it carries the message's Idempotency-Key.
        if (idempotencyKeyOf(request) === undefined) throw new AppError('worker-lost');
      }

      await limitMessages(user, id);
      const idempotencyKey = idempotencyKeyOf(request);
      const sent = await replies.send(user, id, {
        text,
        ...(idempotencyKey !== undefined && { idempotencyKey, bodyHash: hashBody({ text }) }),
      });
      if (streaming) {
        return sendEventStream(request, reply, (signal) =>
          'turn' in sent ? sent.turn.read(undefined, signal) : replayStored(sent.message, sent.reply),
        );
      }
      const stored = 'turn' in sent ? await sent.turn.done : sent.reply;
      return reply
        .code(201)
        .send({ success: true, message: presentMessage({ ...sent.message, answered: true }), reply: presentReply(stored) });
    },
  );

  app.get(
    '/sessions/:id/messages',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listMessages',
        summary: 'List messages',
        params: IdParams,
        querystring: MessageQuery,
        response: answers({ 200: MessageList }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const { id } = request.params;
      await find(user.id, { id });
      const page = pageOf(request.query);
      const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor, 1)[0];
      const found = await storage.read.messages.list(user.id, id, { limit: page.limit, ...(after !== undefined && { after }) });
      const { rows, nextCursor } = cutPage(reply, page, found, (message) => encodeCursor([message.id]));
      return { success: true as const, messages: rows.map(presentMessage), ...(nextCursor && { next_cursor: nextCursor }) };
    },
  );

  app.delete(
    '/sessions/:id/messages/current',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'cancelReply',
        summary: 'Cancel the reply in hand',
        params: IdParams,
        response: answers({ 200: DoneWithMessage }),
      },
    },
    async (request) => {
      const { id } = request.params;
      await find(callerOf(request).user.id, { id });
      if (!replies.cancelCurrent(id)) throw new AppError('reply-not-found');
      return { success: true as const, message: 'Reply cancelled' };
    },
  );
}

function positionOf(header: string | string[] | undefined) {
  if (header === undefined) return undefined;
  const position = typeof header === 'string' ? parsePosition(header) : undefined;
  if (!position) throw invalid('Last-Event-ID', 'is not the id of an event of this server');
  return position;
}
