import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What one installable package brings, and by which client. */
export interface RecordingPackage {
  kind: 'debian' | 'pypi-source' | 'pypi-wheel' | 'npm';
  name: string;
  version: string;
  /** As the package states it. */
  licence: string;
  note?: string;
}

/** One utterance of a real person, never synthetic. */
export interface Utterance {
  id: string;
  package: string;
  /** Its file inside the package. */
  member: string;
  /** Of a file without a header; everything else says it itself. */
  encoding?: 's16le' | 'g722';
  /** Seconds, where the utterance is cut out of a longer file. */
  from?: number;
  to?: number;
  speaker: string;
  language: string;
  kind: 'read' | 'prompt' | 'digits' | 'spontaneous' | 'speech';
  sampleRate: number;
  seconds: number;
  text: string;
  /** Where the words are stated: the package, or a published text that was read. Never a recogniser. */
  textFrom: string;
  /** Models and settings are chosen with `dev` alone. */
  split: 'dev' | 'held-out';
  /** Of the file in the package. */
  memberSha256: string;
  /** Of the samples of the clip at 16 kHz, 16 bits, mono. */
  sha256: string;
}

export interface Recordings {
  packages: Record<string, RecordingPackage>;
  speakers: Record<string, string>;
  utterances: Utterance[];
}

/** Packages, clips and Python modules; not committed. */
export const RECORDINGS_FOLDER = fileURLToPath(new URL('./.recordings/', import.meta.url));
export const MANIFEST = fileURLToPath(new URL('./recordings.json', import.meta.url));

export const readRecordings = (): Recordings => JSON.parse(readFileSync(MANIFEST, 'utf8'));

/** The clip as it was recorded, or as a recogniser wants it. */
export const clipFile = (id: string, rate: 'original' | '16k'): string => `${RECORDINGS_FOLDER}clips/${rate}/${id}.wav`;

export interface Sound {
  samples: Float32Array;
  sampleRate: number;
}

/** A 16-bit mono WAV file. */
export function readWav(bytes: Buffer): Sound {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error('Not a WAV file');
  let sampleRate = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = Math.min(bytes.readUInt32LE(at + 4), bytes.length - at - 8);
    if (name === 'fmt ') {
      sampleRate = bytes.readUInt32LE(at + 12);
      if (bytes.readUInt16LE(at + 10) !== 1 || bytes.readUInt16LE(at + 22) !== 16) throw new Error('Not 16-bit mono');
    }
    if (name === 'data') return { samples: fromInt16(bytes.subarray(at + 8, at + 8 + size)), sampleRate };
    at += 8 + size + (size & 1);
  }
  throw new Error('A WAV file without samples');
}

export function fromInt16(bytes: Buffer): Float32Array {
  const samples = new Float32Array(bytes.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(i * 2) / 32_768;
  return samples;
}

export const readClip = (utterance: Utterance, rate: 'original' | '16k' = '16k'): Sound =>
  readWav(readFileSync(clipFile(utterance.id, rate)));
