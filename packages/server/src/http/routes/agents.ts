import {
  AgentDetail,
  AgentList,
  AgentQuery,
  AgentSessionList,
  CreateAgent,
  CreatedAgent,
  DeleteAgentQuery,
  Done,
  DoneWithMessage,
  IdParams,
  PageQuery,
  UpdateAgent,
} from '@visavis/protocol';
import { forgetBackground } from '../../core/agents/agent-background.ts';
import { createAgent, deleteAgent, updateAgent } from '../../core/agents/manage-agents.ts';
import { encodeCursor } from '../../core/cursor.ts';
import { AppError } from '../../core/errors.ts';
import { endSessions } from '../../core/sessions/end-session.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { cutPage, pageOf } from '../page.ts';
import { presentAgentDetail, presentAgentListItem, presentCreatedAgent } from '../present/agent.ts';
import { presentAgentSession } from '../present/session.ts';

/** Section 2 of the contract, and the oldest list of an agent's sessions. */
export function agentRoutes({ app, storage, images, now, publicUrl, createOnce, live }: Api): void {
  const tags = ['Agents'];
  const find = async (userId: number, { id }: { id: number }) => {
    if (!(await storage.read.agents.find(userId, id))) throw new AppError('agent-not-found');
  };
  const access = { scope: 'agents', find } as const;

  app.post(
    '/agents',
    {
      config: { access: { scope: 'agents' } },
      schema: {
        tags,
        operationId: 'createAgent',
        summary: 'Create an agent',
        body: CreateAgent,
        response: answers({ 201: CreatedAgent }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const { body } = request;
      const { status, body: answer } = await createOnce(request, user.id, async (stores) => {
        const agent = await createAgent({ stores, now }, user.id, {
          name: body.name,
          avatarId: body.avatar_id ?? null,
          language: body.language,
          customGreeting: body.custom_greeting ?? null,
          context: body.context ?? null,
          properties: body.properties ?? null,
          memories: null,
          knowledgeBase: null,
        });
        return {
          status: 201,
          body: { success: true, message: 'Agent created successfully', agent: presentCreatedAgent(agent) },
        };
      });
      return reply.code(status as 201).send(answer as never);
    },
  );

  app.get(
    '/agents',
    {
      config: { access: { scope: 'agents' } },
      schema: {
        tags,
        operationId: 'listAgents',
        summary: 'List agents',
        querystring: AgentQuery,
        response: answers({ 200: AgentList }),
      },
    },
    async (request, reply) => {
      const page = pageOf(request.query);
      const found = await storage.read.agents.list(callerOf(request).user.id, { status: request.query.status, page });
      const { rows, nextCursor } = cutPage(reply, page, found, (agent) => encodeCursor([agent.updatedAt, agent.id]));
      return {
        success: true as const,
        agents: rows.map((agent) => presentAgentListItem(agent, publicUrl)),
        ...(nextCursor && { next_cursor: nextCursor }),
      };
    },
  );

  app.get(
    '/agents/:id',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'getAgent',
        summary: 'Get an agent',
        params: IdParams,
        response: answers({ 200: AgentDetail }),
      },
    },
    async (request) => {
      const agent = await storage.read.agents.overview(callerOf(request).user.id, request.params.id);
      if (!agent) throw new AppError('agent-not-found');
      return presentAgentDetail(agent);
    },
  );

  app.put(
    '/agents/:id',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'updateAgent',
        summary: 'Change an agent',
        params: IdParams,
        body: UpdateAgent,
        response: answers({ 200: Done }),
      },
    },
    async (request) => {
      const { avatar_id, custom_greeting, knowledge_base, ...same } = request.body;
      const changes = {
        ...same,
        ...(avatar_id !== undefined && { avatarId: avatar_id }),
        ...(custom_greeting !== undefined && { customGreeting: custom_greeting }),
        ...(knowledge_base !== undefined && { knowledgeBase: knowledge_base }),
      };
      const userId = callerOf(request).user.id;
      await storage.write((stores) => updateAgent({ stores, now }, userId, request.params.id, changes as never));
      return { success: true as const };
    },
  );

  app.delete(
    '/agents/:id',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'deleteAgent',
        summary: 'Delete an agent',
        params: IdParams,
        querystring: DeleteAgentQuery,
        response: answers({ 200: DoneWithMessage }),
      },
    },
    async (request) => {
      const userId = callerOf(request).user.id;
      if (request.query.end_sessions) {
        await find(userId, request.params);
        await endSessions(live, 'agent-deleted', { agentId: request.params.id });
      }
      const picture = await storage.write((stores) => deleteAgent({ stores, now }, userId, request.params.id));
      await forgetBackground(images, picture);
      return { success: true as const, message: 'Agent deleted successfully' };
    },
  );

  app.get(
    '/agents/:id/sessions',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listAgentSessions',
        summary: 'List an agent’s sessions (oldest shape)',
        params: IdParams,
        querystring: PageQuery,
        response: answers({ 200: AgentSessionList }),
      },
    },
    async (request, reply) => {
      const userId = callerOf(request).user.id;
      const agentId = request.params.id;
      if (!(await storage.read.agents.find(userId, agentId))) throw new AppError('agent-not-accessible');
      const page = pageOf(request.query);
      const found = await storage.read.sessions.list(userId, { agentId, status: 'all', page });
      const { rows, nextCursor } = cutPage(reply, page, found, (session) => encodeCursor([session.id]));
      return { success: true as const, sessions: rows.map(presentAgentSession), ...(nextCursor && { next_cursor: nextCursor }) };
    },
  );
}
