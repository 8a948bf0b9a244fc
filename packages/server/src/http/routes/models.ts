import { ModelAnswer, ModelList, ModelParams, ModelRemoved, ModelVerified } from '@visavis/protocol';
import { requireAdministrator } from '../../core/access/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { LocalModel } from '../../core/models/model-library.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { goneSignal } from '../gone-signal.ts';
import { answers } from '../openapi.ts';

/** The models of the server's own machine; administrators bring and remove them. */
export function modelRoutes({ app, models }: Api): void {
  const tags = ['Local models'];
  const access = { scope: 'any' } as const;
  const present = (model: LocalModel) => ({
    ...model,
    languages: [...model.languages],
    in_use: models.inUse().includes(model.name),
  });
  const find = (name: string) => {
    const model = models.find(name);
    if (!model) throw new AppError('model-not-found');
    return model;
  };

  app.get(
    '/models',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'listModels',
        summary: 'List local models with their progress',
        response: answers({ 200: ModelList }),
      },
    },
    async () => ({ success: true as const, models: models.list().map(present) }),
  );

  app.post(
    '/models/:name/pull',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'pullModel',
        summary: 'Fetch a local model (administrators)',
        params: ModelParams,
        response: answers({ 200: ModelAnswer }),
      },
    },
    async (request) => {
      const { name } = find(request.params.name);
      requireAdministrator(callerOf(request));
      models.pull(name);
      return { success: true as const, model: present(find(name)) };
    },
  );

  app.post(
    '/models/:name/verify',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'verifyModel',
        summary: 'Read a local model’s files again and compare them (administrators)',
        description: 'Takes some seconds a GB. A wrong file counts as absent from then on; `pull` fetches it again.',
        params: ModelParams,
        response: answers({ 200: ModelVerified }),
      },
    },
    async (request, reply) => {
      const { name } = find(request.params.name);
      requireAdministrator(callerOf(request));
      const problems = await models.verify(name, goneSignal(reply));
      return { success: true as const, model: present(find(name)), problems };
    },
  );

  app.delete(
    '/models/:name',
    {
      config: { access },
      schema: {
        tags,
        operationId: 'removeModel',
        summary: 'Remove a local model (administrators)',
        params: ModelParams,
        response: answers({ 200: ModelRemoved }),
      },
    },
    async (request) => {
      const { name } = find(request.params.name);
      requireAdministrator(callerOf(request));
      if (models.inUse().includes(name)) throw new AppError('model-in-use');
      await models.remove(name);
      return { success: true as const, message: 'Model removed successfully' };
    },
  );
}
