import { execFileSync } from 'node:child_process';
import { ffmpegProgram } from '../providers/ffmpeg-program.ts';

/** Enough to tell where a beep begins. */
const RATE = 8_000;
const LOUD = 2_500;
/** Between beeps, in seconds. */
const QUIET_BETWEEN = 0.1;

/** What is in a recording: its length and when beeps begin on each side, in seconds. */
export interface RecordedSound {
  seconds: number;
  user: number[];
  agent: number[];
}

/** Decodes a recording with ffmpeg and finds the beeps of `recorded-call.ts`. */
export function soundOf(file: string): RecordedSound {
  const args = ['-hide_banner', '-loglevel', 'error', '-i', file, '-ar', String(RATE), '-ac', '2', '-f', 's16le', 'pipe:1'];
  const bytes = execFileSync(ffmpegProgram(), args, { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return { seconds: samples.length / 2 / RATE, user: beeps(samples, 0), agent: beeps(samples, 1) };
}

function beeps(stereo: Int16Array, channel: 0 | 1): number[] {
  const found: number[] = [];
  let lastLoud = Number.NEGATIVE_INFINITY;
  for (let n = 0; n * 2 < stereo.length; n++) {
    if (Math.abs(stereo[n * 2 + channel] as number) < LOUD) continue;
    if (n - lastLoud > QUIET_BETWEEN * RATE) found.push(n / RATE);
    lastLoud = n;
  }
  return found;
}
