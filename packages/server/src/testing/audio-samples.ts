import { execFileSync } from 'node:child_process';
import { ffmpegProgram } from '../providers/ffmpeg-program.ts';

// Audio files of many kinds, written by the same ffmpeg that reads them where it can, and by hand where it cannot.

const text = (word: string) => Buffer.from(word, 'latin1');
const u16be = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u32be = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** All of a stream. */
export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** A tone of 440 Hz at a quarter of full scale. */
export function tone(seconds: number, sampleRate = 16_000, hertz = 440): Int16Array {
  return Int16Array.from({ length: Math.round(seconds * sampleRate) }, (_, n) =>
    Math.round(8_192 * Math.sin((2 * Math.PI * hertz * n) / sampleRate)),
  );
}

/** How often a second the signal crosses zero upwards: the frequency of a tone. */
export function hertzOf(pcm: Uint8Array, sampleRate: number): number {
  const samples = new Int16Array(pcm.slice().buffer);
  let crossings = 0;
  for (let n = 1; n < samples.length; n++) if ((samples[n - 1] ?? 0) < 0 && (samples[n] ?? 0) >= 0) crossings++;
  return (crossings * sampleRate) / samples.length;
}

export interface WavShape {
  sampleRate?: number;
  channels?: number;
  bits?: 16 | 24;
  /** What the header says instead of the truth. */
  dataBytes?: number;
}

/** A WAV file of a tone, the same on every channel. */
export function wav(seconds: number, { sampleRate = 16_000, channels = 1, bits = 16, dataBytes }: WavShape = {}): Buffer {
  const samples = tone(seconds, sampleRate);
  const frame = (channels * bits) / 8;
  const data = Buffer.alloc(samples.length * frame);
  samples.forEach((sample, n) => {
    for (let channel = 0; channel < channels; channel++) {
      const at = n * frame + (channel * bits) / 8;
      if (bits === 16) data.writeInt16LE(sample, at);
      else data.writeIntLE(sample * 256, at, 3);
    }
  });
  return riff({ code: 1, sampleRate, channels, bits, data, dataBytes });
}

/** A telephone's WAV: G.711 µ-law at 8 kHz. */
export function muLawWav(seconds: number): Buffer {
  return riff({ code: 7, sampleRate: 8_000, channels: 1, bits: 8, data: muLaw(tone(seconds, 8_000)) });
}

