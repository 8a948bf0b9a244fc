import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPreviewFolder } from '../../audio-files/preview-folder.ts';
import { AppError } from '../../core/errors.ts';
import type { Voice, VoiceCatalogue } from '../../core/voices/voice.ts';
import { withPreviews } from '../../core/voices/voice-previews.ts';
import { type Script, scriptedSpeech } from '../../testing/scripted-speech.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const voice = (id: string, more: Partial<Voice> = {}): Voice => ({
  id,
  name: 'Clara',
  provider: 'local',
  language: 'en',
  gender: 'female',
  previewUrl: null,
  available: true,
  ...more,
});
const CLARA = voice('local/clara');
const FRANCE = voice('local/amélie', { name: 'Amélie', language: 'fr-FR' });
const ABSENT = voice('local/mei', { name: 'Mei', available: false });
const REMOTE = voice('eleven', { available: false, previewUrl: 'https://example.com/eleven.mp3' });

const catalogueOf = (...voices: Voice[]): VoiceCatalogue => ({ list: async () => voices });
const clara = scriptedSpeech({ voices: [CLARA.id, FRANCE.id] });

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({
    speech: clara.service,
    voices: catalogueOf(CLARA, FRANCE, ABSENT, REMOTE),
    publicUrl: 'https://v.example',
  });
});
afterAll(() => api.close());

const previewOf = async (id: string, from = api): Promise<string> => {
  const { voices } = (await from.call('GET', '/voices')).body;
  return voices.find((one: { voice_id: string }) => one.voice_id === id).preview_url;
};
const get = (url: string, headers: Record<string, string> = {}, from = api) =>
  from.app.inject({ method: 'GET', url: new URL(url).pathname, headers });

describe('the voices of GET /voices', () => {
  it('have a preview under the public address while they can speak', async () => {
    const { voices } = (await api.call('GET', '/voices')).body;
    expect(voices.map((one: { preview_url: string }) => one.preview_url)).toEqual([
      expect.stringMatching(/^https:\/\/v\.example\/voices\/preview\/local-clara-[0-9a-f]{16}\.wav$/),
      expect.stringMatching(/^https:\/\/v\.example\/voices\/preview\/local-am-lie-[0-9a-f]{16}\.wav$/),
      null,
      'https://example.com/eleven.mp3',
    ]);
  });
});

