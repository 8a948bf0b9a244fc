import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureTestModel, type TestModel } from '../packages/server/src/testing/test-model.ts';
import { gone } from './harness/processes.ts';
import { API_KEY, cleanUp, type Product, startProduct } from './harness/product.ts';
import { until } from './harness/until.ts';

const MODELS_DIR = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'visavis', 'models');

let model: TestModel;
beforeAll(async () => {
  model = await ensureTestModel();
}, 300_000);
afterEach(cleanUp);

/** A server with nothing configured but its folders: it answers from the model on this machine. */
function startWithModel(options: { startScript?: boolean } = {}): Promise<Product> {
  const nothing = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined, VISAVIS_LLM: `local/${model.name}` };
  return startProduct({ env: { ...nothing, VISAVIS_MODELS_DIR: MODELS_DIR }, ...options });
}

const modelReady = ({ api }: Product) =>
  until(
    'the model to be loaded',
    async () => (await api.ok<{ models: Array<{ state: string }> }>('GET', '/readyz')).models[0]?.state === 'ready',
    90_000,
  );

describe('a server with the model of this machine', () => {
  it('goes from an agent to a transcript with curl', async ({ skip }) => {
    if (model.path === undefined) return skip(model.reason);
    const product = await startWithModel({ startScript: true });
    await modelReady(product);
    const curl = async (...options: string[]) => {
      const common = ['-sS', '-N', '--fail-with-body', '-H', `x-api-key: ${API_KEY}`, '-H', 'content-type: application/json'];
      return (await promisify(execFile)('curl', [...common, ...options])).stdout;
    };
    const at = (path: string) => `${product.url}/api/v1/${path}`;

    const agent = JSON.parse(
      await curl(at('agents'), '-d', '{"name": "Guide", "context": "You are a friendly guide. Answer in one short sentence."}'),
    ).agent.agent_id;
    const session = JSON.parse(await curl(at('sessions'), '-d', `{"agent_id": ${agent}, "session_type": "agent_chat"}`)).session;
    const stream = await curl(
      at(`sessions/${session.session_id}/messages`),
      '-d',
      '{"message": "What is the capital of France?", "stream": true}',
    );
    expect(stream).toMatch(/^id: \S+\nevent: reply-start\n/);
    expect(stream.match(/event: reply-delta/g)?.length).toBeGreaterThan(1);
    expect(stream).toMatch(/event: reply-end\ndata: .*Paris/);
    const ended = JSON.parse(await curl('-X', 'PUT', at(`sessions/${session.session_id}/end`), '-d', '{}')).session;
    expect(ended).toMatchObject({ status: 'completed' });
    expect(ended.transcript).toMatch(/^User: What is the capital of France\?\nAssistant: .*Paris/);
    expect(product.output()).not.toMatch(/capital of France|Paris/);
    expect(await product.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it.for(['while it loads', 'when it is ready', 'while it answers'])(
    'killed with -9 %s takes the model with it within 2 s',
    async (when, { skip }) => {
      if (model.path === undefined) return skip(model.reason);
      const product = await startWithModel();
      const [pid] = await until('the process of the model', () =>
        product.modelProcesses().length > 0 ? product.modelProcesses() : undefined,
      );
      if (when !== 'while it loads') await modelReady(product);
      if (when === 'while it answers') {
        const { session_id: id } = await product.api.createSession(await product.api.createAgent());
        for await (const { type } of product.api.stream(id, 'Tell me a very long story about the sea.')) {
          if (type === 'reply-delta') break;
        }
      }
      const processes = [pid as number, ...product.workers()];
      await product.kill9();
      const within = await gone(processes, 2_000);
      console.log(`Model and workers gone ${Math.round(within)} ms after the server was killed ${when}`);
    },
  );

  it.for(['SIGINT', 'SIGTERM'] as const)('stops within 5 s by %s while the model answers', async (signal, { skip }) => {
    if (model.path === undefined) return skip(model.reason);
    const product = await startWithModel();
    await modelReady(product);
    const { session_id: id } = await product.api.createSession(await product.api.createAgent());
    const reply = (async () => {
      let last = '';
      for await (const { type, data } of product.api.stream(id, 'Tell me a very long story about the sea.'))
        last = data.code ?? type;
      return last;
    })();
    await until('the model to begin', async () =>
      /visavis_model_queue{state="running"} 1/.test((await product.api.call<string>('GET', '/metrics')).body),
    );
    const processes = [...product.modelProcesses(), ...product.workers()];
    const exit = signal === 'SIGINT' ? await product.ctrlC() : await product.stop();
    expect(exit).toMatchObject({ code: 0, stderr: '' });
    expect(exit.milliseconds).toBeLessThan(5_000);
    expect(['reply-end', 'server-restarting']).toContain(await reply);
    await gone(processes, 2_000);
  });
});

describe('a server without any model', () => {
  it('says what to do, stores nothing, and starts all the same', async () => {
    const product = await startProduct({
      env: { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined, VISAVIS_LLM: 'ollama/none' },
    });
    const agent = await product.api.createAgent({ custom_greeting: '' });
    const { session_id: id } = await product.api.createSession(agent);
    const answer = await product.api.call('POST', `sessions/${id}/messages`, { message: 'hello' });
    expect(answer).toMatchObject({ status: 503, body: { success: false, code: 'no-language-model' } });
    expect(await product.api.messages(id)).toEqual([]);
  });
});
