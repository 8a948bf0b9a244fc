import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PCM_RATE, type SpeechFormat } from '../core/speech/audio-files.ts';
import { pcmBytes, wavHeader } from '../core/speech/wav.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

/** What ffmpeg is told for each format that is not just bytes. Opus: pages of 40 ms, or a player would wait for whole seconds. */
const WRITING = {
  opus: ['-c:a', 'libopus', '-b:a', '48k', '-application', 'voip', '-f', 'ogg', '-page_duration', '40000'],
  flac: ['-c:a', 'flac', '-f', 'flac'],
  pcm: ['-ar', String(PCM_RATE), '-f', 's16le'],
} satisfies Partial<Record<SpeechFormat, string[]>>;

/** Writes mono audio in a format; what a part becomes comes out before the next part is asked for. */
export async function* encodeAudio(
  program: string,
  format: SpeechFormat,
  parts: AsyncIterable<Int16Array>,
  { sampleRate, signal }: { sampleRate: number; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  if (format === 'wav') yield* withHeader(bytesOf(parts, signal), sampleRate);
  else if (format === 'pcm' && sampleRate === PCM_RATE) yield* bytesOf(parts, signal);
  else yield* filtered(program, sampleRate, WRITING[format], parts, signal);
}

async function* bytesOf(parts: AsyncIterable<Int16Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const samples of parts) {
    signal.throwIfAborted();
    if (samples.length > 0) yield pcmBytes(samples);
  }
}

/** The header goes out with the first part: what fails before it has not begun. */
async function* withHeader(pcm: AsyncIterable<Uint8Array>, sampleRate: number): AsyncGenerator<Uint8Array> {
  let begun = false;
  for await (const bytes of pcm) {
    yield begun ? bytes : Buffer.concat([wavHeader(sampleRate), bytes]);
    begun = true;
  }
  if (!begun) yield wavHeader(sampleRate);
}

async function* filtered(
  program: string,
  sampleRate: number,
  writing: string[],
  parts: AsyncIterable<Int16Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const reading = ['-probesize', '32', '-analyzeduration', '0', '-protocol_whitelist', 'pipe'];
  const raw = ['-f', 's16le', '-ar', String(sampleRate), '-ac', '1', '-i', 'pipe:0'];
  const args = [...reading, ...raw, ...writing, '-flush_packets', '1', 'pipe:1'];
  const { child, ended } = runFfmpeg(program, args, { input: 'pipe', output: 'pipe', signal });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('ffmpeg has no pipes');
  // Where the parts fail, ffmpeg's input ends, and so does what it writes.
  const fed = pipeline(Readable.from(bytesOf(parts, signal)), stdin).then(
    () => undefined,
    (error: unknown) => error,
  );
  try {
    yield* stdout as AsyncIterable<Uint8Array>;
    const { code, said } = await ended;
    signal.throwIfAborted();
    if (code === null || code === 0) {
      const failure = await fed;
      if (failure) throw failure;
    }
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${said}`);
  } finally {
    // Parts that are still on their way are asked for no more.
    stdin.destroy();
    child.kill('SIGKILL');
  }
}
