import type { WebSocket } from 'ws';
import { type SpeechVendor, sayWords, soundOf, startSpeechVendor, type VendorFault, WORD_SECONDS } from './speech-vendor.ts';

export interface CartesiaServer extends SpeechVendor {
  /** What each context was told to say, in order. */
  texts: string[];
  /** Contexts that were cancelled. */
  cancelled: string[];
  /** The requests of contexts, as they came. */
  generations: Array<Record<string, unknown>>;
}

/**
 * A stand-in for Cartesia. Written from the public documentation, not recorded: https://docs.cartesia.ai/api-reference/tts/websocket and
 * `GET /voices`. Each word is a tone of a quarter of a second; its time follows its sound in a message of its own.
 */
export async function startCartesiaServer(): Promise<CartesiaServer> {
  const texts: string[] = [];
  const cancelled: string[] = [];
  const generations: CartesiaServer['generations'] = [];
  const vendor = await startSpeechVendor({
    authorised: (headers, apiKey) => headers['x-api-key'] === apiKey && headers['cartesia-version'] !== undefined,
    async answer(request, response) {
      const known = request.url?.split('?')[0] === '/voices';
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
      const voices = [
        { id: 'a0e99841-438c-4a64-b679-ae501e7d6091', name: 'Barbershop Man', language: 'en', gender: 'masculine' },
        { id: '5c42302c-194b-4d0c-ba1a-8cb485c84ab9', name: 'Reading Lady', language: 'fr', gender: 'feminine' },
      ];
      response.end(JSON.stringify(known ? { data: voices, has_more: false } : { error: 'not found' }));
    },
    talk,
  });

  function talk(client: WebSocket, _path: string, fault: VendorFault): void {
    let call = -1;
    let said = 0;
    let broken = false;
    const send = (message: object) => client.send(JSON.stringify(message));
    let turn: Promise<void> = Promise.resolve();
    client.on('message', (data) => {
      const request = JSON.parse(data.toString()) as {
        transcript?: string;
        context_id: string;
        continue?: boolean;
        cancel?: boolean;
        output_format?: { sample_rate: number };
      };
      const { context_id } = request;
      if (request.cancel) {
        cancelled.push(context_id);
        return;
      }
      generations.push(request);
      turn = turn.then(async () => {
        if (broken || client.readyState !== client.OPEN) return;
        if (call < 0) call = texts.push('') - 1;
        texts[call] += request.transcript ?? '';
        const words = (request.transcript ?? '').trim().split(/\s+/).filter(Boolean);
        const common = { done: false, status_code: 206, context_id };
        let index = 0;
        const outcome = await sayWords(words.length, fault, said, {
          say() {
            const sound = Buffer.from(soundOf(1, request.output_format?.sample_rate ?? 0).buffer).toString('base64');
            send({ type: 'chunk', data: sound, step_time: 1, ...common });
            const start = said * WORD_SECONDS;
            const times = { words: [words[index++]], start: [start], end: [start + WORD_SECONDS] };
            send({ type: 'timestamps', word_timestamps: times, ...common });
            said += 1;
          },
          drop: () => client.terminate(),
          error: () =>
            send({ type: 'error', done: true, error_code: 'scripted', message: 'Scripted.', status_code: 500, context_id }),
          garbage: () => client.send('<html>no JSON</html>'),
        });
        if (outcome === 'broken-off') broken = true;
        else if (request.continue === false) send({ type: 'done', done: true, status_code: 200, context_id });
      });
    });
  }
  return Object.assign(vendor, { texts, cancelled, generations });
}
