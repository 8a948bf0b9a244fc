import { CreatedKey, CreateKey, DoneWithMessage, IdParams, KeyAnswer, KeyList, KeyQuery, UpdateKey } from '@visavis/protocol';
import { createKey, deleteKey, requireKeyManagement, updateKey } from '../../core/access/manage-keys.ts';
import { encodeCursor } from '../../core/cursor.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { answers } from '../openapi.ts';
import { cutPage, pageOf } from '../page.ts';
import { presentKey } from '../present/key.ts';

/** API keys of the caller. The use cases decide who may manage them: a member does so by signing in. */
export function keyRoutes({ app, storage, now, createOnce }: Api): void {
  const tags = ['Keys'];
  const config = { access: { scope: 'any' } } as const;

  app.post(
    '/keys',
    {
      config,
      schema: {
        tags,
        operationId: 'createKey',
        summary: 'Create an API key',
        description: 'For signed-in users, and for keys of scope `admin`. `admin` can be given by administrators only.',
        body: CreateKey,
        response: answers({ 201: CreatedKey }),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      // Before an answer kept under an Idempotency-Key could be given again: it holds a key.
      requireKeyManagement(caller);
      const { name, scopes, rate_limit, test } = request.body;
      const { status, body } = await createOnce(request, caller.user.id, async (stores) => {
        const wish = { name, scopes, rateLimit: rate_limit ?? null, test: test ?? false };
        const { key, text } = await createKey({ stores, now }, caller, wish);
        return {
          status: 201,
          body: { success: true, message: 'API key created; it is shown this once', key: text, api_key: presentKey(key) },
        };
      });
      return reply.code(status as 201).send(body as never);
    },
  );

  app.get(
    '/keys',
    {
      config,
      schema: {
        tags,
        operationId: 'listKeys',
        summary: 'List API keys',
        querystring: KeyQuery,
        response: answers({ 200: KeyList }),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      requireKeyManagement(caller);
      const page = pageOf(request.query);
      const found = await storage.read.apiKeys.list(caller.user.id, page);
      const { rows, nextCursor } = cutPage(reply, page, found, (key) => encodeCursor([key.id]));
      return { success: true as const, keys: rows.map(presentKey), ...(nextCursor && { next_cursor: nextCursor }) };
    },
  );

  app.put(
    '/keys/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'updateKey',
        summary: 'Change an API key',
        params: IdParams,
        body: UpdateKey,
        response: answers({ 200: KeyAnswer }),
      },
    },
    async (request) => {
      const { rate_limit, name, scopes, active } = request.body;
      const changes = {
        ...(name !== undefined && { name }),
        ...(scopes !== undefined && { scopes }),
        ...(active !== undefined && { active }),
        ...(rate_limit !== undefined && { rateLimit: rate_limit }),
      };
      const caller = callerOf(request);
      const key = await storage.write((stores) => updateKey({ stores, now }, caller, request.params.id, changes));
      return { success: true as const, api_key: presentKey(key) };
    },
  );

  app.delete(
    '/keys/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'deleteKey',
        summary: 'Delete an API key',
        params: IdParams,
        response: answers({ 200: DoneWithMessage }),
      },
    },
    async (request) => {
      const caller = callerOf(request);
      await storage.write((stores) => deleteKey({ stores, now }, caller, request.params.id));
      return { success: true as const, message: 'API key deleted successfully' };
    },
  );
}
