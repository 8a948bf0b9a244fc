import type { Page } from 'playwright-core';
import type { Product } from './product.ts';

/** What a voice of the product says, at 24 kHz. */
export function say(product: Product, input: string, format: 'wav' | 'pcm' = 'wav'): Promise<Response> {
  return fetch(`${product.url}/api/v1/speech`, {
    method: 'POST',
    headers: { 'x-api-key': product.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ input, voice: 'local/clara', response_format: format }),
  });
}

/** Whether the product can speak by now. */
export async function speaks(product: Product): Promise<boolean> {
  const answer = await say(product, 'Yes.');
  await answer.arrayBuffer();
  return answer.status === 200;
}

/** Records what a page plays from now on. `audio`: an expression of its audio element, as text of JavaScript. */
export async function recordSound(page: Page, audio: string): Promise<void> {
  await page.evaluate(`(() => {
    const stream = ${audio}.srcObject;
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
  })()`);
}

/** What the page has played since `recordSound`, up to the next silence, as the product's recogniser hears it. */
export async function heardWords(page: Page, product: Product): Promise<string> {
  const recording = Buffer.from(String(await page.evaluate('stopRecording()')), 'base64');
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(recording)]), 'heard.webm');
  const answer = await fetch(`${product.url}/api/v1/transcriptions`, {
    method: 'POST',
    headers: { 'x-api-key': product.apiKey },
    body: form,
  });
  return ((await answer.json()) as { text: string }).text;
}
