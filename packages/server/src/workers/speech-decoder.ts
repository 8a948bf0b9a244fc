import { DriveRefusal } from '../core/calls/driven-conversation.ts';

const INVALID = '"audio" is not valid base64';

/** Reads base64 of signed 16-bit little-endian PCM, in pieces of any length. */
export interface SpeechDecoder {
  /** @throws DriveRefusal */
  push(base64: string): void;
  /** All samples, in an array of their own. @throws DriveRefusal */
  finish(): Int16Array;
}

export function createSpeechDecoder(): SpeechDecoder {
  const pieces: Buffer[] = [];
  /** What is not a whole group of four characters yet, and the padding that may stand at the end. */
  let kept = '';

  const decode = (base64: string, byteLength: number) => {
    const bytes = Buffer.from(base64, 'base64');
    // Node passes over what is no base64: then less comes out than went in.
    if (bytes.length !== byteLength) throw new DriveRefusal('audio-invalid', INVALID);
    pieces.push(bytes);
  };

  return {
    push(base64) {
      const all = kept + base64;
      // The last group may be padded, and is read at the end.
      const whole = Math.max(0, 4 * Math.floor((all.length - 1) / 4));
      kept = all.slice(whole);
      if (whole > 0) decode(all.slice(0, whole), (whole / 4) * 3);
    },
    finish() {
      const padding = kept.endsWith('==') ? 2 : kept.endsWith('=') ? 1 : 0;
      const length = kept.length - padding;
      if (length % 4 === 1) throw new DriveRefusal('audio-invalid', INVALID);
      decode(kept, Math.floor((length * 3) / 4));
      const byteLength = pieces.reduce((sum, { length }) => sum + length, 0);
      if (byteLength % 2 !== 0) {
        const odd = '"audio" has an odd number of bytes; samples of signed 16-bit PCM have two each';
        throw new DriveRefusal('audio-invalid', odd);
      }
      const samples = new Int16Array(byteLength / 2);
      const bytes = new Uint8Array(samples.buffer);
      let at = 0;
      for (const piece of pieces.splice(0)) {
        bytes.set(piece, at);
        at += piece.length;
      }
      return samples;
    },
  };
}
