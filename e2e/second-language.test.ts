import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogue } from '../packages/server/src/providers/models/catalogue.ts';
import { createModelStore } from '../packages/server/src/providers/models/model-store.ts';
import { atRate, joined, wordErrors } from '../packages/server/src/testing/real-speech.ts';
import { userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { loudness } from '../packages/server/src/testing/webrtc-peer.ts';
import { createCall, joinCall } from './harness/caller.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';
import { samplesOfWav, wavFile } from './harness/wav.ts';

const QUESTION = '¿Cuándo abre el museo los lunes?';
const ANSWER = 'El museo abre por la mañana.';
const store = createModelStore({ catalogue: loadCatalogue(), modelsDir: userModelsDir() });
/** The unit tests bring it, where it can be had. */
const hasEars = store.find('whisper-base').state === 'ready';

/** The ears and the voice of this machine for Spanish; the language model is scripted, so that the answer is known. */
describe.skipIf(!hasEars)('a conversation in Spanish', () => {
  let provider: Provider;
  let product: Product;

  const speak = async (input: string) => {
    const answer = await fetch(`${product.url}/api/v1/speech`, {
      method: 'POST',
      headers: { 'x-api-key': product.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ input, voice: 'local/dora', response_format: 'wav' }),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return answer.ok && answer.headers.get('x-voice') === 'local/dora' ? samplesOfWav(bytes) : undefined;
  };
  const hear = async (samples: Int16Array) => {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(wavFile(samples, { rate: 48_000 }))]), 'heard.wav');
    form.set('language', 'es');
    const answer = await fetch(`${product.url}/api/v1/transcriptions`, {
      method: 'POST',
      headers: { 'x-api-key': product.apiKey },
      body: form,
    });
    return ((await answer.json()) as { text: string }).text;
  };

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: ANSWER }));
    product = await startProduct({
      env: {
        ...provider.env,
        VISAVIS_STT: 'local/whisper-base',
        VISAVIS_TTS: 'local/dora',
        VISAVIS_MODELS_DIR: userModelsDir(),
      },
    });
  });
  afterAll(async () => {
    await provider?.close();
    await cleanUp();
  });

  it('is heard, answered and understood', async () => {
    const question = await until('the voice', () => speak(QUESTION), 120_000);
    const agentId = await product.api.createAgent({
      name: 'Museo',
      language: 'es',
      context: 'Respondes a los visitantes de un museo.',
      properties: { turn: { greeting: { enabled: false } } },
    });
    await until(
      'the ears',
      async () => {
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', { agent_id: agentId });
        return session.warnings.length === 0;
      },
      60_000,
    );
    const caller = await joinCall(product, (await createCall(product, agentId)).session_id);
    await caller.event('session.joined');
    const from = caller.peer.heard.length;
    await caller.peer.speak(atRate(question.samples, question.rate, 48_000));
    const { message } = await caller.event('message', (event) => event.message.role === 'user');
    expect(wordErrors(QUESTION, message.content), message.content).toBeLessThanOrEqual(1);
    expect(await caller.event('reply.end', undefined, 60_000)).toMatchObject({ content: ANSWER, interrupted: false });
    await until('the last words to arrive', () => caller.peer.heard.slice(-50).every(({ samples }) => loudness(samples) < 50));
    const heard = await hear(joined(caller.peer.heard.slice(from).map(({ samples }) => samples)));
    expect(wordErrors(ANSWER, heard), heard).toBeLessThanOrEqual(2);
    await product.api.endSession(caller.sessionId);
    caller.peer.close();
  });
});
