import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioFiles, SpeechFormat } from '../core/speech/audio-files.ts';
import { SPEECH_FORMATS } from '../core/speech/audio-files.ts';
import { createSlots } from '../images/slots.ts';
import { ffmpegProgram } from '../providers/ffmpeg-program.ts';
import * as samples from '../testing/audio-samples.ts';
import { createAudioFiles } from './audio-files.ts';

const LIMITS = { maxSeconds: 60, maxBytes: 25_000_000 };
const forever = new AbortController().signal;

let folder: string;
let files: AudioFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-audio-'));
  files = createAudioFiles({ program: ffmpegProgram(), folder: join(folder, 'uploads'), decoding: (job) => job() });
});
afterAll(async () => {
  expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  await rm(folder, { recursive: true });
});

async function* inPieces(bytes: Uint8Array, length = 10_007): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function decoded(bytes: Uint8Array, { maxSeconds = 60, signal = forever } = {}) {
  const upload = await files.receive(inPieces(bytes), LIMITS);
  try {
    const { durationSeconds, pcm } = await upload.decode({ maxSeconds, signal });
    const whole = await samples.collect(pcm);
    expect(whole.length).toBe(Math.round(durationSeconds * 32_000));
    return { seconds: durationSeconds, hertz: samples.hertzOf(whole, 16_000) };
  } finally {
    await upload.close();
  }
}

const refused = (bytes: Uint8Array, options?: { maxSeconds: number }) =>
  decoded(bytes, options).then(
    ({ seconds }) => `${seconds} s were decoded`,
    (error: unknown) => error,
  );

const programsRunning = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;

