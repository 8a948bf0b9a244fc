import { ApiError } from './errors.ts';
import { readEventStream } from './event-stream.ts';
import type { CallOptions, Http } from './http.ts';
import type { SpeechRequest, TranscriptionAnswer } from './types.ts';

/** A text may take so long until its first sound, and a file until it is transcribed, in ms. */
const SPEECH_TIMEOUT_MS = 60_000;
const TRANSCRIPTION_TIMEOUT_MS = 600_000;

/** When a word is said, in ms from the beginning of the sound. */
export interface SpokenWordTime {
  text: string;
  start_ms: number;
  end_ms: number;
}

export type SpeechEvent =
  | { type: 'speech.audio.words'; words: SpokenWordTime[] }
  /** `audio`: the next bytes of the file, in base64. */
  | { type: 'speech.audio.delta'; audio: string }
  | { type: 'speech.audio.done'; usage: Record<string, number> };

export type TranscriptEvent = { type: 'transcript.text.delta'; delta: string } | { type: 'transcript.text.done'; text: string };

export interface TranscriptionRequest {
  file: Blob;
  /** Of the file, where `file` has none. */
  fileName?: string | undefined;
  /** As in `en` or `en-GB`. */
  language?: string | undefined;
  /** Whether the answer has `segments`, `words` and more. */
  verbose?: boolean | undefined;
}

export interface Speech {
  /** A text as audio: the answer's body comes as it is made, `x-voice` names the voice. */
  speak(body: Omit<SpeechRequest, 'stream_format'>, options?: CallOptions): Promise<Response>;
  /** The same, with the time of every word. */
  speakWithWords(body: Omit<SpeechRequest, 'stream_format'>, options?: CallOptions): AsyncGenerator<SpeechEvent, void>;
  transcribe(body: TranscriptionRequest, options?: CallOptions): Promise<TranscriptionAnswer>;
  /** As plain text or as subtitles. */
  transcribeAs(format: 'text' | 'srt' | 'vtt', body: TranscriptionRequest, options?: CallOptions): Promise<string>;
  /** Every stretch of speech as soon as it is final, then all of it. */
  transcribeStream(body: TranscriptionRequest, options?: CallOptions): AsyncGenerator<TranscriptEvent, void>;
}

export function speech(http: Http): Speech {
  const transcribe = (body: TranscriptionRequest, fields: Record<string, string>, options?: CallOptions) =>
    http.send('POST', '/transcriptions', { timeoutMs: TRANSCRIPTION_TIMEOUT_MS, ...options, form: formOf(body, fields) });
  return {
    speak: (body, options) => http.send('POST', '/speech', { timeoutMs: SPEECH_TIMEOUT_MS, ...options, body }),
    async *speakWithWords(body, options) {
      const request = { ...body, stream_format: 'sse' };
      yield* dataEvents<SpeechEvent>(
        await http.send('POST', '/speech', { timeoutMs: SPEECH_TIMEOUT_MS, ...options, body: request }),
      );
    },
    async transcribe(body, options) {
      const fields = { response_format: body.verbose ? 'verbose_json' : 'json' };
      return (await (await transcribe(body, fields, options)).json()) as TranscriptionAnswer;
    },
    transcribeAs: async (format, body, options) => (await transcribe(body, { response_format: format }, options)).text(),
    async *transcribeStream(body, options) {
      yield* dataEvents<TranscriptEvent>(await transcribe(body, { stream: 'true' }, options));
    },
  };
}

function formOf({ file, fileName, language, verbose }: TranscriptionRequest, fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (language !== undefined) form.set('language', language);
  if (verbose) form.append('timestamp_granularities[]', 'word');
  form.set('file', file, fileName ?? (file instanceof File ? file.name : 'audio'));
  return form;
}

/** Events whose type is in their data. Throws `ApiError` for `error`. */
async function* dataEvents<T extends { type: string }>(response: Response): AsyncGenerator<T, void> {
  if (!response.body) return;
  for await (const { data } of readEventStream(response.body)) {
    if (data === '[DONE]') return;
    const event = JSON.parse(data) as T | { type: 'error'; code?: string; error?: string | { code?: string; message?: string } };
    if (event.type === 'error') throw streamError(event as Parameters<typeof streamError>[0]);
    yield event as T;
  }
}

function streamError({ code, error }: { code?: string; error?: string | { code?: string; message?: string } }): ApiError {
  const text = typeof error === 'string' ? error : error?.message;
  return new ApiError(502, code ?? (typeof error === 'object' ? error.code : undefined) ?? 'unknown', text ?? 'Speech failed.');
}
