import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { startOpenAiServer } from '../../packages/server/src/testing/openai-server.ts';
import { wordSound } from './word-tones.ts';

// A language model, ears and a voice that answer at once, over the wire formats of OpenAI, Deepgram (listen-streaming, Finalize) and ElevenLabs
// (stream-input), written from their documentation; in a process of their own. Lighter than those of the tests, which keep all audio:
// dozens of conversations shall not spend the machine's time on their providers.

/** What the model answers, by what stands in the agent's context. */
const REPLIES: Record<string, string> = {
  '#short': 'We are open.',
  '#eight': 'We are open from nine until five today.',
  /** 4.75 s. */
  '#nineteen': longReply(19),
  '#long': longReply(120),
};

/** So many different words, in sentences of ten. */
function longReply(words: number): string {
  const some = 'amber birch cedar daisy ebony fern grape hazel iris jade kelp lilac maple nettle olive poppy'.split(' ');
  return Array.from({ length: words }, (_, n) => `${some[n % some.length]}${n % 10 === 9 ? '.' : ''}`).join(' ');
}

const TRANSCRIPT = 'when are you open today';
const HEARING_RATE = 16_000;
/** Interim results come once so much speech was heard: no recogniser knows a word at its first sound. */
const INTERIM_AFTER_SAMPLES = HEARING_RATE / 2;

function listen(client: WebSocket): void {
  let samples = 0;
  let from = 0;
  /** Of the segment in hand. */
  let loud = 0;
  let told = false;
  const results = (isFinal: boolean) => {
    const transcript = loud > HEARING_RATE / 20 ? TRANSCRIPT : '';
    const start = from / HEARING_RATE;
    const duration = (samples - from) / HEARING_RATE;
    const spoken = transcript === '' ? [] : transcript.split(' ');
    const each = duration / Math.max(1, spoken.length);
    const words = spoken.map((word, n) => ({
      word,
      punctuated_word: word,
      start: start + n * each,
      end: start + (n + 1) * each,
      confidence: 0.99,
    }));
    const alternatives = [{ transcript, confidence: 0.99, words }];
    client.send(
      JSON.stringify({
        type: 'Results',
        channel_index: [0, 1],
        start,
        duration,
        is_final: isFinal,
        speech_final: false,
        from_finalize: isFinal,
        channel: { alternatives },
        metadata: { request_id: 'instant', model_info: { name: 'instant' }, model_uuid: 'instant' },
      }),
    );
  };
  client.on('message', (data, binary) => {
    const bytes = data as Buffer;
    if (binary) {
      // Every 16th sample tells loud from quiet well enough.
      for (let at = 0; at + 1 < bytes.length; at += 32) if (Math.abs(bytes.readInt16LE(at)) > 400) loud += 16;
      samples += bytes.length / 2;
      if (told || loud < INTERIM_AFTER_SAMPLES) return;
      told = true;
      results(false);
      return;
    }
    const { type } = JSON.parse(bytes.toString()) as { type: string };
    if (type === 'Finalize') {
      results(true);
      from = samples;
      loud = 0;
      told = false;
    }
    if (type === 'CloseStream') client.close();
  });
}

/** Made once: base64 of a word takes longer than all the rest. */
const SOUNDS = Array.from({ length: 16 }, (_, word) => Buffer.from(wordSound(word).buffer).toString('base64'));

function speak(client: WebSocket): void {
  let said = 0;
  client.on('message', (data) => {
    const { text } = JSON.parse(String(data)) as { text: string };
    if (text === '') {
      client.send('{"audio":null,"isFinal":true}');
      client.close();
      return;
    }
    for (const word of text.trim().split(/\s+/).filter(Boolean)) {
      const chars = [...`${word} `];
      const each = 250 / chars.length;
      const alignment = {
        chars,
        charStartTimesMs: chars.map((_, n) => Math.round(n * each)),
        charDurationsMs: chars.map(() => Math.round(each)),
      };
      client.send(
        JSON.stringify({ audio: SOUNDS[said++ % SOUNDS.length], isFinal: null, normalizedAlignment: alignment, alignment }),
      );
    }
  });
}

const model = await startOpenAiServer();
model.script(({ body }) => {
  const context = JSON.stringify(body.messages?.[0]);
  const mark = Object.keys(REPLIES).find((each) => context.includes(each)) ?? '#short';
  return { tokens: REPLIES[mark] ?? '' };
});
const server = createServer((_request, response) => response.writeHead(404).end());
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (client) => {
    if (request.url?.startsWith('/v1/listen')) listen(client);
    else speak(client);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
// Whoever started it is gone.
process.on('disconnect', () => process.exit(0));
process.send?.({ model: model.url, speech: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
