import { CreateSpeech } from '@visavis/protocol';
import { z } from 'zod';
import type { AudioFiles, SpeechFormat } from '../../core/speech/audio-files.ts';
import { PCM_RATE } from '../../core/speech/audio-files.ts';
import type { Speech, SpokenPart } from '../../core/speech/speech.ts';
import type { Api } from '../api.ts';
import { begun, sendBytes, sendDataStream, signalOfClient } from '../data-stream.ts';
import { answers } from '../openapi.ts';
import { presentWord, spanOf } from '../present/transcription.ts';

const TYPES: Record<SpeechFormat, string> = {
  wav: 'audio/wav',
  pcm: `audio/pcm;rate=${PCM_RATE}`,
  opus: 'audio/ogg',
  flac: 'audio/flac',
};
const AUDIO = z.string().meta({ format: 'binary' });
const ANSWER = {
  description: 'The speech, as it is made. The header `x-voice` names the voice that speaks',
  content: {
    ...Object.fromEntries(Object.values(TYPES).map((type) => [type, { schema: AUDIO }])),
    'text/event-stream': { schema: z.string() },
  },
};

/** Text to speech in the shape of OpenAI's `audio/speech`; what is spoken here belongs to no session. */
export function speechRoutes({ app, speech, audioFiles }: Api): void {
  // The second is where the clients of OpenAI look for it.
  for (const path of ['/speech', '/audio/speech']) {
    app.post(
      path,
      {
        config: { access: { scope: 'sessions' } },
        schema: {
          tags: ['Speech'],
          operationId: 'createSpeech',
          summary: 'Speak a text',
          description:
            'In the shape of OpenAI’s `audio/speech`, and also at `/audio/speech`. Answers with audio while it is made. With ' +
            '`stream_format: "sse"`: server-sent events with JSON in `data`: `speech.audio.words {words}` (when each word is said), ' +
            '`speech.audio.delta {audio}` (base64), `speech.audio.done`, or `error` at the end.',
          body: CreateSpeech,
          response: { ...answers({}), 200: ANSWER as never },
          hide: path !== '/speech',
        },
      },
      async (request, reply) => {
        const { input, voice, response_format: format, speed, stream_format: streamFormat } = request.body;
        const signal = signalOfClient(reply);
        try {
          const made = await speech.speak({ text: input, voice: typeof voice === 'object' ? voice.id : voice, speed }, signal);
          void reply.header('x-voice', made.voice.replace(/[^\x20-\x7e]/g, '?'));
          const parts = await begun(made.parts);
          if (streamFormat === 'sse') {
            const events = eventsOf({ ...made, parts }, audioFiles, format, signal);
            return sendDataStream(request, reply, await begun(events), signal);
          }
          const { sampleRate } = made;
          const bytes = await begun(audioFiles.encode(format, samplesOf(parts), { sampleRate, signal }));
          return sendBytes(reply.type(TYPES[format]), bytes);
        } catch (error) {
          reply.removeHeader('x-voice');
          // Nobody is there to be told.
          if (signal.aborted) return reply.hijack();
          throw error;
        }
      },
    );
  }
}

async function* samplesOf(parts: AsyncIterable<SpokenPart>): AsyncGenerator<Int16Array> {
  for await (const { samples } of parts) yield samples;
}

type SpeechEvent =
  | { type: 'speech.audio.words'; words: object[] }
  | { type: 'speech.audio.delta'; audio: string }
  | { type: 'speech.audio.done'; usage: object };

/** The words of a part come before its audio. */
async function* eventsOf(
  { parts, sampleRate }: Speech,
  audioFiles: AudioFiles,
  format: SpeechFormat,
  signal: AbortSignal,
): AsyncGenerator<SpeechEvent> {
  const words: SpeechEvent[] = [];
  async function* telling(): AsyncGenerator<Int16Array> {
    for await (const part of parts) {
      if (part.words.length > 0) words.push({ type: 'speech.audio.words', words: part.words.map(presentSpokenWord) });
      yield part.samples;
    }
  }
  for await (const bytes of audioFiles.encode(format, telling(), { sampleRate, signal })) {
    yield* words.splice(0);
    yield { type: 'speech.audio.delta', audio: Buffer.from(bytes).toString('base64') };
  }
  yield* words.splice(0);
  // There are no tokens here; clients look for the fields.
  yield { type: 'speech.audio.done', usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 } };
}

function presentSpokenWord(word: SpokenPart['words'][number]) {
  const phonemes = word.phonemes?.map(({ phoneme, ...span }) => ({ phoneme, ...spanOf(span) }));
  return { ...presentWord(word), ...(phonemes && { phonemes }) };
}
