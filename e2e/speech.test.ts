import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { atRate, wordErrors, wordsOf } from '../packages/server/src/testing/real-speech.ts';
import { describeOpenAiClient } from '../packages/server/src/testing/speech-clients.ts';
import { ensureSpeechModels, type SpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { gone } from './harness/processes.ts';
import { API_KEY, cleanUp, type Product, startProduct } from './harness/product.ts';
import { until } from './harness/until.ts';
import { samplesOfWav, type WavOptions, wavFile } from './harness/wav.ts';

const TEXT = 'Good morning to you. Please bring the blue folder with you, and some pencils.';

const models: SpeechModels = await ensureSpeechModels();

/** A server with the default ears and voices, whose models are in the user's folder. */
async function startSpeaking(): Promise<Product> {
  const product = await startProduct({
    env: { VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
  });
  await until(
    'the voices to be there',
    async () => (await voicesOf(product)).filter(({ available }) => available).length >= 8,
    60_000,
  );
  await until(
    'the ears to be there',
    async () => (await transcribe(product, wavFile(new Int16Array(8_000), { rate: 16_000 }))).status === 200,
  );
  return product;
}

interface VoiceBody {
  voice_id: string;
  name: string;
  available: boolean;
  preview_url: string | null;
}
const voicesOf = async ({ api }: Product) => (await api.ok<{ voices: VoiceBody[] }>('GET', 'voices')).voices;

const speak = (product: Product, body: object) =>
  fetch(`${product.url}/api/v1/speech`, {
    method: 'POST',
    headers: { 'x-api-key': product.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

function transcribe(product: Product, file: Uint8Array, name = 'speech.wav'): Promise<Response> {
  const form = new FormData();
  form.append('file', new Blob([Uint8Array.from(file)]), name);
  form.append('model', 'default');
  return fetch(`${product.url}/api/v1/transcriptions`, { method: 'POST', headers: { 'x-api-key': product.apiKey }, body: form });
}

async function textOf(answer: Response): Promise<string> {
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { text: string }).text;
}

describe.skipIf(!models.store)('a server that hears and speaks', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startSpeaking();
  });
  afterAll(cleanUp);

  it('has voices whose previews can be heard and understood', async () => {
    const voices = await voicesOf(product);
    expect(voices.filter(({ available }) => available).map(({ voice_id }) => voice_id)).toEqual(
      expect.arrayContaining(['local/samuel', 'local/clara', 'local/george', 'local/flite-slt']),
    );
    // The others of Kokoro come from the same model as Clara.
    for (const id of ['local/samuel', 'local/clara', 'local/flite-slt']) {
      const url = voices.find(({ voice_id }) => voice_id === id)?.preview_url;
      expect(url).toMatch(/^http/);
      // The server of these tests is told no port, so it cannot know its address.
      const answer = await fetch(product.url + new URL(url ?? '').pathname);
      expect([id, answer.status, answer.headers.get('content-type')]).toEqual([id, 200, 'audio/wav']);
      const text = await textOf(await transcribe(product, new Uint8Array(await answer.arrayBuffer())));
      expect(wordsOf(text).length, `${id}: ${text}`).toBeGreaterThan(3);
    }
  });

  it.each(['wav', 'opus', 'flac'])('understands what it says, by %s', async (format) => {
    const answer = await speak(product, { input: TEXT, voice: 'local/samuel', response_format: format });
    expect([answer.status, answer.headers.get('x-voice')]).toEqual([200, 'local/samuel']);
    const text = await textOf(await transcribe(product, new Uint8Array(await answer.arrayBuffer()), `speech.${format}`));
    expect(wordErrors(TEXT, text), text).toBeLessThanOrEqual(2);
  });

  // The voice says nothing twice in the same way: clipped, four of the words were wrong in two of five tries.
  it.each<[string, number, number, WavOptions]>([
    ['a telephone’s µ-law at 8 kHz', 1, 3, { rate: 8_000, muLaw: true }],
    ['44.1 kHz in stereo', 1, 2, { rate: 44_100, channels: 2 }],
    ['very quiet sound (-40 dB)', 0.01, 3, { rate: 16_000 }],
    ['clipped sound (+20 dB)', 10, 5, { rate: 16_000 }],
  ])('understands %s', async (_what, gain, mostErrors, options) => {
    const answer = await speak(product, { input: TEXT, voice: 'local/samuel' });
    const { samples, rate } = samplesOfWav(new Uint8Array(await answer.arrayBuffer()));
    const changed = atRate(samples, rate, options.rate).map((sample) => Math.max(-32_768, Math.min(32_767, sample * gain)));
    const text = await textOf(await transcribe(product, wavFile(changed, options)));
    expect(wordErrors(TEXT, text), text).toBeLessThanOrEqual(mostErrors);
  });

  it('logs nothing of what was said', () => {
    expect(product.output()).not.toMatch(/blue folder|pencils/);
  });

  describeOpenAiClient('the real engines', async () => ({
    baseUrl: `${product.url}/api/v1`,
    apiKey: API_KEY,
    close: async () => undefined,
  }));
});

describe.skipIf(!models.store)('the speech process of a server', () => {
  afterEach(cleanUp);

  it.each(['Ctrl-C', 'kill -9'])('ends with the server by %s, in the middle of a sentence', async (how) => {
    const product = await startSpeaking();
    const processes = product.speechProcesses();
    expect(processes).toHaveLength(1);
    const answer = await speak(product, { input: TEXT.repeat(20), voice: 'local/samuel' });
    const reader = answer.body?.getReader();
    await reader?.read();
    if (how === 'Ctrl-C') {
      const exit = await product.ctrlC();
      expect(exit).toMatchObject({ code: 0, stderr: '' });
      expect(exit.milliseconds).toBeLessThan(5_000);
    } else await product.kill9();
    await gone(processes, 2_000);
    await reader?.cancel().catch(() => undefined);
  });
});

describe('a server without speech models', () => {
  afterEach(cleanUp);

  it('speaks with a basic voice that says what it is, where no model can be had', async () => {
    // No npm and no Python: the pronunciation, which every other voice needs, comes from nowhere.
    const product = await startProduct({ env: { VISAVIS_STT: 'none', VISAVIS_TTS: undefined, PATH: '/nowhere' } });
    const available = () => voicesOf(product).then((voices) => voices.filter((voice) => voice.available));
    await until('a voice', async () => (await available()).length > 0);
    expect((await available()).map(({ name }) => name)).toEqual(['Ada (basic, always there)', 'Ralph (basic, always there)']);
    const answer = await speak(product, { input: TEXT, voice: 'local/samuel' });
    expect([answer.status, answer.headers.get('x-voice')]).toEqual([200, 'local/flite-slt']);
    const { samples, rate } = samplesOfWav(new Uint8Array(await answer.arrayBuffer()));
    expect(samples.length / rate).toBeGreaterThan(2);
    expect(Math.max(...samples.subarray(0, rate))).toBeGreaterThan(1_000);
  });

  it('says what to do where somebody wants to talk to it', async () => {
    const product = await startProduct();
    const agent = await product.api.createAgent();
    const body = { agent_id: agent, session_type: 'voice' };
    const { session } = await product.api.ok<{ session: { session_id: number } }>('POST', 'sessions', body);
    const answer = await product.api.call('POST', `sessions/${session.session_id}/connect`, { sdp: 'v=0' });
    expect(answer).toMatchObject({ status: 503, body: { success: false, code: 'no-speech-model' } });
    expect((answer.body as { error: string }).error).toMatch(/VISAVIS_STT|npm run models/);
  });
});
