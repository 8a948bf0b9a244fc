import { startDeepgramServer } from '../../packages/server/src/testing/deepgram-server.ts';
import { startElevenLabsServer } from '../../packages/server/src/testing/elevenlabs-server.ts';
import type { OpenAiServer, Script } from '../../packages/server/src/testing/openai-server.ts';
import { atRate } from '../../packages/server/src/testing/real-speech.ts';
import type { SpeechVendor } from '../../packages/server/src/testing/speech-vendor.ts';
import { type Product, startProduct } from './product.ts';
import { startProvider } from './provider.ts';
import { until } from './until.ts';
import { samplesOfWav } from './wav.ts';

/** A product whose models, ears and voices are played on loopback in their vendors' wire formats; nothing is fetched. */
export interface VendorWorld {
  product: Product;
  model: OpenAiServer;
  ears: SpeechVendor;
  voice: SpeechVendor;
  /** What somebody says, by the simplest voice of this machine, at 48 kHz, without the quiet around it. */
  spoken(text: string): Promise<Int16Array>;
  close(): Promise<void>;
}

const VOICE = 'local/flite-slt';

export async function startVendorWorld(script: Script): Promise<VendorWorld> {
  const [model, ears, voice] = await Promise.all([startProvider(script), startDeepgramServer(), startElevenLabsServer()]);
  const product = await startProduct({
    env: {
      ...model.env,
      DEEPGRAM_BASE_URL: ears.origin,
      DEEPGRAM_API_KEY: ears.apiKey,
      ELEVENLABS_BASE_URL: voice.origin,
      ELEVENLABS_API_KEY: voice.apiKey,
      // Needs no model, and stands in where the voice fails.
      VISAVIS_TTS: VOICE,
    },
  });
  return {
    product,
    model,
    ears,
    voice,
    async spoken(input) {
      const { samples, rate } = await until('a voice', async () => {
        const answer = await fetch(`${product.url}/api/v1/speech`, {
          method: 'POST',
          headers: { 'x-api-key': product.apiKey, 'content-type': 'application/json' },
          body: JSON.stringify({ input, voice: VOICE, response_format: 'wav' }),
        });
        const bytes = new Uint8Array(await answer.arrayBuffer());
        return answer.ok ? samplesOfWav(bytes) : undefined;
      });
      const isLoud = (sample: number) => Math.abs(sample) > 300;
      return atRate(samples.subarray(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1), rate, 48_000);
    },
    close: async () => void (await Promise.all([model.close(), ears.close(), voice.close()])),
  };
}
