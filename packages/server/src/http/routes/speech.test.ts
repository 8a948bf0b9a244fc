import type { AddressInfo } from 'node:net';
import { createParser } from 'eventsource-parser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAudioFiles } from '../../audio-files/audio-files.ts';
import { AppError } from '../../core/errors.ts';
import { SPEECH_FORMATS } from '../../core/speech/audio-files.ts';
import { ffmpegProgram } from '../../providers/ffmpeg-program.ts';
import { wav } from '../../testing/audio-samples.ts';
import { MULTIPART, multipartBody } from '../../testing/multipart-body.ts';
import { type Script, type ScriptedSpeech, scriptedSpeech } from '../../testing/scripted-speech.ts';
import { describeOpenAiClient } from '../../testing/speech-clients.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const TWO_SENTENCES = 'Good morning to you. How are you today?';
const FORM = multipartBody([{ name: 'file', file: wav(1) }]);
const forever = new AbortController().signal;

/** Opened by a test, closed after it. */
const opened: TestApi[] = [];
afterEach(async () => {
  for (const api of opened.splice(0)) {
    // `fetch` opens a new connection where it broke one off.
    const closing = api.close();
    api.app.server.closeAllConnections();
    await closing;
  }
});

interface Server extends ScriptedSpeech {
  api: TestApi;
  post(body: object, options?: { signal?: AbortSignal; path?: string }): Promise<Response>;
}

/** A listening server whose voice keeps to a script. */
async function serve(script?: Script): Promise<Server> {
  const scripted = scriptedSpeech(script);
  const api = await startTestApi({ speech: scripted.service });
  opened.push(api);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  return {
    ...scripted,
    api,
    post: (body, { path = '/api/v1/speech', signal } = {}) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': api.apiKey },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
  };
}

/** The length of an audio file, in seconds. */
async function lengthOf(bytes: Uint8Array, format: (typeof SPEECH_FORMATS)[number]): Promise<number> {
  const temporary = await temporaryStorage();
  const files = createAudioFiles({ program: ffmpegProgram(), folder: temporary.folder, decoding: (job) => job() });
  const header = format === 'pcm' ? wav(0, { sampleRate: 24_000, dataBytes: bytes.length }) : Buffer.alloc(0);
  async function* whole() {
    yield Buffer.concat([header, bytes]);
  }
  const upload = await files.receive(whole(), { maxBytes: 10_000_000 });
  const { durationSeconds } = await upload.decode({ maxSeconds: 60, signal: forever });
  await upload.close();
  await temporary.remove();
  return durationSeconds;
}