function riff(wave: {
  code: number;
  sampleRate: number;
  channels: number;
  bits: number;
  data: Buffer;
  dataBytes?: number | undefined;
}) {
  const { code, sampleRate, channels, bits, data, dataBytes = data.length } = wave;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(Math.min(dataBytes + 36, 0xffff_ffff), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(code, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE((sampleRate * channels * bits) / 8, 28);
  header.writeUInt16LE((channels * bits) / 8, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return Buffer.concat([header, data]);
}

function muLaw(samples: Int16Array): Buffer {
  return Buffer.from(
    Array.from(samples, (sample) => {
      const magnitude = Math.min(Math.abs(sample), 32_635) + 132;
      const exponent = Math.floor(Math.log2(magnitude)) - 7;
      return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff;
    }),
  );
}

/** A file that ffmpeg writes: `flac`, Ogg Opus. */
export function written(format: 'flac' | 'ogg', seconds: number): Buffer {
  const args = ['-hide_banner', '-loglevel', 'error', '-f', 'wav', '-i', 'pipe:0', '-f', format];
  return execFileSync(ffmpegProgram(), [...args, ...(format === 'ogg' ? ['-c:a', 'libopus'] : []), 'pipe:1'], {
    input: wav(seconds, { sampleRate: 48_000 }),
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** MPEG-1 layer III, 64 kbit/s, mono, 44.1 kHz: frames whose every field is zero are silence. */
export function silentMp3(seconds: number): Buffer {
  const frame = Buffer.alloc(208);
  frame.set([0xff, 0xfb, 0x50, 0xc0]);
  return Buffer.concat(Array<Buffer>(Math.round((seconds * 44_100) / 1_152)).fill(frame));
}

/** Sun audio: µ-law at 8 kHz. */
export function au(seconds: number): Buffer {
  const data = muLaw(tone(seconds, 8_000));
  return Buffer.concat([text('.snd'), ...[24, data.length, 1, 8_000, 1].map(u32be), data]);
}

export function aiff(seconds: number): Buffer {
  const samples = Buffer.from(tone(seconds, 44_100).buffer).swap16();
  const chunk = (name: string, body: Buffer) => Buffer.concat([text(name), u32be(body.length), body]);
  const rate = Buffer.from([0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0]); // 44,100 in 80 bits
  const common = Buffer.concat([u16be(1), u32be(samples.length / 2), u16be(16), rate]);
  const body = [text('AIFF'), chunk('COMM', common), chunk('SSND', Buffer.concat([u32be(0), u32be(0), samples]))];
  return chunk('FORM', Buffer.concat(body));
}

/** QuickTime with PCM at 44.1 kHz, its index at the end, as cameras write it. */
export function movie(seconds: number, { dataFile, hertz }: { dataFile?: string; hertz?: number } = {}): Buffer {
  const rate = 44_100;
  const data = Buffer.from(tone(seconds, rate, hertz).buffer);
  const count = data.length / 2;
  const atom = (name: string, ...body: Buffer[]) => {
    const inner = Buffer.concat(body);
    return Buffer.concat([u32be(inner.length + 8), text(name), inner]);
  };
  const zeros = (bytes: number) => Buffer.alloc(bytes);
  const matrix = Buffer.concat([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(u32be));
  const ftyp = atom('ftyp', text('qt  '), u32be(0), text('qt  '));
  const media = atom('mdat', data);
  const sound = Buffer.concat([zeros(6), u16be(1), zeros(8), u16be(1), u16be(16), zeros(4), u32be(rate * 65_536)]);
  // `alis` without the flag "in this file" names another one.
  const elsewhere = dataFile && atom('alis', u32be(0), alias(dataFile));
  const table = atom(
    'stbl',
    atom('stsd', u32be(0), u32be(1), atom('sowt', sound)),
    atom('stts', u32be(0), u32be(1), u32be(count), u32be(1)),
    atom('stsc', u32be(0), u32be(1), u32be(1), u32be(count), u32be(1)),
    atom('stsz', u32be(0), u32be(2), u32be(count)),
    atom('stco', u32be(0), u32be(1), u32be(dataFile ? 0 : ftyp.length + 8)),
  );
  const references = atom('dref', u32be(0), u32be(1), elsewhere || atom('alis', u32be(1)));
  const information = atom('minf', atom('smhd', zeros(8)), atom('dinf', references), table);
  const header = atom('mdhd', zeros(12), u32be(rate), u32be(count), zeros(4));
  const handler = atom('hdlr', zeros(4), text('mhlr'), text('soun'), zeros(12), zeros(1));
  const track = atom(
    'trak',
    atom('tkhd', u32be(7), zeros(8), u32be(1), zeros(4), u32be(count), zeros(8), zeros(8), matrix, zeros(8)),
    atom('mdia', header, handler, information),
  );
  const movieHeader = atom(
    'mvhd',
    zeros(12),
    u32be(rate),
    u32be(count),
    u32be(0x10000),
    u16be(256),
    zeros(10),
    matrix,
    zeros(24),
    u32be(2),
  );
  return Buffer.concat([ftyp, media, atom('moov', movieHeader, track)]);
}

/** A Macintosh alias record with an absolute path, as ffmpeg follows it when it is told to. */
function alias(file: string): Buffer {
  const path = Buffer.concat([text(file), Buffer.alloc(file.length % 2)]);
  return Buffer.concat([Buffer.alloc(150), u16be(2), u16be(path.length), path, u16be(0xffff), u16be(0)]);
}

/** WebM with Opus in one cluster of unknown length, as a browser's MediaRecorder streams it. */
export function webm(seconds: number): Buffer {
  const [head, , ...packets] = oggPackets(written('ogg', seconds));
  if (!head) throw new Error('No Opus head');
  const UNKNOWN = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  const element = (id: string, body: Buffer, size?: Buffer) => {
    const length = Buffer.concat([Buffer.from([0x08]), Buffer.alloc(0), u32be(body.length)]);
    return Buffer.concat([Buffer.from(id, 'hex'), size ?? length, body]);
  };
  const number = (id: string, value: number) => element(id, u32be(value));
  const ebml = element('1a45dfa3', Buffer.concat([element('4282', text('webm')), number('4287', 4), number('4285', 2)]));
  const info = element('1549a966', number('2ad7b1', 1_000_000));
  const rate = Buffer.alloc(8);
  rate.writeDoubleBE(48_000);
  const audio = element('e1', Buffer.concat([element('b5', rate), number('9f', 1)]));
  const entry = [
    number('d7', 1),
    number('73c5', 1),
    number('83', 2),
    element('86', text('A_OPUS')),
    element('63a2', head),
    audio,
  ];
  const tracks = element('1654ae6b', element('ae', Buffer.concat(entry)));
  const blocks = packets.map((packet, n) =>
    element('a3', Buffer.concat([Buffer.from([0x81]), u16be(n * 20), Buffer.from([0x80]), packet])),
  );
  const cluster = element('1f43b675', Buffer.concat([number('e7', 0), ...blocks]), UNKNOWN);
  return Buffer.concat([ebml, element('18538067', Buffer.concat([info, tracks, cluster]), UNKNOWN)]);
}

/** The packets in an Ogg file (RFC 3533). */
function oggPackets(file: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let packet: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const segments = file.subarray(at + 27, at + 27 + (file[at + 26] ?? 0));
    at += 27 + segments.length;
    for (const length of segments) {
      packet.push(file.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      packets.push(Buffer.concat(packet));
      packet = [];
    }
  }
  return packets;
}
