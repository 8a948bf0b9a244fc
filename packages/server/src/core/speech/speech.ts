/** When something is said, in seconds from the start of the audio it belongs to. */
export interface TimeSpan {
  start: number;
  end: number;
}

/** A word as it was written, and when it is said. */
export interface TimedWord extends TimeSpan {
  text: string;
  /** What the mouth does; only of voices that know (see `docs/models.md`). Misaki's notation. */
  phonemes?: Array<TimeSpan & { phoneme: string }>;
}

export interface SpeakRequest {
  text: string;
  /** A voice's id; unknown ones are spoken by the default voice. */
  voice: string | undefined;
  /** 1 is the voice's own pace; 0.5..2. */
  speed: number;
}

/** A piece of speech: one clause, silence before and after it included. */
export interface SpokenPart {
  /** Mono. */
  samples: Int16Array;
  /** The words that begin in this part; times count from the start of the whole speech. */
  words: TimedWord[];
}

/** Speech as it is made. */
export interface Speech {
  /** In Hz. */
  sampleRate: number;
  /** The id of the voice that speaks: another than asked for, where that is not to be had. */
  voice: string;
  parts: AsyncIterable<SpokenPart>;
}

/** What was said in a stretch of audio. */
export interface TranscriptSegment extends TimeSpan {
  text: string;
  /** Only of engines that know. */
  words?: TimedWord[];
}

export interface Transcription {
  text: string;
  language: string;
  /** Of the whole audio, silence included. */
  durationSeconds: number;
  segments: TranscriptSegment[];
}

export interface TranscribeOptions {
  /** As in `en` or `en-GB`; undefined: the engine's own. */
  language: string | undefined;
  signal: AbortSignal;
  /** Called with every stretch as soon as it is final. */
  onSegment?(segment: TranscriptSegment): void;
}

/**
 * This server's own ears and voice, for requests outside a session. Both reject with an `AppError`: `no-speech-model` (with the way
 * out), `speech-model-loading`, `speech-busy`.
 */
export interface SpeechService {
  /** @throws AppError that says what prevents listening, if anything does */
  requireListening(): void;
  /** Resolves as soon as the speech has begun, so that what prevents it is known before anything is answered. */
  speak(request: SpeakRequest, signal: AbortSignal): Promise<Speech>;
  /** Transcribes audio: signed 16 bit little-endian mono at 16 kHz, in pieces of any length; reads it as fast as it can work. */
  transcribe(audio: AsyncIterable<Uint8Array>, options: TranscribeOptions): Promise<Transcription>;
}
