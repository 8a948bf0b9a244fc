/** What speech can be written as. `pcm` is signed 16 bit little-endian at 24 kHz without a header. */
export const SPEECH_FORMATS = ['wav', 'pcm', 'opus', 'flac'] as const;
export type SpeechFormat = (typeof SPEECH_FORMATS)[number];

/** The sample rate of `pcm`, which no header tells, in Hz. */
export const PCM_RATE = 24_000;

/** A file that somebody sent; whatever is in it. */
export interface UploadedAudio {
  bytes: number;
  /**
   * Reads the whole file: as far as it goes, if its end is missing. Rejects with `audio-unreadable` where there is no audio in it,
   * with `too-large` where there is more than `maxSeconds`, with `server-busy` where too many are read already.
   */
  decode(options: { maxSeconds: number; signal: AbortSignal }): Promise<DecodedAudio>;
  /** Forgets the file and what was decoded of it; safe to call twice. */
  close(): Promise<void>;
}

/** Audio as a recogniser takes it; there until its upload is closed. */
export interface DecodedAudio {
  durationSeconds: number;
  /** Signed 16 bit little-endian mono at 16 kHz. */
  pcm: AsyncIterable<Uint8Array>;
}

/** Reads and writes audio files. */
export interface AudioFiles {
  /** Receives a file; more than `maxBytes` are refused with `too-large` while they arrive. */
  receive(bytes: AsyncIterable<Uint8Array>, options: { maxBytes: number }): Promise<UploadedAudio>;
  /** Writes mono audio in a format, each part as soon as it is there. */
  encode(
    format: SpeechFormat,
    parts: AsyncIterable<Int16Array>,
    options: { sampleRate: number; signal: AbortSignal },
  ): AsyncIterable<Uint8Array>;
}