describe('audio files', () => {
  it.each<[string, () => Buffer]>([
    ['WAV', () => samples.wav(1.5)],
    ['a WAV of unknown length, as servers stream it', () => samples.wav(1.5, { dataBytes: 0xffff_ffff })],
    ['WAV of 24 bit at 192 kHz', () => samples.wav(1.5, { sampleRate: 192_000, bits: 24 })],
    ['WAV of 5.1 channels', () => samples.wav(1.5, { sampleRate: 48_000, channels: 6 })],
    ['WAV of µ-law at 8 kHz', () => samples.muLawWav(1.5)],
    ['AU', () => samples.au(1.5)],
    ['AIFF', () => samples.aiff(1.5)],
    ['FLAC', () => samples.written('flac', 1.5)],
    ['Ogg Opus', () => samples.written('ogg', 1.5)],
    ['WebM of a browser', () => samples.webm(1.5)],
    ['QuickTime with its index at the end', () => samples.movie(1.5)],
  ])('are decoded to what is in them: %s', async (_name, make) => {
    const { seconds, hertz } = await decoded(make());
    expect(Math.abs(seconds - 1.5)).toBeLessThan(0.02);
    expect(Math.abs(hertz - 440)).toBeLessThan(5);
  });

  it('of MP3 are decoded too', async () => {
    expect((await decoded(samples.silentMp3(2))).seconds).toBeCloseTo(2, 1);
  });

  it('that break off are decoded as far as they go', async () => {
    expect((await decoded(samples.wav(2).subarray(0, 44 + 32_000))).seconds).toBe(1);
    for (const format of ['flac', 'ogg'] as const) {
      const whole = samples.written(format, 4);
      const { seconds, hertz } = await decoded(whole.subarray(0, whole.length / 2));
      expect([format, seconds > 1.5 && seconds < 2.5, Math.abs(hertz - 440) < 5]).toEqual([format, true, true]);
    }
  });

  it('of one sample are audio', async () => {
    expect((await decoded(samples.wav(1 / 16_000))).seconds).toBe(1 / 16_000);
  });

  it.each<[string, string, () => Buffer]>([
    ['of no bytes', 'is no audio', () => Buffer.alloc(0)],
    ['with a header and no samples', 'holds no audio', () => samples.wav(0)],
    ['with a header that promises samples', 'holds no audio', () => samples.wav(1).subarray(0, 44)],
    ['of half a header', 'is no audio', () => samples.wav(1).subarray(0, 20)],
    ['of text', 'is no audio', () => Buffer.from('Good morning. '.repeat(2_000))],
    [
      'that are a picture',
      'is no audio',
      () => Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk', 'base64'),
    ],
    ['that are a page', 'is no audio', () => Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['that are an archive', 'is no audio', () => Buffer.from('504b0304140000000800', 'hex')],
    ['of noise', 'is no audio', () => Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * n * 31 + (n >> 3) * 7) & 0xff))],
    [
      'of noise behind a good beginning',
      'is no audio',
      () => Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE'), Buffer.alloc(9_000, 0x37)]),
    ],
    ['without their index', 'is no audio', () => samples.movie(1).subarray(0, 50_000)],
    ['that are a playlist', 'is no audio', () => Buffer.from('#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n')],
    ['that are a list of files', 'is no audio', () => Buffer.from("ffconcat version 1.0\nfile '/etc/hostname'\n")],
  ])('are refused with the formats that can be read: %s', async (_name, text, make) => {
    const error = await refused(make());
    expect(error).toMatchObject({ code: 'audio-unreadable', status: 400, message: expect.stringContaining(`The file ${text}`) });
    if (text === 'is no audio') expect(error).toMatchObject({ message: expect.stringMatching(/WAV, FLAC, MP3, Ogg .* WebM/) });
  });

  it('lead to no other file', async () => {
    const secret = join(folder, 'secret.wav');
    await writeFile(secret, samples.wav(1, { sampleRate: 44_100 }));
    const leading = samples.movie(1, { dataFile: secret, hertz: 880 });
    await writeFile(join(folder, 'leading.mov'), leading);
    // A careless ffmpeg follows it.
    const careless = ['-loglevel', 'error', '-enable_drefs', '1', '-use_absolute_path', '1', '-i', join(folder, 'leading.mov')];
    const heard = execFileSync(ffmpegProgram(), [...careless, '-ar', '16000', '-f', 's16le', 'pipe:1'], { stdio: 'pipe' });
    expect(Math.abs(samples.hertzOf(heard, 16_000) - 440)).toBeLessThan(5);
    expect(await refused(leading)).toMatchObject({ code: 'audio-unreadable', message: 'The file holds no audio' });
  });

  it('that are too long are refused, whatever their header says', async () => {
    const tooLong = { code: 'too-large', status: 413, message: 'file: must hold at most 60 seconds of audio' };
    expect(await refused(samples.silentMp3(90))).toMatchObject(tooLong);
    expect(await refused(samples.wav(90, { dataBytes: 0xffff_ffff }))).toMatchObject(tooLong);
    expect(await refused(samples.wav(130, { dataBytes: 32_000 }), { maxSeconds: 120 })).toBe('1 s were decoded');
    expect((await decoded(samples.wav(60.5))).seconds).toBe(60.5);
    expect(await refused(samples.silentMp3(200), { maxSeconds: 180 })).toMatchObject({
      message: 'file: must hold at most 3 minutes of audio',
    });
  });

  it('that are too large are refused while they arrive', async () => {
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; sent < 1_000_000; sent += 1_000) yield new Uint8Array(1_000);
    }
    await expect(files.receive(endless(), { maxBytes: 10_000 })).rejects.toMatchObject({ code: 'too-large' });
    expect(sent).toBe(10_000);
  });

  it('are given up when their client is', async () => {
    const upload = await files.receive(inPieces(samples.silentMp3(1_500)), LIMITS);
    const gone = new AbortController();
    const decoding = upload.decode({ maxSeconds: 1_800, signal: gone.signal });
    await expect.poll(programsRunning).toBe(1);
    gone.abort();
    await expect(decoding).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(programsRunning).toBe(0);
    await upload.close();
  });

  it('wait for their turn, and are refused where too many wait', async () => {
    const slow = createAudioFiles({
      program: ffmpegProgram(),
      folder: join(folder, 'uploads'),
      decoding: createSlots({ running: 1, waiting: 1 }),
    });
    const uploads = await Promise.all([1, 2, 3].map(() => slow.receive(inPieces(samples.wav(1)), LIMITS)));
    const results = await Promise.allSettled(uploads.map((upload) => upload.decode({ maxSeconds: 60, signal: forever })));
    expect(results.map((result) => (result.status === 'rejected' ? result.reason.code : 'decoded')).sort()).toEqual([
      'decoded',
      'decoded',
      'server-busy',
    ]);
    await Promise.all(uploads.map((upload) => upload.close()));
  });

  it('cannot be read without ffmpeg, and the refusal says so', async () => {
    const none = createAudioFiles({ program: '/nowhere/ffmpeg', folder: join(folder, 'uploads'), decoding: (job) => job() });
    const upload = await none.receive(inPieces(samples.wav(1)), LIMITS);
    const refusal = { code: 'no-speech-model', message: expect.stringContaining('ffmpeg') };
    await expect(upload.decode({ maxSeconds: 60, signal: forever })).rejects.toMatchObject(refusal);
    await expect(encoded('opus', [samples.tone(1)], none)).rejects.toMatchObject(refusal);
    expect((await encoded('wav', [samples.tone(1)], none)).length).toBe(32_044);
    await upload.close();
  });
});