describe('a preview', () => {
  it('is made once, however many ask for it at once, and then kept', async () => {
    const url = await previewOf(CLARA.id);
    const before = clara.spoken.length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(url)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ rawPayload }) => rawPayload.toString('base64'))).size).toBe(1);
    await get(url);
    expect(clara.spoken.slice(before)).toMatchObject([
      { text: 'Hello, I am Clara. How can I help you today?', voice: CLARA.id, speed: 1 },
    ]);
  });

  it('is a whole WAV that anybody may play and keep', async () => {
    const { headers, rawPayload } = await get(await previewOf(CLARA.id));
    expect(headers).toMatchObject({
      'content-type': 'audio/wav',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    // Ten words of a quarter of a second.
    expect([rawPayload.readUInt32LE(40), rawPayload.readUInt32LE(4)]).toEqual([rawPayload.length - 44, rawPayload.length - 8]);
    expect(rawPayload.length - 44).toBe(Math.round(10 * 0.25 * 22_050) * 2);
    const again = await get(await previewOf(CLARA.id), { 'if-none-match': String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('comes in ranges, which Safari plays nothing without', async () => {
    const url = await previewOf(CLARA.id);
    const whole = (await get(url)).rawPayload;
    const { length } = whole;
    const ranges: Array<[range: string, start: number, end: number]> = [
      ['bytes=0-1', 0, 2],
      ['bytes=44-', 44, length],
      ['bytes=-100', length - 100, length],
      [`bytes=100-${length + 50}`, 100, length],
    ];
    for (const [range, start, end] of ranges) {
      const { statusCode, headers, rawPayload } = await get(url, { range });
      expect([range, statusCode, headers['content-range'], rawPayload.equals(whole.subarray(start, end))]).toEqual([
        range,
        206,
        `bytes ${start}-${end - 1}/${length}`,
        true,
      ]);
    }
    for (const range of ['bytes=5-2', `bytes=${length}-`, 'bytes=-', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-0', 'bytes=a-b']) {
      const { statusCode, rawPayload } = await get(url, { range });
      expect([range, statusCode, rawPayload.length]).toEqual([range, 200, length]);
    }
  });

  it('speaks the language of its voice', async () => {
    await get(await previewOf(FRANCE.id));
    expect(clara.spoken.at(-1)).toMatchObject({ text: expect.stringContaining('je suis Amélie'), voice: FRANCE.id });
  });

  it('that no voice has is not there', async () => {
    const before = clara.spoken.length;
    const good = new URL(await previewOf(CLARA.id)).pathname.split('/').at(-1) ?? '';
    const names = [
      good.replace(/.\.wav$/, (end) => `${end[0] === '0' ? '1' : '0'}.wav`),
      good.replace('.wav', '.mp3'),
      `${good}.part`,
      'local-mei-0123456789abcdef.wav',
      '..%2f..%2fvisavis.db',
      '%2e%2e',
      'x'.repeat(500),
      '',
    ];
    for (const name of names) {
      const answer = await get(`https://v.example/voices/preview/${name}`);
      expect([name, answer.statusCode, answer.json().code]).toEqual([name, 404, 'route-not-found']);
    }
    expect(clara.spoken.length).toBe(before);
  });
});

describe('previews', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'visavis-previews-'));
  });
  afterEach(() => rm(join(folder, 'voices'), { recursive: true, force: true }));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const open = (voices: Voice[], engine = 'piper 1', script: Script = { voices: voices.map(({ id }) => id) }) => {
    const { service, spoken } = scriptedSpeech(script);
    const store = openPreviewFolder(join(folder, 'voices'));
    const audible = withPreviews(catalogueOf(...voices), { speech: service, store, engineOf: () => engine });
    const names = async () => (await audible.list()).map(({ previewUrl }) => previewUrl?.split('/').at(-1) ?? '');
    return { audible, spoken, names };
  };
  const files = () => readdir(join(folder, 'voices')).catch(() => []);

  it('outlive the server, and are made anew by another engine or for another text', async () => {
    const first = open([CLARA, FRANCE]);
    for (const name of await first.names()) await first.audible.preview(name);
    expect((await files()).sort()).toEqual((await first.names()).sort());

    const again = open([CLARA, FRANCE]);
    for (const name of await again.names()) await again.audible.preview(name);
    expect(again.spoken).toEqual([]);

    const other = open([CLARA, FRANCE], 'piper 2');
    expect(await other.names()).not.toEqual(await first.names());
    for (const name of await other.names()) await other.audible.preview(name);
    expect((await files()).sort()).toEqual((await other.names()).sort());

    const renamed = open([{ ...CLARA, name: 'Klara' }], 'piper 2');
    expect(await renamed.names()).not.toContain((await other.names())[0]);
  });

  it('that could not be made are tried again, and leave nothing', async () => {
    const script: Script = { voices: [CLARA.id], failAt: { part: 1, error: new AppError('speech-busy') } };
    const { audible, names, spoken } = open([CLARA], 'piper 1', script);
    const [name = ''] = await names();
    await expect(audible.preview(name)).rejects.toMatchObject({ code: 'speech-busy' });
    await expect(audible.preview(name)).rejects.toMatchObject({ code: 'speech-busy' });
    expect(spoken.length).toBe(2);
    delete script.failAt;
    expect((await audible.preview(name))?.length).toBeGreaterThan(10_000);
    expect(await files()).toEqual([name]);
  });

  it('are never of another voice than their own', async () => {
    const { audible, names } = open([CLARA], 'piper 1', { voices: ['local/samuel'] });
    const [name = ''] = await names();
    await expect(audible.preview(name)).rejects.toMatchObject({ code: 'no-speech-model' });
    expect(await files()).toEqual([]);
  });

  it('leave alone what else is in their folder', async () => {
    const { audible, names } = open([CLARA]);
    const [name = ''] = await names();
    await audible.preview(name);
    await writeFile(join(folder, 'voices', 'notes.txt'), 'mine');
    const other = open([CLARA], 'piper 2');
    await other.audible.preview((await other.names())[0] ?? '');
    expect((await files()).sort()).toEqual([...(await other.names()), 'notes.txt'].sort());
  });

  it('are refused, and not remembered, where the engine is busy', async () => {
    const busy = await startTestApi({
      speech: scriptedSpeech({ refuse: new AppError('speech-busy') }).service,
      voices: catalogueOf(CLARA),
    });
    const { statusCode, headers } = await get(await previewOf(CLARA.id, busy), {}, busy);
    expect([statusCode, headers['cache-control']]).toEqual([503, 'no-store']);
    await busy.close();
  });
});
