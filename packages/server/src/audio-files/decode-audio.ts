import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../core/errors.ts';
import { type Ended, runFfmpeg } from './run-ffmpeg.ts';

/** What a recogniser takes. */
const RATE = 16_000;
const SAMPLE_BYTES = 2;
/** Encoders round lengths up to whole frames: so much more is still taken, in seconds. */
const LENGTH_TOLERANCE = 1;
/** Half an hour of audio takes about 2 s on one core; a file that takes longer than this was made to. In ms. */
const DECODE_MS = 60_000;
/** No honest file needs one allocation larger than this, in bytes. */
const MOST_AT_ONCE = 128 * 1024 * 1024;
/** Raw formats are left out: everything would be audio. */
const CONTAINERS = ['wav', 'w64', 'aiff', 'au', 'caf', 'flac', 'mp3', 'ogg', 'matroska', 'webm', 'mov', 'mp4', 'm4a'];

const READABLE =
  'WAV, FLAC, MP3, Ogg (Opus or Vorbis), WebM and Matroska, M4A and MP4 (with ALAC, Opus, FLAC or PCM), AIFF, AU, CAF and W64';

/**
 * Decodes an audio file into `output`, signed 16 bit little-endian mono at 16 kHz, and gives its length in seconds. ffmpeg gets the
 * two open files and may open no other, so nothing in a file can lead it anywhere.
 */
export async function decodeAudio(
  program: string,
  input: FileHandle,
  output: FileHandle,
  { maxSeconds, signal }: { maxSeconds: number; signal: AbortSignal },
): Promise<number> {
  signal.throwIfAborted();
  const reading = ['-protocol_whitelist', 'fd', '-format_whitelist', CONTAINERS.join(','), '-fd', '0', '-i', 'fd:'];
  const longest = maxSeconds + LENGTH_TOLERANCE;
  const writing = ['-map', '0:a:0', '-vn', '-sn', '-dn', '-ac', '1', '-ar', String(RATE), '-t', String(longest + 1)];
  const args = ['-max_alloc', String(MOST_AT_ONCE), '-threads', '1', ...reading, ...writing, '-f', 's16le', 'pipe:1'];
  const ended = await runFfmpeg(program, args, { input: input.fd, output: output.fd, signal, timeoutMs: DECODE_MS }).ended;
  signal.throwIfAborted();
  if (ended.code !== 0 && /No space left on device|Disk quota exceeded/.test(ended.said)) throw new AppError('storage-full');
  if (ended.code === null) throw unreadable('The file takes too long to decode');
  const { size } = await output.stat();
  const seconds = size / SAMPLE_BYTES / RATE;
  if (seconds > longest) throw tooLong(maxSeconds);
  // What could be decoded is transcribed, even if ffmpeg stumbled over the rest.
  if (size < SAMPLE_BYTES) throw unreadable(reasonOf(ended));
  return seconds;
}

function reasonOf({ code, said }: Ended): string {
  if (code === 0) return 'The file holds no audio';
  const codec = /\(codec (\w+)\)|Decoding requested, but no decoder found for: (\w+)/.exec(said);
  const name = codec?.[1] ?? codec?.[2];
  if (name && name !== 'none') return `The file holds ${name.toUpperCase()} audio, which cannot be read here. Send ${READABLE}`;
  if (/matches no streams/.test(said)) return `The file has no audio track. Send ${READABLE}`;
  return `The file is no audio that can be read. Send ${READABLE}`;
}

function unreadable(text: string): AppError {
  return new AppError('audio-unreadable', text, { details: { file: 'is no audio that can be read' } });
}

function tooLong(maxSeconds: number): AppError {
  const problem = `must hold at most ${maxSeconds >= 120 ? `${Math.floor(maxSeconds / 60)} minutes` : `${maxSeconds} seconds`} of audio`;
  return new AppError('too-large', `file: ${problem}`, { details: { file: problem } });
}