/** A promise and what settles it. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), passed };
}

async function eventsOf(answer: Response) {
  // biome-ignore lint/suspicious/noExplicitAny: events of every shape
  const events: any[] = [];
  const parser = createParser({ onEvent: ({ data }) => events.push(JSON.parse(data)) });
  parser.feed(await answer.text());
  return events;
}

describe('POST /speech', () => {
  it.each(SPEECH_FORMATS)('answers with %s that is as long as what was said', async (format) => {
    const { post, spoken } = await serve();
    const answer = await post({ input: TWO_SENTENCES, response_format: format });
    const types = { wav: 'audio/wav', pcm: 'audio/pcm;rate=24000', opus: 'audio/ogg', flac: 'audio/flac' };
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, types[format]]);
    expect(answer.headers.get('content-length')).toBeNull();
    const length = await lengthOf(Buffer.from(await answer.arrayBuffer()), format);
    expect(Math.abs(length - 2)).toBeLessThan(0.02);
    expect(spoken[0]).toMatchObject({ text: TWO_SENTENCES, voice: undefined, speed: 1 });
    expect(spoken[0]?.signal.aborted).toBe(false);
  });

  it('is WAV where nothing else is asked for', async () => {
    const { post } = await serve();
    const bytes = Buffer.from(await (await post({ input: 'Hello.' })).arrayBuffer());
    expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
    expect(bytes.readUInt32LE(24)).toBe(22_050);
  });

  it('speaks with the voice that is asked for, where there is one, and says who speaks', async () => {
    const { post, spoken } = await serve({ voices: ['local/clara', 'local/samuel'] });
    const cases: Array<[voice: unknown, asked: string | undefined, speaks: string]> = [
      [undefined, undefined, 'local/clara'],
      ['local/samuel', 'local/samuel', 'local/samuel'],
      [{ id: 'local/samuel' }, 'local/samuel', 'local/samuel'],
      ['alloy', 'alloy', 'local/clara'],
      ['21m00Tcm4TlvDq8ikWAM', '21m00Tcm4TlvDq8ikWAM', 'local/clara'],
    ];
    for (const [voice, asked, speaks] of cases) {
      const answer = await post({ input: 'Hello.', voice, model: 'gpt-4o-mini-tts', instructions: 'Whisper.', speed: 1.5 });
      await answer.arrayBuffer();
      expect([answer.status, spoken.at(-1)?.voice, answer.headers.get('x-voice')]).toEqual([200, asked, speaks]);
      expect(spoken.at(-1)?.speed).toBe(1.5);
    }
  });

  it('is refused with the field named where it asks for what cannot be had', async () => {
    const { api, spoken } = await serve();
    const cases: Array<[body: object, field: string, problem: string]> = [
      [{ response_format: 'mp3' }, 'response_format', 'must be one of wav, pcm, opus and flac (mp3 and aac cannot be made here)'],
      [{ response_format: 'aac' }, 'response_format', 'must be one of wav, pcm, opus and flac (mp3 and aac cannot be made here)'],
      [{ speed: 0.25 }, 'speed', 'must be from 0.5 to 2'],
      [{ speed: 4 }, 'speed', 'must be from 0.5 to 2'],
      [{ input: '' }, 'input', 'must have >=1 characters'],
      [{ input: ' \n' }, 'input', 'must not be empty'],
      [{ input: 'x'.repeat(4_097) }, 'input', 'must have <=4096 characters'],
      [{ voice: '' }, 'voice', 'must have >=1 characters'],
      [{ stream_format: 'video' }, 'stream_format', 'must be one of "audio"|"sse"'],
    ];
    for (const [body, field, problem] of cases) {
      const answer = await api.call('POST', '/speech', { input: 'Hello.', ...body });
      expect([body, answer.status, answer.body.details]).toEqual([body, 400, { [field]: problem }]);
    }
    expect(spoken).toEqual([]);
  });

  it('sends what was said before the next sentence is there', async () => {
    for (const format of SPEECH_FORMATS) {
      const second = gate();
      const { post } = await serve({ beforePart: () => second.passed });
      const answer = await post({ input: TWO_SENTENCES, response_format: format });
      const reader = answer.body?.getReader();
      // Deadlocks, if the answer waits for the second sentence.
      const first = await reader?.read();
      expect([format, (first?.value?.length ?? 0) > 0]).toEqual([format, true]);
      second.open();
      while (!(await reader?.read())?.done);
    }
  });

  it('tells what went wrong before the first byte in JSON', async () => {
    const errors = [
      new AppError('no-speech-model', 'No speech model is here; run "npm run models -- pull x"'),
      new AppError('speech-model-loading', undefined, { retryAfterSeconds: 7 }),
      new AppError('speech-busy', undefined, { retryAfterSeconds: 2 }),
      new Error('a bug'),
    ];
    for (const error of errors) {
      for (const script of [{ refuse: error }, { failAt: { part: 0, error } }]) {
        const { api } = await serve(script);
        for (const format of SPEECH_FORMATS) {
          for (const stream_format of ['audio', 'sse']) {
            const answer = await api.call('POST', '/speech', { input: 'Hi.', response_format: format, stream_format });
            const expected = error instanceof AppError ? error : new AppError('internal');
            expect(answer).toMatchObject({
              status: expected.status,
              body: { success: false, error: expected.message, code: expected.code },
            });
            expect(answer.headers['content-type']).toMatch(/^application\/json/);
            expect(answer.headers['x-voice']).toBeUndefined();
            expect(answer.headers['retry-after']).toBe(expected.retryAfterSeconds?.toString());
          }
        }
      }
    }
  });

  it('breaks off where it fails half-way, and never looks whole', async () => {
    for (const format of SPEECH_FORMATS) {
      const { post } = await serve({ failAt: { part: 1, error: new AppError('speech-busy') } });
      const answer = await post({ input: TWO_SENTENCES, response_format: format });
      expect(answer.status).toBe(200);
      await expect(answer.arrayBuffer()).rejects.toThrow();
    }
  });

  it('stops when nobody listens any more, before the first byte and after it', async () => {
    for (const format of SPEECH_FORMATS) {
      for (const stream_format of ['audio', 'sse']) {
        const never = new Promise<void>(() => undefined);
        const { post, spoken } = await serve({ beforePart: () => never });
        const client = new AbortController();
        const answer = await post({ input: TWO_SENTENCES, response_format: format, stream_format }, { signal: client.signal });
        await answer.body?.getReader().read();
        expect(spoken[0]?.signal.aborted).toBe(false);
        client.abort();
        await expect.poll(() => spoken[0]?.signal.aborted).toBe(true);
      }
    }
    const { post, spoken } = await serve({ beforeFirst: new Promise<void>(() => undefined) });
    const client = new AbortController();
    const answer = post({ input: 'Hi.' }, { signal: client.signal });
    await expect.poll(() => spoken.length).toBe(1);
    client.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => spoken[0]?.signal.aborted).toBe(true);
  });

  it('leaves no program behind', async () => {
    await expect.poll(() => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap')).toEqual([]);
  });
});

describe('POST /speech with server-sent events', () => {
  it.each(SPEECH_FORMATS)('tells words, then audio (%s), then that it is done', async (format) => {
    const { post } = await serve();
    const answer = await post({ input: TWO_SENTENCES, response_format: format, stream_format: 'sse' });
    expect([answer.headers.get('content-type'), answer.headers.get('x-voice')]).toEqual([
      'text/event-stream; charset=utf-8',
      'local/clara',
    ]);
    const events = await eventsOf(answer);
    expect(events[0]).toMatchObject({ type: 'speech.audio.words' });
    const words = events.flatMap((event) => event.words ?? []);
    expect(words.map(({ word }) => word).join(' ')).toBe(TWO_SENTENCES);
    expect(words[4]).toEqual({ word: 'How', start: 1, end: 1.25, phonemes: [{ phoneme: 'ə', start: 1, end: 1.25 }] });
    const audio = Buffer.concat(events.flatMap((event) => (event.audio ? [Buffer.from(event.audio, 'base64')] : [])));
    expect(Math.abs((await lengthOf(audio, format)) - 2)).toBeLessThan(0.02);
    expect(events.at(-1)).toEqual({
      type: 'speech.audio.done',
      usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
    });
    expect(new Set(events.slice(0, -1).map(({ type }) => type))).toEqual(new Set(['speech.audio.words', 'speech.audio.delta']));
  });

  it('ends with what went wrong', async () => {
    const { post } = await serve({ failAt: { part: 1, error: new AppError('speech-busy') } });
    const events = await eventsOf(await post({ input: TWO_SENTENCES, stream_format: 'sse' }));
    expect(events.at(-1)).toEqual({ type: 'error', success: false, error: 'The speech engine is busy', code: 'speech-busy' });
    expect(events.map(({ type }) => type)).toContain('speech.audio.delta');
  });
});

describe('speech', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startTestApi({ speech: scriptedSpeech().service });
  });
  afterAll(() => api.close());

  it('is had where the clients of OpenAI look for it, on both base paths', async () => {
    for (const prefix of ['/api/v1', '/v1']) {
      for (const path of ['/speech', '/audio/speech']) {
        expect((await api.call('POST', prefix + path, { input: 'Hi.' })).status).toBe(200);
      }
    }
    const { paths } = (await api.call('GET', '/openapi.json')).body;
    expect(Object.keys(paths).filter((path) => /speech|transcr/.test(path))).toEqual([
      '/api/v1/speech',
      '/api/v1/transcriptions',
    ]);
  });

  it('takes a key with the scope of sessions, or a sign-in, and no session token', async () => {
    const ids = { agent_id: (await api.call('POST', '/agents', { name: 'A' })).body.agent.agent_id };
    const token = (await api.call('POST', '/sessions', ids)).body.session.session_token;
    for (const path of ['/speech', '/transcriptions', '/audio/speech', '/audio/transcriptions']) {
      const status = async (headers: Record<string, string>) => {
        const body = path.endsWith('speech') ? { input: 'Hi.' } : FORM;
        return (await api.call('POST', path, body, path.endsWith('speech') ? headers : { ...MULTIPART, ...headers })).status;
      };
      const key = async (scope: string) => (await api.call('POST', '/keys', { name: scope, scopes: [scope] })).body.key as string;
      expect(await status({ authorization: `Bearer ${token}` })).toBe(403);
      expect(await status({ 'x-api-key': await key('avatars') })).toBe(403);
      expect(await status({ 'x-api-key': await key('sessions') })).toBe(200);
      expect(await status({ 'x-api-key': 'ah_live_nobody' })).toBe(401);
    }
  });

  it('is refused with the way out where the server has no engine', async () => {
    const silent = await startTestApi();
    opened.push(silent);
    const refusal = { status: 503, body: { code: 'no-speech-model', error: expect.stringContaining('without speech') } };
    expect(await silent.call('POST', '/speech', { input: 'Hi.' })).toMatchObject(refusal);
    expect(await silent.call('POST', '/transcriptions', FORM, MULTIPART)).toMatchObject(refusal);
  });
});

describeOpenAiClient('a scripted engine', async () => {
  const segments = ['Good morning.', 'The library opens at nine.'].map((text, n) => ({ text, start: n, end: n + 0.9 }));
  const scripted = scriptedSpeech({ segments });
  const api = await startTestApi({ speech: scripted.service });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/api/v1`, apiKey: api.apiKey, close: api.close };
});
