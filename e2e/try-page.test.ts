import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordsOf } from '../packages/server/src/testing/real-speech.ts';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { API_KEY, cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';
import { afterSilence } from './harness/wav.ts';

const CHROMIUM = '/usr/bin/chromium';
const models = await ensureSpeechModels();
const QUESTION = 'When do you open tomorrow morning?';
const ANSWER = 'We open at nine in the morning, and we close at five.';
/** Chromium's microphone plays its file from the moment it is opened; the call stands well before this, in seconds. */
const BEFORE_QUESTION = 4;

/** The real ears, voices, transport and page, in a real browser whose microphone is a recorded question. */
describe.skipIf(!models.store || !existsSync(CHROMIUM))('a person who tries an agent in a browser', () => {
  let provider: Provider;
  let product: Product;
  let link: string;

  const post = (path: string, body: string | FormData, type?: string) =>
    fetch(`${product.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, ...(type !== undefined && { 'content-type': type }) },
      body,
    });
  const speech = (input: string) =>
    post('speech', JSON.stringify({ input, voice: 'local/clara', response_format: 'wav' }), 'application/json');

  beforeAll(async () => {
    provider = await startProvider(() => ({ tokens: ANSWER }));
    product = await startProduct({
      env: { ...provider.env, VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() },
      settings: { sessions: { concurrent: 100_000 } },
    });
    const agentId = await product.api.createAgent({ name: 'Museum', properties: { turn: { greeting: { enabled: false } } } });
    await until(
      'the ears and voices to be there',
      async () => {
        if ((await speech('Yes.')).status !== 200) return false;
        const { session } = await product.api.ok<{ session: { warnings: string[] } }>('POST', 'sessions', { agent_id: agentId });
        return !session.warnings.includes('voice-unavailable');
      },
      90_000,
    );
    const { url } = await product.api.ok<{ url: string }>('POST', `agents/${agentId}/try-links`);
    link = `${product.url}${new URL(url).pathname}${new URL(url).hash}`;
  });
  afterAll(async () => {
    await provider?.close();
    await cleanUp();
  });

  it('asks aloud, and hears and reads the right answer', { timeout: 120_000 }, async () => {
    const wav = Buffer.from(await (await speech(QUESTION)).arrayBuffer());
    const file = join(temporaryFolder(), 'question.wav');
    writeFileSync(file, afterSilence(wav, BEFORE_QUESTION));
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${file}%noloop`,
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(link);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.evaluate(RECORD);

    const question = page.locator('#lines .user p > span:first-child', { hasText: /morning/i });
    await question.waitFor({ timeout: 60_000 });
    const answer = page.locator('#lines .agent p > span:first-child', { hasText: 'We open' });
    await answer.waitFor();
    // What is not heard yet is dimmed: the answer takes its time.
    expect((await answer.textContent())?.length).toBeLessThan(ANSWER.length);
    await until('the answer to be heard', async () => (await page.locator('#total').textContent()) !== '', 60_000);
    // The recogniser may write “to morrow”.
    expect(wordsOf((await question.textContent()) ?? '').join('')).toBe(wordsOf(QUESTION).join(''));
    expect(await answer.textContent()).toBe(ANSWER);

    const heard = await transcribed(page);
    expect(wordsOf(heard)).toEqual(expect.arrayContaining(['nine', 'morning', 'close', 'five']));
    await until('the client’s part of the timings', async () => (await stages(page)).has('First sound heard'));
    const times = [...(await stages(page)).values()];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect([...(await stages(page)).keys()]).toEqual(
      expect.arrayContaining([
        'Final transcript',
        'Turn taken to be over',
        'First word written',
        'First sound made',
        'First sound sent',
      ]),
    );

    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByText('You ended the conversation.').waitFor();
    await browser.close();
  });

  /** What came out of the page's loudspeaker since `RECORD`, through the recogniser. */
  async function transcribed(page: Page): Promise<string> {
    const recording = Buffer.from(String(await page.evaluate('stopRecording()')), 'base64');
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(recording)]), 'heard.webm');
    const answer = (await (await post('transcriptions', form)).json()) as { text: string };
    return answer.text;
  }
});

const RECORD = `(() => {
  const stream = document.getElementById('audio').srcObject;
  const recorder = new MediaRecorder(stream);
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const isQuiet = () => {
    analyser.getFloatTimeDomainData(samples);
    return samples.every((sample) => Math.abs(sample) < 0.003);
  };
  const pieces = [];
  recorder.ondataavailable = ({ data }) => void pieces.push(data);
  recorder.start();
  window.stopRecording = async () => {
    for (let quietFrames = 0; quietFrames < 30; quietFrames = isQuiet() ? quietFrames + 1 : 0) await new Promise(requestAnimationFrame);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.stop();
    await stopped;
    const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  };
})()`;

/** The timings on the page, in ms, by stage. */
async function stages(page: Page): Promise<Map<string, number>> {
  const rows = await page
    .locator('#stages li')
    .evaluateAll((items) => items.map((item) => [...item.children].map((part) => part.textContent)));
  return new Map(rows.map(([name, time]) => [name ?? '', Number.parseInt(time ?? '', 10)]));
}
