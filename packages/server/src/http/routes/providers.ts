import {
  DoneWithMessage,
  ProviderAnswer,
  ProviderList,
  ProviderParams,
  ProviderTestAnswer,
  PutProvider,
  TestProvider,
} from '@visavis/protocol';
import {
  checkProviderAddress,
  deleteProvider,
  findProvider,
  listProviders,
  providerAddress,
  putProvider,
  testProvider,
} from '../../core/providers/manage-providers.ts';
import { callerOf } from '../access.ts';
import type { Api } from '../api.ts';
import { goneSignal } from '../gone-signal.ts';
import { answers } from '../openapi.ts';
import { presentProvider } from '../present/provider.ts';

/** Providers of language models and speech: what the server offers, and the user's own. Keys go in and never come out. */
export function providerRoutes({ app, storage, now, box, serverProviders, probe, allowPrivateProviders }: Api): void {
  const tags = ['Providers'];
  const config = { access: { scope: 'agents' } } as const;
  const deps = { stores: storage.read, serverProviders, box, allowPrivateProviders };

  app.get(
    '/providers',
    {
      config,
      schema: { tags, operationId: 'listProviders', summary: 'List providers', response: answers({ 200: ProviderList }) },
    },
    async (request) => {
      const providers = await listProviders(deps, callerOf(request).user.id);
      return { success: true as const, providers: providers.map(presentProvider), default: serverProviders.default() ?? null };
    },
  );

  app.get(
    '/providers/:name',
    {
      config,
      schema: {
        tags,
        operationId: 'getProvider',
        summary: 'Get a provider',
        params: ProviderParams,
        response: answers({ 200: ProviderAnswer }),
      },
    },
    async (request) => {
      const view = await findProvider(deps, callerOf(request).user.id, request.params.name);
      return { success: true as const, provider: presentProvider(view) };
    },
  );

  app.put(
    '/providers/:name',
    {
      config,
      schema: {
        tags,
        operationId: 'putProvider',
        summary: 'Add or replace a provider of your own',
        description:
          'Any OpenAI-compatible endpoint, or a vendor of speech by its name (`deepgram`, `elevenlabs`, `cartesia`). `local` and `ollama` are reserved; an own `openai` hides the server’s.',
        params: ProviderParams,
        body: PutProvider,
        response: answers({ 200: ProviderAnswer }),
      },
    },
    async (request) => {
      const { user } = callerOf(request);
      const { base_url, api_key, default_model, context_tokens } = request.body;
      const baseUrl = providerAddress(request.params.name, base_url);
      await checkProviderAddress({ probe, allowPrivateProviders }, user, baseUrl);
      const wish = {
        baseUrl,
        apiKey: api_key,
        defaultModel: default_model ?? null,
        contextTokens: context_tokens ?? null,
      };
      const provider = await storage.write((stores) => putProvider({ stores, box, now }, user.id, request.params.name, wish));
      return { success: true as const, provider: presentProvider({ source: 'user', provider }) };
    },
  );

  app.delete(
    '/providers/:name',
    {
      config,
      schema: {
        tags,
        operationId: 'deleteProvider',
        summary: 'Delete a provider of your own',
        params: ProviderParams,
        response: answers({ 200: DoneWithMessage }),
      },
    },
    async (request) => {
      await storage.write((stores) => deleteProvider({ stores }, callerOf(request).user.id, request.params.name));
      return { success: true as const, message: 'Provider deleted successfully' };
    },
  );

  app.post(
    '/providers/:name/test',
    {
      config,
      schema: {
        tags,
        operationId: 'testProvider',
        summary: 'Try a provider with a few tokens, a vendor of speech with its key',
        params: ProviderParams,
        body: TestProvider,
        response: answers({ 200: ProviderTestAnswer }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const options = { model: request.body.model, signal: goneSignal(reply) };
      const { model, test } = await testProvider({ ...deps, probe }, user, request.params.name, options);
      const result = test.ok
        ? { ok: true, model: test.model, latency_ms: Math.round(test.ms), problem: null, detail: null }
        : { ok: false, model, latency_ms: null, problem: test.kind, detail: test.detail };
      return { success: true as const, result };
    },
  );
}
