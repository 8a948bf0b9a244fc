import {
  ChangeSession,
  ConnectedSession,
  ConnectSession,
  CreatedSession,
  CreateSession,
  DoneWithMessage,
  EndedSession,
  EndSession,
  IdParams,
  SessionAnswer,
  SessionList,
  SessionQuery,
  SessionTokenAnswer,
  timestamp,
} from '@visavis/protocol';
import type { z } from 'zod';
import { TOKEN_SECONDS } from '../../core/access/tokens.ts';
import { encodeCursor } from '../../core/cursor.ts';
import { requireAllowedType } from '../../core/embeds/allowed-type.ts';
import { AppError, invalid } from '../../core/errors.ts';
import { changeSessionType } from '../../core/sessions/change-session-type.ts';
import { endSession } from '../../core/sessions/end-session.ts';
import type { Session, SessionFilter } from '../../core/sessions/session.ts';
import { startSession } from '../../core/sessions/start-session.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { cutPage, pageOf } from '../page.ts';
import { presentEndedSession, presentSession, presentSessionListItem, presentStartedSession } from '../present/session.ts';

/** Section 1 of the contract, without the messages. */
export function sessionRoutes(api: Api): void {
  const { app, storage, now, tokens, createOnce, live, publicUrl, recordings } = api;
  const tags = ['Sessions'];
  const find = async (userId: number, { id }: { id: number }) => {
    if (!(await storage.read.sessions.find(userId, id))) throw new AppError('session-not-found');
  };
  /** Whether there is a recording to be had: of an ended session. */
  const isRecorded = async (session: Session) => session.status === 'completed' && (await recordings.has(session.id));
  const access = { scope: 'sessions', find } as const;
  const accessWithToken = { ...access, sessionToken: true } as const;

  app.post(
    '/sessions',
    {
      config: { access: { scope: 'sessions' } },
      schema: {
        tags,
        operationId: 'createSession',
        summary: 'Start a session',
        body: CreateSession,
        response: answers({ 201: CreatedSession }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const { agent_id: agentId, session_type: type, metadata, video } = request.body;
      const { status, body } = await createOnce(request, user.id, async (stores) => {
        const { session, concurrency } = await startSession({ ...live, stores, now }, user, { agentId, type, metadata, video });
        const token = tokens.sign({ kind: 'session', userId: user.id, sessionId: session.id });
        const { current, max } = concurrency;
        return {
          status: 201,
          body: {
            success: true,
            message: 'Session started successfully',
            session: presentStartedSession(session, { token, publicUrl, iceServers: live.iceServers(session.id) }),
            usage: { concurrency: { current, max, available: max === null ? null : max - current } },
          },
        };
      });
      return reply.code(status as 201).send(body as never);
    },
  );

  app.get(
    '/sessions',
    {
      config: { access: { scope: 'sessions' } },
      schema: {
        tags,
        operationId: 'listSessions',
        summary: 'List sessions',
        querystring: SessionQuery,
        response: answers({ 200: SessionList }),
      },
    },
    async (request, reply) => {
      const page = pageOf(request.query);
      const filter = filterOf(request.query);
      const found = await storage.read.sessions.list(callerOf(request).user.id, { ...filter, page });
      const { rows, nextCursor } = cutPage(reply, page, found, (session) => encodeCursor([session.id]));
      return {
        success: true as const,
        sessions: rows.map((session) => presentSessionListItem(session, publicUrl)),
        ...(nextCursor && { next_cursor: nextCursor }),
      };
    },
  );

  app.get(
    '/sessions/:id',
    {
      config: { access: accessWithToken },
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'Get a session',
        params: IdParams,
        response: answers({ 200: SessionAnswer }),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const session = await storage.read.sessions.overview(caller.user.id, request.params.id);
      if (!session) throw new AppError('session-not-found');
      const messages = await storage.read.messages.turns(caller.user.id, session.id);
      return {
        success: true as const,
        session: presentSession(session, messages, {
          full: caller.kind !== 'session',
          publicUrl,
          recorded: await isRecorded(session),
        }),
      };
    },
  );

  for (const method of ['PUT', 'POST'] as const) {
    app.route({
      method,
      url: '/sessions/:id/end',
      config: { access: accessWithToken },
      schema: {
        tags,
        operationId: method === 'PUT' ? 'endSession' : 'endSessionByPost',
        summary: method === 'PUT' ? 'End a session' : 'End a session (as PUT)',
        params: IdParams,
        body: EndSession,
        response: answers({ 200: EndedSession }),
      },
      handler: async (request) => {
        const caller = callerOf(request);
        const { id } = request.params;
        const { duration, transcript, metadata } = request.body;
        if (caller.kind === 'session' && (duration ?? transcript ?? metadata) !== undefined) {
          await find(caller.user.id, { id });
          throw new AppError('scope-missing', 'A session token ends its session without a body');
        }
        if (transcript !== undefined && transcript.length > LONGEST_TRANSCRIPT) {
          throw invalid('transcript', `must be at most ${LONGEST_TRANSCRIPT} characters`);
        }
        await endSession(live, caller.user.id, id, {
          reason: 'ended-by-client',
          ...(duration !== undefined && { clientDuration: duration }),
          ...(transcript !== undefined && { clientTranscript: transcript }),
          ...(metadata !== undefined && { metadata }),
        });
        const session = await storage.read.sessions.overview(caller.user.id, id);
        if (!session) throw new AppError('session-not-found');
        const messages = await storage.read.messages.turns(caller.user.id, id);
        return {
          success: true as const,
          message: 'Session ended successfully',
          session: presentEndedSession(session, messages, caller.kind !== 'session'),
        };
      },
    });
  }

  app.patch(
    '/sessions/:id',
    {
      config: { access: accessWithToken },
      schema: {
        tags,
        operationId: 'changeSessionType',
        summary: 'Switch a live session between chat, voice and video',
        description:
          'A session of an embed takes the time of a call when it becomes one: 429 `embed-busy` or `embed-budget-exhausted` where there is none; ' +
          'it stays what it is.',
        params: IdParams,
        body: ChangeSession,
        response: answers({ 200: SessionAnswer }),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { id } = request.params;
      if (caller.kind === 'session') await requireAllowedType({ stores: storage.read }, caller, request.body.session_type);
      await changeSessionType(live, caller.user.id, id, request.body.session_type);
      const session = await storage.read.sessions.overview(caller.user.id, id);
      if (!session) throw new AppError('session-not-found');
      const messages = await storage.read.messages.turns(caller.user.id, id);
      return {
        success: true as const,
        session: presentSession(session, messages, {
          full: caller.kind !== 'session',
          publicUrl,
          recorded: await isRecorded(session),
        }),
      };
    },
  );

  app.delete(
    '/sessions/:id',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'deleteSession',
        summary: 'Delete an ended session',
        params: IdParams,
        response: answers({ 200: DoneWithMessage }),
      },
    },
    async (request) => {
      const userId = callerOf(request).user.id;
      const { id } = request.params;
      await find(userId, { id });
      if (!(await storage.write((stores) => stores.sessions.delete(userId, id)))) throw new AppError('session-active');
      await recordings.delete(id);
      return { success: true as const, message: 'Session deleted successfully' };
    },
  );

  app.post(
    '/sessions/:id/token',
    {
      config: { access: accessWithToken },
      schema: {
        tags,
        operationId: 'renewSessionToken',
        summary: 'A fresh session token',
        params: IdParams,
        response: answers({ 201: SessionTokenAnswer }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const session = await storage.read.sessions.find(user.id, request.params.id);
      if (!session) throw new AppError('session-not-found');
      if (session.status !== 'active') throw new AppError('session-ended');
      const session_token = tokens.sign({ kind: 'session', userId: user.id, sessionId: session.id });
      return reply.code(201).send({ success: true, session_token, expires_at: timestamp(now() + TOKEN_SECONDS * 1000) });
    },
  );

  app.post(
    '/sessions/:id/connect',
    {
      config: { access: accessWithToken },
      schema: {
        tags,
        operationId: 'connectSession',
        summary: 'Join a spoken session over WebRTC',
        description:
          'The offer of the browser, answered. Sending another one re-joins the same conversation. Sessions of the type `webrtc_video` have ' +
          'a WebSocket for this and for their speech besides: `realtime.url` with `?session_token=`.',
        params: IdParams,
        body: ConnectSession,
        response: answers({ 200: ConnectedSession }),
      },
    },
    async (request) => {
      const { user } = callerOf(request);
      const { sdp: offer, video, face } = request.body;
      return { sdp: await live.connect(user, request.params.id, { offer, video, face }) };
    },
  );
}

/** A client's own transcript is kept whole up to here. */
const LONGEST_TRANSCRIPT = 500_000;

function filterOf({
  status,
  agent_id,
  session_type,
  end_reason,
  embed,
  from,
  to,
  search,
}: z.output<typeof SessionQuery>): SessionFilter {
  return {
    status,
    ...(agent_id !== undefined && { agentId: agent_id }),
    ...(session_type !== undefined && { type: session_type }),
    ...(end_reason !== undefined && { endReason: end_reason }),
    ...(embed !== undefined && { embedId: embed }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(search !== undefined && { search }),
  };
}
