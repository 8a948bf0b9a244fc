import multipart from '@fastify/multipart';
import { CreateTranscription, TRANSCRIPTION_MEGABYTES, TRANSCRIPTION_MINUTES, Transcription } from '@visavis/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { UploadedAudio } from '../../core/speech/audio-files.ts';
import type { SpeechService, TranscribeOptions } from '../../core/speech/speech.ts';
import type { Api, App } from '../api.ts';
import { begun, sendDataStream, signalOfClient } from '../data-stream.ts';
import { receiveForm } from '../multipart.ts';
import { answers } from '../openapi.ts';
import { presentTranscription } from '../present/transcription.ts';

const GRANULARITIES = 'timestamp_granularities[]';
/** The longer spelling is OpenAI's. */
const LISTS = [GRANULARITIES, 'timestamp_granularities'];

const ANSWER = {
  description: 'What was said: JSON, or the text of the format',
  content: {
    'application/json': { schema: Transcription },
    'text/plain': { schema: z.string() },
    'application/x-subrip': { schema: z.string() },
    'text/vtt': { schema: z.string() },
    'text/event-stream': { schema: z.string() },
  },
};

/** Speech to text in the shape of OpenAI's `audio/transcriptions`. */
export async function transcriptionRoutes(api: Api): Promise<void> {
  await api.app.register(async (scope) => {
    await scope.register(multipart);
    transcribeRoutes({ ...api, app: scope as unknown as App });
  });
}

function transcribeRoutes({ app, speech, audioFiles }: Api): void {
  const uploads = new WeakMap<FastifyRequest, UploadedAudio>();

  /** Keeps the file apart, and puts the other fields where the schema looks for them. */
  const receive = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { file, fields, lists } = await receiveForm(request, {
      fileField: 'file',
      mostFileBytes: TRANSCRIPTION_MEGABYTES * 1024 * 1024,
      lists: LISTS,
      async keep(bytes) {
        const upload = await audioFiles.receive(bytes, { maxBytes: Number.POSITIVE_INFINITY });
        const close = () => void upload.close().catch((error: unknown) => request.log.error({ err: error }, 'upload stays open'));
        // Whatever comes of the request, and also if its client has gone already.
        if (reply.raw.destroyed) close();
        else reply.raw.once('close', close);
        uploads.set(request, upload);
        return upload;
      },
    });
    if (!file || file.bytes === 0) throw new AppError('no-file-uploaded', undefined, { details: { file: 'is required' } });
    const granularities = LISTS.flatMap((name) => lists[name] ?? []);
    // An empty field of a form is a field that was not filled in.
    const given = Object.entries(fields).filter(([, value]) => value.trim() !== '');
    request.body = {
      ...Object.fromEntries(given),
      ...(granularities.length > 0 && { [GRANULARITIES]: granularities }),
      file: new File([], 'file'),
    };
  };

  for (const path of ['/transcriptions', '/audio/transcriptions']) {
    app.post(
      path,
      {
        config: { access: { scope: 'sessions' } },
        preValidation: receive,
        schema: {
          tags: ['Speech'],
          operationId: 'createTranscription',
          summary: 'Transcribe an audio file',
          description:
            'In the shape of OpenAI’s `audio/transcriptions`, and also at `/audio/transcriptions`. With `stream`: server-sent events ' +
            'with JSON in `data`: `transcript.text.delta {delta}` for every stretch of speech, `transcript.text.done {text}`, or ' +
            '`error` at the end.',
          consumes: ['multipart/form-data'],
          body: CreateTranscription,
          response: { ...answers({}), 200: ANSWER as never },
          hide: path !== '/transcriptions',
        },
      },
      async (request, reply) => {
        const { language, response_format: format, stream, [GRANULARITIES]: granularities } = request.body;
        const upload = uploads.get(request);
        if (!upload) throw new Error('The upload was not kept');
        const signal = signalOfClient(reply);
        try {
          const { pcm } = await upload.decode({ maxSeconds: TRANSCRIPTION_MINUTES * 60, signal });
          if (stream === 'true' || stream === '1') {
            const events = eventsOf(speech, pcm, { language, signal });
            return sendDataStream(request, reply, await begun(events), signal);
          }
          const presented = presentTranscription(await speech.transcribe(pcm, { language, signal }), format, granularities);
          return 'type' in presented
            ? reply.type(presented.type).send(presented.text as never)
            : reply.type('application/json; charset=utf-8').send(presented as never);
        } catch (error) {
          // Nobody is there to be told.
          if (signal.aborted) return reply.hijack();
          throw error;
        }
      },
    );
  }
}

type TranscriptEvent = { type: 'transcript.text.delta'; delta: string } | { type: 'transcript.text.done'; text: string };

/** Every stretch of speech as soon as it is final, then all of it. */
async function* eventsOf(
  speech: SpeechService,
  pcm: AsyncIterable<Uint8Array>,
  options: TranscribeOptions,
): AsyncGenerator<TranscriptEvent> {
  const deltas: string[] = [];
  let wake: () => void = () => undefined;
  let text: string | undefined;
  let any = false;
  const done = speech
    .transcribe(pcm, {
      ...options,
      onSegment(segment) {
        deltas.push(any ? ` ${segment.text}` : segment.text);
        any = true;
        wake();
      },
    })
    .then((transcription) => {
      text = transcription.text;
    })
    .finally(() => wake());
  // Whoever waits below is told.
  done.catch(() => undefined);
  for (;;) {
    const woken = new Promise<void>((resolve) => (wake = resolve));
    if (deltas.length === 0 && text === undefined) await Promise.race([woken, done]);
    for (const delta of deltas.splice(0)) yield { type: 'transcript.text.delta', delta };
    if (text === undefined || deltas.length > 0) continue;
    yield { type: 'transcript.text.done', text };
    return;
  }
}