async function* eachOf<T>(items: T[]): AsyncGenerator<T> {
  yield* items;
}

const encoded = (format: SpeechFormat, parts: Int16Array[], by = files, sampleRate = 16_000) =>
  samples.collect(by.encode(format, eachOf(parts), { sampleRate, signal: forever }));

describe('speech is written', () => {
  it.each(SPEECH_FORMATS.flatMap((format) => [16_000, 22_050, 24_000].map((rate) => [format, rate] as const)))(
    'as %s from %i Hz, as long and as high as it was',
    async (format, rate) => {
      const parts = [samples.tone(0.5, rate), new Int16Array(0), samples.tone(1, rate)];
      const bytes = await encoded(format, parts, files, rate);
      const file =
        format === 'pcm' ? Buffer.concat([samples.wav(0, { sampleRate: 24_000, dataBytes: bytes.length }), bytes]) : bytes;
      const { seconds, hertz } = await decoded(file);
      expect(Math.abs(seconds - 1.5)).toBeLessThan(0.02);
      expect(Math.abs(hertz - 440)).toBeLessThan(5);
    },
  );

  it.each(SPEECH_FORMATS)('as %s in pieces: those of one part come before the next part is there', async (format) => {
    const order: string[] = [];
    let next: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => (next = resolve));
    async function* parts(): AsyncGenerator<Int16Array> {
      yield samples.tone(0.5);
      await heard;
      order.push('second part');
      yield samples.tone(0.5);
    }
    const headers = (await encoded(format, [])).length;
    let bytes = 0;
    for await (const piece of files.encode(format, parts(), { sampleRate: 16_000, signal: forever })) {
      bytes += piece.length;
      if (bytes < headers + 500 || order.length > 0) continue;
      order.push('bytes');
      next();
    }
    expect(order).toEqual(['bytes', 'second part']);
  });

  it.each(SPEECH_FORMATS)('as %s of nothing, too', async (format) => {
    const { length } = await encoded(format, []);
    expect([format, format === 'pcm' ? length === 0 : length > 40]).toEqual([format, true]);
  });

  it.each(SPEECH_FORMATS)('as %s until it is aborted, or nobody reads on, or its parts fail', async (format) => {
    async function* endless(): AsyncGenerator<Int16Array> {
      for (;;) yield samples.tone(0.1);
    }
    async function* failing(): AsyncGenerator<Int16Array> {
      yield samples.tone(0.5);
      throw new Error('the engine broke');
    }
    const gone = new AbortController();
    const read = async (parts: AsyncIterable<Int16Array>, each: () => void) => {
      for await (const _ of files.encode(format, parts, { sampleRate: 16_000, signal: gone.signal })) each();
    };
    await expect(read(failing(), () => undefined)).rejects.toThrow('the engine broke');
    const stop = new Error('stop');
    await expect(
      read(endless(), () => {
        throw stop;
      }),
    ).rejects.toBe(stop);
    await expect(read(endless(), () => gone.abort())).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(programsRunning).toBe(0);
  });
});
