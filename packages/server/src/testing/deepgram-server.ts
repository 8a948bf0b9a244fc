import type { WebSocket } from 'ws';
import {
  type SpeechVendor,
  sayWords,
  startSpeechVendor,
  transcriptOf,
  type VendorFault,
  WORD_SECONDS,
  wordsIn,
} from './speech-vendor.ts';

/**
 * A stand-in for Deepgram. Written from the public documentation, not recorded: https://developers.deepgram.com/reference/speech-to-text/listen-streaming,
 * /docs/finalize, /docs/close-stream and `GET /v1/projects`. It hears a word in each quarter of a second of loud sound.
 */
export function startDeepgramServer(): Promise<SpeechVendor> {
  return startSpeechVendor({
    authorised: (headers, apiKey) => headers.authorization === `Token ${apiKey}`,
    async answer(request, response) {
      const known = request.url === '/v1/projects';
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ? { projects: [{ project_id: 'p', name: 'Scripted' }] } : { err_code: 'NOT_FOUND' }));
    },
    talk,
  });
}

function talk(client: WebSocket, path: string, fault: VendorFault): void {
  const rate = Number(new URL(path, 'http://deepgram').searchParams.get('sample_rate'));
  let heard = new Int16Array(0);
  /** Of the segment in hand: where it begins, in samples; and how many of its words were told as interim results. */
  let segment = 0;
  let told = 0;
  let broken = false;
  const send = (message: object) => client.send(JSON.stringify(message));
  const results = (words: number, extra: object) => {
    const start = segment / rate;
    const timed = Array.from({ length: words }, (_, n) => ({
      word: `word${n + 1}`,
      punctuated_word: `word${n + 1}`,
      start: start + n * WORD_SECONDS,
      end: start + (n + 1) * WORD_SECONDS,
      confidence: 0.99,
    }));
    send({
      type: 'Results',
      channel_index: [0, 1],
      start,
      duration: (heard.length - segment) / rate,
      is_final: false,
      speech_final: false,
      from_finalize: false,
      channel: { alternatives: [{ transcript: transcriptOf(words), confidence: 0.99, words: timed }] },
      metadata: { request_id: 'scripted', model_info: { name: 'scripted' }, model_uuid: 'scripted' },
      ...extra,
    });
  };

  async function interim(): Promise<void> {
    const words = wordsIn(heard.subarray(segment), rate);
    const outcome = await sayWords(words - told, fault, told, {
      say: () => {
        if (told === 0) send({ type: 'SpeechStarted', channel: [0, 1], timestamp: segment / rate });
        told += 1;
        results(told, {});
      },
      drop: () => client.terminate(),
      error: () => send({ type: 'Error', description: 'Scripted.', message: 'Scripted.', variant: 'SCRIPTED' }),
      garbage: () => client.send('{"type":"Results","chan'),
    });
    broken ||= outcome === 'broken-off';
  }

  let turn: Promise<void> = Promise.resolve();
  client.on('message', (data, binary) => {
    const bytes = data as Buffer;
    turn = turn.then(async () => {
      if (broken) return;
      if (binary) {
        const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        const all = new Int16Array(heard.length + samples.length);
        all.set(heard);
        all.set(samples, heard.length);
        heard = all;
        return interim();
      }
      const { type } = JSON.parse(bytes.toString()) as { type: string };
      // Nothing is left: it does not answer.
      if (type === 'Finalize' && heard.length > segment) {
        results(wordsIn(heard.subarray(segment), rate), { is_final: true, from_finalize: true });
        segment = heard.length;
        told = 0;
      }
      if (type === 'CloseStream') {
        send({ type: 'Metadata', request_id: 'scripted', duration: heard.length / rate, channels: 1 });
        client.close();
      }
    });
  });
}
