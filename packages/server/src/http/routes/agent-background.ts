import multipart from '@fastify/multipart';
import { BackgroundAnswer, Done, FetchBackground, IdParams, UploadBackground } from '@visavis/protocol';
import type { FastifyRequest } from 'fastify';
import { fetchBackground, removeBackground, setBackground } from '../../core/agents/agent-background.ts';
import { storedImageUrl } from '../../core/avatars/avatar-url.ts';
import { AppError } from '../../core/errors.ts';
import { callerOf } from '../access.ts';
import type { Api, App } from '../api.ts';
import { readForm } from '../multipart.ts';
import { answers } from '../openapi.ts';

const tags = ['Agents'];

/** The picture that stands behind an agent's face: uploaded or fetched, and taken away. */
export async function agentBackgroundRoutes(api: Api): Promise<void> {
  const { app, storage, images, now, publicUrl, fetchPicture } = api;
  const find = async (userId: number, { id }: { id: number }) => {
    if (!(await storage.read.agents.find(userId, id))) throw new AppError('agent-not-found');
  };
  const access = { scope: 'agents', find } as const;
  const deps = { storage, images, now };
  const answer = (key: string | null) => ({ success: true as const, background_url: key && publicUrl + storedImageUrl(key) });

  app.get(
    '/agents/:id/background',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'getAgentBackground',
        summary: 'The picture behind an agent’s face',
        params: IdParams,
        response: answers({ 200: BackgroundAnswer }),
      },
    },
    async (request) => {
      const agent = await storage.read.agents.find(callerOf(request).user.id, request.params.id);
      if (!agent) throw new AppError('agent-not-found');
      return answer(agent.backgroundKey);
    },
  );

  app.put(
    '/agents/:id/background',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'fetchAgentBackground',
        summary: 'Put the picture at an address behind an agent’s face',
        description:
          'Fetched at once, over https from public addresses only, and kept. Seen where `properties.video.background` is `image`.',
        params: IdParams,
        body: FetchBackground,
        response: answers({ 200: BackgroundAnswer }),
      },
    },
    async (request) => {
      const userId = callerOf(request).user.id;
      // As long as the client waits for it.
      const gone = new AbortController();
      request.raw.once('close', () => request.raw.destroyed && gone.abort(new AppError('invalid-request')));
      return answer(await fetchBackground({ ...deps, fetchPicture }, userId, request.params.id, request.body.url, gone.signal));
    },
  );

  app.delete(
    '/agents/:id/background',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'removeAgentBackground',
        summary: 'Take the picture behind an agent’s face away',
        params: IdParams,
        response: answers({ 200: Done }),
      },
    },
    async (request) => {
      await removeBackground(deps, callerOf(request).user.id, request.params.id);
      return { success: true as const };
    },
  );

  await app.register(async (scope) => {
    await scope.register(multipart);
    (scope as unknown as App).post(
      '/agents/:id/background',
      {
        config: { access },
        preValidation: formAsBody,
        schema: {
          tags,
          operationId: 'uploadAgentBackground',
          summary: 'Put an uploaded picture behind an agent’s face',
          description: 'Takes the place of the one before. Seen where `properties.video.background` is `image`.',
          consumes: ['multipart/form-data'],
          params: IdParams,
          body: UploadBackground,
          response: answers({ 200: BackgroundAnswer }),
        },
      },
      async (request) => {
        const bytes = Buffer.from(await request.body.file.arrayBuffer());
        return answer(await setBackground(deps, callerOf(request).user.id, request.params.id, bytes));
      },
    );
  });
}

/** Puts the form where the schema looks for it. */
async function formAsBody(request: FastifyRequest): Promise<void> {
  // A wrong address is told before a wrong form.
  if (!IdParams.safeParse(request.params).success) return;
  const { file } = await readForm(request, 'file');
  if (!file || file.length === 0) throw new AppError('no-file-uploaded', undefined, { details: { file: 'is required' } });
  request.body = { file: new File([new Uint8Array(file)], 'file') };
}
