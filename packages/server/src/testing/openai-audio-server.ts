import type { IncomingMessage, ServerResponse } from 'node:http';
import { wavHeader } from '../core/speech/wav.ts';
import {
  type SpeechVendor,
  sayWords,
  soundOf,
  startSpeechVendor,
  transcriptOf,
  type VendorFault,
  wordsIn,
} from './speech-vendor.ts';

export interface OpenAiAudioServer extends SpeechVendor {
  /** Ends in `/v1`: what a client takes as its base URL. */
  url: string;
  /** What was to be said, request by request. */
  texts: string[];
  /** Of each recording: its length in seconds, and the fields that came with it. */
  recordings: Array<{ seconds: number; fields: Record<string, string> }>;
  /** What speech is sent as: raw at 24 kHz, as OpenAI does, or as a WAV file of this rate. */
  sends: 'pcm' | { wavRate: number };
}

/**
 * A stand-in for the audio of an OpenAI-compatible provider. Written from the public documentation, not recorded:
 * https://platform.openai.com/docs/api-reference/audio (speech and transcriptions). Each word is a tone of a quarter of a second.
 */
export async function startOpenAiAudioServer(): Promise<OpenAiAudioServer> {
  const texts: string[] = [];
  const recordings: OpenAiAudioServer['recordings'] = [];
  const vendor = await startSpeechVendor({
    authorised: (headers, apiKey) => headers.authorization === `Bearer ${apiKey}`,
    async answer(request, response, fault) {
      const body = await readBody(request);
      if (request.url === '/v1/audio/speech') await speak(response, JSON.parse(body.toString()), fault);
      else if (request.url === '/v1/audio/transcriptions') await transcribe(request, response, body, fault);
      else sendJson(response, 404, { error: { message: 'Unknown request URL' } });
    },
  });
  const server: OpenAiAudioServer = Object.assign(vendor, {
    url: `${vendor.origin}/v1`,
    texts,
    recordings,
    sends: 'pcm' as OpenAiAudioServer['sends'],
  });

  async function speak(response: ServerResponse, { input }: { input: string }, fault: VendorFault): Promise<void> {
    texts.push(input);
    if (fault.how === 'hang' && !fault.afterWords) return;
    if (fault.how === 'error' && !fault.afterWords) return sendJson(response, 500, { error: { message: 'Scripted.' } });
    if (fault.how === 'garbage' && !fault.afterWords) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>no audio</html>');
      return;
    }
    const rate = server.sends === 'pcm' ? 24_000 : server.sends.wavRate;
    response.writeHead(200, { 'content-type': server.sends === 'pcm' ? 'audio/pcm' : 'audio/wav' });
    if (server.sends !== 'pcm') response.write(wavHeader(rate));
    const outcome = await sayWords(input.trim().split(/\s+/).length, fault, 0, {
      say: () => flushed(response, Buffer.from(soundOf(1, rate).buffer)),
      drop: () => response.destroy(),
      // Once audio has begun there is no other way to say it.
      error: () => response.destroy(),
      garbage: () => response.destroy(),
    });
    if (outcome === 'said') response.end();
  }

  async function transcribe(request: IncomingMessage, response: ServerResponse, body: Buffer, fault: VendorFault): Promise<void> {
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(new Uint8Array(body), { headers }).formData();
    const wav = Buffer.from(await (form.get('file') as File).arrayBuffer());
    const rate = wav.readUInt32LE(24);
    const samples = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length));
    const fields = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')) as Record<string, string>;
    recordings.push({ seconds: samples.length / rate, fields });
    if (fault.how === 'slow') await fault.until;
    switch (fault.how) {
      case 'hang':
        return;
      case 'drop':
        response.writeHead(200, { 'content-type': 'application/json' });
        await flushed(response, Buffer.from('{"text":"wo'));
        response.destroy();
        return;
      case 'error':
        return sendJson(response, 500, { error: { message: 'Scripted.' } });
      case 'garbage':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>no JSON</html>');
        return;
      default:
        sendJson(response, 200, { text: transcriptOf(wordsIn(samples, rate)) });
    }
  }
  return server;
}

function flushed(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => resolve());
  });
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
