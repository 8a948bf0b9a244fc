import type { AudioFiles } from '../core/speech/audio-files.ts';
import { decodeAudio } from './decode-audio.ts';
import { encodeAudio } from './encode-audio.ts';
import { contentsOf, fill, openNamelessFile } from './nameless-file.ts';

/** Two seconds of decoded audio, in bytes. */
const PIECE_BYTES = 64_000;

export interface AudioFilesOptions {
  /** The path of ffmpeg. */
  program: string;
  /** Where uploads are kept while they are read; nothing in it has a name for longer than a moment. */
  folder: string;
  /** Lets so many files be decoded at a time as this machine can bear. */
  decoding: <T>(job: () => Promise<T>) => Promise<T>;
}

/** Reads and writes audio files with ffmpeg. */
export function createAudioFiles({ program, folder, decoding }: AudioFilesOptions): AudioFiles {
  return {
    async receive(bytes, { maxBytes }) {
      const file = await openNamelessFile(folder);
      const open = [file];
      const close = async () => {
        for (const one of open.splice(0)) await one.close();
      };
      let length: number;
      try {
        length = await fill(file, bytes, { maxBytes });
      } catch (error) {
        await close();
        throw error;
      }
      return {
        bytes: length,
        async decode(options) {
          const output = await openNamelessFile(folder);
          open.push(output);
          const durationSeconds = await decoding(() => decodeAudio(program, file, output, options));
          return { durationSeconds, pcm: { [Symbol.asyncIterator]: () => contentsOf(output, PIECE_BYTES) } };
        },
        close,
      };
    },

    encode: (format, parts, options) => encodeAudio(program, format, parts, options),
  };
}
