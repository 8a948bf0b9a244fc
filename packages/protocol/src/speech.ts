import { z } from 'zod';
import { Done } from './common.ts';

/** The longest text that is spoken in one request. */
export const SPEECH_CHARACTERS = 4_096;
/** The largest file that is transcribed, in MB, and the longest, in minutes. */
export const TRANSCRIPTION_MEGABYTES = 25;
export const TRANSCRIPTION_MINUTES = 30;

const PACE = 'must be from 0.5 to 2';
const VoiceName = z.string().min(1).max(200);

export const CreateSpeech = z.object({
  input: z
    .string()
    .min(1)
    .max(SPEECH_CHARACTERS)
    .refine((text) => text.trim().length > 0, 'must not be empty')
    .meta({ description: 'What is said' }),
  model: z.string().max(200).optional().meta({ description: 'Taken for the sake of other clients; the server has one' }),
  voice: z
    .union([VoiceName, z.object({ id: VoiceName })])
    .optional()
    .meta({ description: 'The `voice_id` of a voice; unknown ones are spoken by the default voice' }),
  response_format: z
    .enum(['wav', 'pcm', 'opus', 'flac'], { error: 'must be one of wav, pcm, opus and flac (mp3 and aac cannot be made here)' })
    .default('wav')
    .meta({ description: '`pcm` is signed 16 bit little-endian mono at 24 kHz; `opus` comes in Ogg' }),
  speed: z.number().min(0.5, PACE).max(2, PACE).default(1).meta({ description: '1 is the voice’s own pace' }),
  instructions: z.string().max(4_096).optional().meta({ description: 'Taken for the sake of other clients, and not followed' }),
  stream_format: z
    .enum(['audio', 'sse'])
    .default('audio')
    .meta({ description: '`sse`: server-sent events with words and audio' }),
});

/** The fields of the multipart form; numbers and flags are texts in a form. */
export const CreateTranscription = z.object({
  file: z.file().meta({
    description:
      `WAV, FLAC, MP3, Ogg, WebM, M4A without AAC and others; at most ${TRANSCRIPTION_MEGABYTES} MB and ` +
      `${TRANSCRIPTION_MINUTES} minutes of audio`,
  }),
  model: z.string().max(200).optional().meta({ description: 'Taken for the sake of other clients; the server has one' }),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language as in en or en-GB')
    .optional()
    .meta({ description: 'As in `en` or `en-GB`' }),
  prompt: z.string().optional().meta({ description: 'Taken for the sake of other clients, and not followed' }),
  response_format: z.enum(['json', 'text', 'srt', 'verbose_json', 'vtt']).default('json'),
  temperature: z.string().max(20).optional().meta({ description: 'Taken for the sake of other clients, and not followed' }),
  'timestamp_granularities[]': z
    .array(z.enum(['word', 'segment']))
    .optional()
    .meta({ description: 'For `verbose_json`: `word` asks for words, of engines that know them; may be given twice' }),
  stream: z.enum(['true', 'false', '1', '0']).optional().meta({ description: 'Answer with server-sent events' }),
});

const Second = z.number().meta({ description: 'In seconds' });

export const TranscriptionSegment = z.object({ id: z.int(), start: Second, end: Second, text: z.string() });
export const TranscriptionWord = z.object({ word: z.string(), start: Second, end: Second });

export const Transcription = Done.extend({
  text: z.string(),
  task: z.literal('transcribe').optional().meta({ description: 'This and the following: `verbose_json` only' }),
  language: z.string().optional(),
  duration: Second.optional(),
  segments: z.array(TranscriptionSegment).optional(),
  words: z.array(TranscriptionWord).optional(),
});
