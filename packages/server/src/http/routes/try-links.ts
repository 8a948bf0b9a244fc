import { CreatedTryLink, ExchangedTryLink, ExchangeTryLink, IdParams, timestamp } from '@visavis/protocol';
import { exchangeTryLink, issueTryLink } from '../../core/access/try-links.ts';
import { AppError } from '../../core/errors.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { presentStartedSession } from '../present/session.ts';

/** Links with which somebody without an account tries an agent: one link, one session. */
export function tryLinkRoutes({ app, storage, now, tokens, createOnce, live, publicUrl, attempts }: Api): void {
  const tags = ['Agents'];

  app.post(
    '/agents/:id/try-links',
    {
      config: {
        access: {
          scope: 'agents',
          async find(userId, { id }) {
            if (!(await storage.read.agents.find(userId, id))) throw new AppError('agent-not-found');
          },
        },
      },
      schema: {
        tags,
        operationId: 'createTryLink',
        summary: 'A link with which somebody tries the agent',
        description: 'Opens `/try/{id}`, where one session can be had without an account. Good once, for 15 minutes.',
        params: IdParams,
        response: answers({ 201: CreatedTryLink }),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { user } = callerOf(request);
      const { status, body } = await createOnce(request, user.id, async (stores) => {
        const { token, expiresAt } = await issueTryLink({ stores, now }, user.id, id);
        const url = `${publicUrl}/try/${id}#token=${token}`;
        return { status: 201, body: { success: true, url, expires_at: timestamp(expiresAt) } };
      });
      return reply
        .header('cache-control', 'no-store')
        .code(status as 201)
        .send(body as never);
    },
  );

  app.post(
    '/try-links/exchange',
    {
      config: { access: { scope: 'public' } },
      schema: {
        tags,
        operationId: 'exchangeTryLink',
        summary: 'Start a session with the token of a link',
        description: 'Uses the link up.',
        body: ExchangeTryLink,
        response: answers({ 201: ExchangedTryLink }),
      },
    },
    async (request, reply) => {
      const { token, session_type: type } = request.body;
      const exchange = () => exchangeTryLink({ ...live, storage, now }, token, type);
      const { userId, session } = await attempts.attempt({ address: request.ip }, exchange);
      const sessionToken = tokens.sign({ kind: 'session', userId, sessionId: session.id });
      const { session_id, agent_id, agent_name, session_type, started_at, session_token, expires_at, realtime, warnings } =
        presentStartedSession(session, { token: sessionToken, publicUrl, iceServers: live.iceServers(session.id) });
      return reply
        .header('cache-control', 'no-store')
        .code(201)
        .send({
          success: true,
          session: {
            session_id,
            agent_id,
            agent_name,
            session_type,
            started_at,
            session_token,
            expires_at,
            realtime,
            warnings,
            language: session.language,
          },
        });
    },
  );
}
