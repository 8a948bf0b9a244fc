/** How a WAV file holds its samples. */
export interface WavOptions {
  rate: number;
  /** The same samples on every channel. */
  channels?: number;
  /** G.711 µ-law, as telephones have it. */
  muLaw?: boolean;
}

/** A WAV file of 16 bit samples. */
export function wavFile(samples: Int16Array, { rate, channels = 1, muLaw = false }: WavOptions): Buffer {
  const bytes = muLaw ? 1 : 2;
  const data = Buffer.alloc(samples.length * channels * bytes);
  for (const [at, sample] of samples.entries()) {
    for (let channel = 0; channel < channels; channel += 1) {
      const place = (at * channels + channel) * bytes;
      if (muLaw) data.writeUInt8(toMuLaw(sample), place);
      else data.writeInt16LE(sample, place);
    }
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(data.length + 36, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(muLaw ? 7 : 1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * channels * bytes, 28);
  header.writeUInt16LE(channels * bytes, 32);
  header.writeUInt16LE(bytes * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

/** The samples of a WAV file that a server streamed: 16 bit mono, its data up to the end. */
export function samplesOfWav(file: Uint8Array): { samples: Int16Array; rate: number } {
  const bytes = Buffer.from(file);
  const data = bytes.indexOf('data', 12, 'latin1') + 8;
  const end = data + ((bytes.length - data) & ~1);
  return {
    rate: bytes.readUInt32LE(24),
    samples: new Int16Array(bytes.buffer.slice(bytes.byteOffset + data, bytes.byteOffset + end)),
  };
}

function toMuLaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32_635) + 132;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff;
}

/** A WAV file (16 bit, mono, its samples behind 44 bytes) with silence before and after its sound. */
export function afterSilence(wav: Buffer, seconds: number): Buffer {
  const quiet = Buffer.alloc(wav.readUInt32LE(28) * seconds);
  const data = Buffer.concat([quiet, wav.subarray(44), quiet]);
  const header = Buffer.from(wav.subarray(0, 44));
  header.writeUInt32LE(data.length + 36, 4);
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}
