import type {
  Speech,
  SpeechService,
  SpokenPart,
  TranscribeOptions,
  Transcription,
  TranscriptSegment,
} from '../core/speech/speech.ts';
import { tone } from './audio-samples.ts';

export interface ScriptedSpeech {
  service: SpeechService;
  /** Every request, as it came. */
  spoken: Array<{ text: string; voice: string | undefined; speed: number; signal: AbortSignal }>;
  heard: Array<{ bytes: number; language: string | undefined; signal: AbortSignal }>;
}

export interface Script {
  voices?: string[];
  sampleRate?: number;
  /** What is awaited before the first part, and before each of the others. */
  beforeFirst?: Promise<void>;
  beforePart?: (index: number) => Promise<void>;
  /** Thrown at the place of a part. */
  failAt?: { part: number; error: Error };
  /** What is heard, whatever is sent. */
  segments?: TranscriptSegment[];
  /** What is awaited after each segment. */
  afterSegment?: (index: number) => Promise<void>;
  refuse?: Error;
}

/** Ears and a voice that keep to a script: every word lasts a quarter of a second, sentences are parts, the voice is a tone. */
export function scriptedSpeech(script: Script = {}): ScriptedSpeech {
  const { voices = ['local/clara'], sampleRate = 22_050, segments = [{ start: 0, end: 1, text: 'Hello there.' }] } = script;
  const spoken: ScriptedSpeech['spoken'] = [];
  const heard: ScriptedSpeech['heard'] = [];

  async function* partsOf(text: string, signal: AbortSignal): AsyncGenerator<SpokenPart> {
    let at = 0;
    for (const [index, sentence] of text.split(/(?<=[.!?])\s+/).entries()) {
      await (index === 0 ? script.beforeFirst : script.beforePart?.(index));
      signal.throwIfAborted();
      if (script.failAt?.part === index) throw script.failAt.error;
      const words = sentence.split(/\s+/).map((word) => {
        const start = at;
        at += 0.25;
        const phonemes = [{ phoneme: 'ə', start, end: at }];
        return { text: word, start, end: at, phonemes };
      });
      yield { samples: tone(words.length / 4, sampleRate), words };
    }
  }

  const service: SpeechService = {
    requireListening() {
      if (script.refuse) throw script.refuse;
    },

    async speak({ text, voice, speed }, signal): Promise<Speech> {
      spoken.push({ text, voice, speed, signal });
      if (script.refuse) throw script.refuse;
      const known = voice !== undefined && voices.includes(voice);
      return { sampleRate, voice: known ? voice : (voices[0] ?? ''), parts: partsOf(text, signal) };
    },

    async transcribe(
      audio: AsyncIterable<Uint8Array>,
      { language, signal, onSegment }: TranscribeOptions,
    ): Promise<Transcription> {
      const request = { bytes: 0, language, signal };
      heard.push(request);
      if (script.refuse) throw script.refuse;
      for await (const piece of audio) request.bytes += piece.length;
      for (const [index, segment] of segments.entries()) {
        onSegment?.(segment);
        await script.afterSegment?.(index);
        signal.throwIfAborted();
      }
      const text = segments.map((segment) => segment.text).join(' ');
      return { text, language: language ?? 'en', durationSeconds: request.bytes / 32_000, segments };
    },
  };
  return { service, spoken, heard };
}
