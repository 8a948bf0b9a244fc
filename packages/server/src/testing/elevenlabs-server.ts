import type { WebSocket } from 'ws';
import { type SpeechVendor, sayWords, soundOf, startSpeechVendor, type VendorFault, WORD_SECONDS } from './speech-vendor.ts';

export interface ElevenLabsServer extends SpeechVendor {
  /** What each call was told to say, in order. */
  texts: string[];
  voices: Array<{ voice_id: string; name: string; labels: Record<string, string>; preview_url: string | null }>;
  /** Whether times count from the start of the whole, or (as its documentation says) of the chunk they come with. */
  timesFromStart: boolean;
}

/**
 * A stand-in for ElevenLabs. Written from the public documentation, not recorded: https://elevenlabs.io/docs/api-reference/websocket
 * (`stream-input`) and `GET /v1/voices`. Each word is a tone of a quarter of a second, in a message of its own.
 */
export async function startElevenLabsServer(): Promise<ElevenLabsServer> {
  const texts: string[] = [];
  const voices: ElevenLabsServer['voices'] = [
    {
      voice_id: '21m00Tcm4TlvDq8ikWAM',
      name: 'Rachel',
      labels: { gender: 'female', language: 'en', accent: 'american' },
      preview_url: 'https://storage.example/rachel.mp3',
    },
    { voice_id: 'pNInz6obpgDQGcFmaJgB', name: 'Adam', labels: { gender: 'male' }, preview_url: null },
  ];
  const vendor = await startSpeechVendor({
    authorised: (headers, apiKey) => headers['xi-api-key'] === apiKey,
    async answer(request, response) {
      const known = request.url === '/v1/voices';
      response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ? { voices } : { detail: { status: 'not_found' } }));
    },
    talk: (client, path, fault) => talk(client, path, fault),
  });
  const server: ElevenLabsServer = Object.assign(vendor, { texts, voices, timesFromStart: false });

  function talk(client: WebSocket, path: string, fault: VendorFault): void {
    const rate = Number(/pcm_(\d+)/.exec(path)?.[1]);
    const call = texts.push('') - 1;
    let said = 0;
    let broken = false;
    const send = (message: object) => client.send(JSON.stringify(message));
    const word = (text: string) => {
      const characters = [...`${text} `];
      const each = (WORD_SECONDS * 1000) / characters.length;
      const from = server.timesFromStart ? said * WORD_SECONDS * 1000 : 0;
      const alignment = {
        chars: characters,
        charStartTimesMs: characters.map((_, n) => Math.round(from + n * each)),
        charDurationsMs: characters.map(() => Math.round(each)),
      };
      const audio = Buffer.from(soundOf(1, rate).buffer).toString('base64');
      send({ audio, isFinal: null, normalizedAlignment: alignment, alignment });
      said += 1;
    };
    let turn: Promise<void> = Promise.resolve();
    client.on('message', (data) => {
      turn = turn.then(async () => {
        const { text } = JSON.parse(data.toString()) as { text: string };
        if (broken || client.readyState !== client.OPEN) return;
        if (text === '') {
          send({ audio: null, isFinal: true });
          client.close();
          return;
        }
        if (text.trim() === '') return;
        texts[call] += text;
        const words = text.trim().split(/\s+/);
        let index = 0;
        const outcome = await sayWords(words.length, fault, said, {
          say: () => word(words[index++] ?? ''),
          drop: () => client.terminate(),
          error: () => {
            send({ message: 'Scripted: quota exceeded', error: 'quota_exceeded', code: 1008 });
            client.close(1008);
          },
          garbage: () => client.send('<html>no JSON</html>'),
        });
        broken ||= outcome === 'broken-off';
      });
    });
  }
  return server;
}
