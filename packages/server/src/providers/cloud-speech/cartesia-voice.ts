import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type CallableVoice, SpeechFailure, VOICE_RATE } from '../../core/speech/callable-speech.ts';
import { CARTESIA_VERSION } from './cartesia-version.ts';
import { createClauseVoice, type VendorPiece } from './clause-voice.ts';
import { createPcmReader } from './pcm.ts';
import { failureOfStatus } from './vendor-failure.ts';
import { openVendorSocket } from './vendor-socket.ts';

export interface CartesiaOptions {
  /** As in `https://api.cartesia.ai`. */
  baseUrl: string;
  apiKey: string;
  voice: string;
  model: string;
  /** 1 is the voice's own pace; the vendor takes 0.6..1.5. */
  speed: number;
  /** As in `en` or `en-GB`. */
  language: string;
  privateNetwork: boolean;
}

const FIRST_AUDIO_MS = 2_500;
const NEXT_AUDIO_MS = 2_500;
const SLOWEST = 0.6;
const FASTEST = 1.5;

const Message = z.object({
  type: z.string(),
  context_id: z.string().nullish(),
  data: z.string().nullish(),
  status_code: z.number().nullish(),
  word_timestamps: z.object({ words: z.array(z.string()), start: z.array(z.number()), end: z.array(z.number()) }).nullish(),
});

/**
 * A Cartesia voice over its WebSocket (https://docs.cartesia.ai/api-reference/tts/websocket): one context a reply, continued clause by clause,
 * with the times of words.
 */
export function createCartesiaVoice(options: CartesiaOptions): CallableVoice {
  return createClauseVoice({
    provider: 'cartesia',
    firstAudioMs: FIRST_AUDIO_MS,
    nextAudioMs: NEXT_AUDIO_MS,
    language: options.language,
    tellsTimes: true,
    say: (texts, signal) => say(options, texts, signal),
  });
}

async function* say(options: CartesiaOptions, texts: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<VendorPiece> {
  const { baseUrl, apiKey, privateNetwork } = options;
  const url = new URL(`${baseUrl}/tts/websocket`);
  const headers = { 'x-api-key': apiKey, 'cartesia-version': CARTESIA_VERSION };
  const socket = await openVendorSocket({ url, headers, privateNetwork, signal });
  const context = randomUUID();
  const request = requestOf(options, context);
  const sending = (async () => {
    for await (const transcript of texts) socket.send({ ...request, transcript, continue: true });
    socket.send({ ...request, transcript: '', continue: false });
  })();
  sending.catch(() => undefined);

  const samplesOf = createPcmReader();
  let done = false;
  try {
    for await (const raw of socket.messages) {
      const parsed = Message.safeParse(raw);
      if (!parsed.success) throw new SpeechFailure('bad-answer', 'The answer is none of Cartesia’s');
      const { type, data, status_code: status, context_id: of, word_timestamps: times } = parsed.data;
      if (of && of !== context) continue;
      if (type === 'error') throw failureOfStatus(status ?? 500);
      if (type === 'chunk' && data) yield { samples: samplesOf(Buffer.from(data, 'base64')) };
      if (type === 'timestamps' && times) yield { samples: new Int16Array(0), marks: marksOf(times) };
      if (type === 'done') {
        done = true;
        return;
      }
    }
  } finally {
    // What nobody hears is not to be paid for.
    if (!done) socket.send({ context_id: context, cancel: true });
    socket.close();
  }
}

function requestOf({ model, voice, speed, language }: CartesiaOptions, context: string) {
  return {
    model_id: model,
    voice: { mode: 'id', id: voice },
    language: language.split('-')[0],
    context_id: context,
    output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: VOICE_RATE },
    add_timestamps: true,
    // Clauses come whole; by default the vendor would wait 3 s for more.
    max_buffer_delay_ms: 0,
    ...(speed !== 1 && { generation_config: { speed: Math.min(Math.max(speed, SLOWEST), FASTEST) } }),
  };
}

function marksOf({ words, start, end }: { words: string[]; start: number[]; end: number[] }) {
  return words.map((text, index) => ({ text, start: start[index] ?? 0, end: end[index] ?? start[index] ?? 0 }));
}
