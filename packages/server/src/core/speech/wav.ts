/** What a WAV header says of audio whose length is not known yet; every reader goes on to the end of the stream then. */
const UNKNOWN = 0xffff_ffff;

/** The 44 bytes before signed 16 bit little-endian mono audio of `dataBytes`; without them, of a stream. */
export function wavHeader(sampleRate: number, dataBytes?: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(44));
  const text = (at: number, word: string) => {
    for (let n = 0; n < word.length; n++) header.setUint8(at + n, word.charCodeAt(n));
  };
  const size = (at: number, value: number) => header.setUint32(at, Math.min(value, UNKNOWN), true);
  text(0, 'RIFF');
  size(4, dataBytes === undefined ? UNKNOWN : dataBytes + 36);
  text(8, 'WAVEfmt ');
  size(16, 16);
  header.setUint16(20, 1, true); // PCM
  header.setUint16(22, 1, true); // channels
  size(24, sampleRate);
  size(28, sampleRate * 2);
  header.setUint16(32, 2, true); // bytes of one sample of all channels
  header.setUint16(34, 16, true); // bits of one sample
  text(36, 'data');
  size(40, dataBytes ?? UNKNOWN);
  return new Uint8Array(header.buffer);
}

/** Samples as bytes, little-endian, as every machine that runs Node has them in memory. */
export function pcmBytes(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
