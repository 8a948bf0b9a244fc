import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A running server, with whatever engine behind it. */
export interface SpeakingServer {
  /** With `/api/v1`. */
  baseUrl: string;
  apiKey: string;
  close(): Promise<void>;
}

const TEXT = 'Good morning. The library opens at nine. Please bring the blue folder with you.';

/** What OpenAI's own client can do with a server. Nothing here depends on how well an engine speaks or listens. */
export function describeOpenAiClient(engine: string, start: () => Promise<SpeakingServer>): void {
  describe(`OpenAI’s client, with ${engine},`, () => {
    let server: SpeakingServer;
    let client: OpenAI;
    beforeAll(async () => {
      server = await start();
      client = new OpenAI({ baseURL: server.baseUrl, apiKey: server.apiKey, maxRetries: 0 });
    });
    afterAll(() => server.close());

    const speak = async (format?: 'wav' | 'opus' | 'flac' | 'pcm') => {
      const request = { model: 'tts-1', voice: 'alloy', input: TEXT, ...(format && { response_format: format }) };
      return client.audio.speech.create(request);
    };
    const spoken = async () => toFile(await speak(), 'speech.wav');

    it('gets speech in every format there is', async () => {
      for (const [format, type, start] of [
        [undefined, 'audio/wav', 'RIFF'],
        ['wav', 'audio/wav', 'RIFF'],
        ['opus', 'audio/ogg', 'OggS'],
        ['flac', 'audio/flac', 'fLaC'],
        ['pcm', 'audio/pcm;rate=24000', ''],
      ] as const) {
        const answer = await speak(format);
        const bytes = Buffer.from(await answer.arrayBuffer());
        expect([format, answer.headers.get('content-type')]).toEqual([format, type]);
        expect(bytes.toString('latin1', 0, start.length)).toBe(start);
        expect(bytes.length).toBeGreaterThan(4_000);
        expect(answer.headers.get('x-voice')).toMatch(/./);
      }
    });

    it('gets a refusal of the formats there are not', async () => {
      const request = client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hi.', response_format: 'mp3' });
      await expect(request).rejects.toMatchObject({ status: 400, message: expect.stringContaining('wav, pcm, opus and flac') });
    });

    it('gets transcripts in every format there is', async () => {
      const file = await spoken();
      const plain = await client.audio.transcriptions.create({ model: 'whisper-1', file });
      expect(plain.text).toMatch(/\w/);
      const verbose = await client.audio.transcriptions.create({
        model: 'whisper-1',
        file,
        language: 'en',
        prompt: 'A library.',
        temperature: 0,
        response_format: 'verbose_json',
        timestamp_granularities: ['word', 'segment'],
      });
      expect(verbose).toMatchObject({ text: plain.text, language: 'en' });
      expect(verbose.duration).toBeGreaterThan(1);
      expect(verbose.segments?.[0]).toMatchObject({
        id: 0,
        start: expect.any(Number),
        end: expect.any(Number),
        text: expect.stringMatching(/\w/),
      });
      expect(await client.audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'text' })).toBe(
        `${plain.text}\n`,
      );
      expect(await client.audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'srt' })).toMatch(
        /^1\n00:00:\d\d,\d{3} --> 00:00:\d\d,\d{3}\n\S/,
      );
      expect(await client.audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'vtt' })).toMatch(
        /^WEBVTT\n\n00:00:\d\d\.\d{3} --> 00:00:\d\d\.\d{3}\n\S/,
      );
    });

    it('gets a transcript as it is made', async () => {
      const file = await spoken();
      const stream = await client.audio.transcriptions.create({ model: 'whisper-1', file, stream: true });
      let deltas = '';
      let whole: string | undefined;
      for await (const event of stream) {
        expect(whole).toBeUndefined();
        if (event.type === 'transcript.text.delta') deltas += event.delta;
        if (event.type === 'transcript.text.done') whole = event.text;
      }
      expect(whole).toMatch(/\w/);
      expect(deltas).toBe(whole);
    });

    it('is told what is wrong with a file', async () => {
      const file = await toFile(Buffer.from('no audio at all'), 'speech.wav');
      await expect(client.audio.transcriptions.create({ model: 'whisper-1', file })).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining('The file is no audio that can be read'),
      });
    });
  });
}
