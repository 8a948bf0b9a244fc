import { readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { createParser } from 'eventsource-parser';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import type { TranscriptSegment } from '../../core/speech/speech.ts';
import * as samples from '../../testing/audio-samples.ts';
import { MULTIPART, multipartBody, type Part } from '../../testing/multipart-body.ts';
import { type Script, type ScriptedSpeech, scriptedSpeech } from '../../testing/scripted-speech.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

const SEGMENTS: TranscriptSegment[] = [
  {
    start: 0.25,
    end: 1.4996,
    text: 'Good morning.',
    words: [
      { start: 0.25, end: 0.8, text: 'Good' },
      { start: 0.8, end: 1.4996, text: 'morning.' },
    ],
  },
  { start: 3_723.004, end: 3_724, text: 'Tom & <Jerry>', words: [{ start: 3_723.004, end: 3_724, text: 'Tom & <Jerry>' }] },
];

let api: TestApi;
let speech: ScriptedSpeech;
beforeAll(async () => {
  speech = scriptedSpeech({ segments: SEGMENTS });
  api = await startTestApi({ speech: speech.service });
});
afterAll(() => api.close());

const opened: TestApi[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) {
    const closing = one.close();
    one.app.server.closeAllConnections();
    await closing;
  }
});

const withFile = (file: Buffer, fields: Record<string, string> = {}): Part[] => [
  // The file first, as clients send it.
  { name: 'file', file, fileName: 'speech.wav', type: 'audio/wav' },
  ...Object.entries(fields).map(([name, value]) => ({ name, value })),
];
const send = (parts: Part[], to = api): Promise<TestAnswer> =>
  to.call('POST', '/transcriptions', multipartBody(parts), MULTIPART);
const transcribe = (fields: Record<string, string> = {}, file = samples.wav(1)) => send(withFile(file, fields));

describe('POST /transcriptions', () => {
  it('answers with the text in JSON where nothing else is asked for', async () => {
    const text = 'Good morning. Tom & <Jerry>';
    expect(await transcribe()).toMatchObject({ status: 200, body: { success: true, text } });
    expect((await transcribe({ response_format: 'json' })).body).toEqual({ success: true, text });
  });

  it('answers with plain text, SubRip and WebVTT', async () => {
    const cases = [
      ['text', 'text/plain; charset=utf-8', 'Good morning. Tom & <Jerry>\n'],
      [
        'srt',
        'application/x-subrip; charset=utf-8',
        '1\n00:00:00,250 --> 00:00:01,500\nGood morning.\n\n2\n01:02:03,004 --> 01:02:04,000\nTom & <Jerry>\n',
      ],
      [
        'vtt',
        'text/vtt; charset=utf-8',
        'WEBVTT\n\n00:00:00.250 --> 00:00:01.500\nGood morning.\n\n01:02:03.004 --> 01:02:04.000\nTom &amp; &lt;Jerry&gt;\n',
      ],
    ];
    for (const [response_format = '', type, text] of cases) {
      const answer = await transcribe({ response_format });
      expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([200, type, text]);
    }
  });

  it('answers with stretches, and with words where they are asked for and known', async () => {
    const common = { success: true, task: 'transcribe', language: 'en-GB', duration: 1, text: 'Good morning. Tom & <Jerry>' };
    const segments = [
      { id: 0, start: 0.25, end: 1.5, text: 'Good morning.' },
      { id: 1, start: 3_723.004, end: 3_724, text: 'Tom & <Jerry>' },
    ];
    const words = [
      { word: 'Good', start: 0.25, end: 0.8 },
      { word: 'morning.', start: 0.8, end: 1.5 },
      { word: 'Tom & <Jerry>', start: 3_723.004, end: 3_724 },
    ];
    const verbose = async (granularities: string[], to = api) => {
      const more = granularities.map((value) => ({ name: 'timestamp_granularities[]', value }));
      const fields = { response_format: 'verbose_json', language: 'en-GB' };
      return (await send([...withFile(samples.wav(1), fields), ...more], to)).body;
    };
    expect(await verbose([])).toEqual({ ...common, segments });
    expect(await verbose(['segment'])).toEqual({ ...common, segments });
    expect(await verbose(['word'])).toEqual({ ...common, words });
    expect(await verbose(['word', 'segment'])).toEqual({ ...common, segments, words });
    const wordless = await startTestApi({ speech: scriptedSpeech().service });
    opened.push(wordless);
    expect(Object.keys(await verbose(['word'], wordless))).not.toContain('words');
  });

  it('hears all of a file, whatever it is', async () => {
    const files: Array<[string, Buffer]> = [
      ['wav', samples.wav(1.5)],
      ['loud', samples.wav(1.5, { sampleRate: 192_000, bits: 24, channels: 2 })],
      ['telephone', samples.muLawWav(1.5)],
      ['flac', samples.written('flac', 1.5)],
      ['opus', samples.written('ogg', 1.5)],
      ['webm', samples.webm(1.5)],
      ['movie', samples.movie(1.5)],
    ];
    for (const [name, file] of files) {
      const before = speech.heard.length;
      expect((await transcribe({ language: 'de' }, file)).status).toBe(200);
      const heard = speech.heard[before];
      expect([name, Math.abs((heard?.bytes ?? 0) / 32_000 - 1.5) < 0.02, heard?.language]).toEqual([name, true, 'de']);
    }
  });

  it('passes over what other servers know', async () => {
    const parts: Part[] = [
      { name: 'model', value: 'gpt-4o-transcribe' },
      { name: 'language', value: '' },
      { name: 'prompt', value: 'Names: Tom, Jerry' },
      { name: 'temperature', value: '0.2' },
      { name: 'include[]', value: 'logprobs' },
      { name: 'include[]', value: 'other' },
      { name: 'chunking_strategy[type]', value: 'server_vad' },
      { name: 'chunking_strategy[threshold]', value: '0.5' },
      { name: 'known_speaker_names[]', value: 'Tom' },
      { name: 'vad_filter', value: 'true' },
      ...withFile(samples.wav(1)),
    ];
    expect((await send(parts)).status).toBe(200);
    expect(speech.heard.at(-1)?.language).toBeUndefined();
  });

  it('is refused with the field named where a field is wrong, and nobody listens', async () => {
    const before = speech.heard.length;
    const cases: Array<[fields: Record<string, string>, field: string]> = [
      [{ response_format: 'diarized_json' }, 'response_format'],
      [{ language: 'English, please' }, 'language'],
      [{ language: '../../etc' }, 'language'],
      [{ stream: 'perhaps' }, 'stream'],
      [{ 'timestamp_granularities[]': 'syllable' }, 'timestamp_granularities[].0'],
      [{ model: 'x'.repeat(201) }, 'model'],
      [{ prompt: 'x'.repeat(5_000) }, 'prompt'],
    ];
    for (const [fields, field] of cases) {
      const answer = await transcribe(fields);
      expect([fields, answer.status, Object.keys(answer.body.details ?? {})]).toEqual([fields, 400, [field]]);
    }
    const twice = await send([...withFile(samples.wav(1)), { name: 'language', value: 'en' }, { name: 'language', value: 'de' }]);
    expect([twice.status, twice.body.details]).toEqual([400, { language: 'is given twice' }]);
    expect(speech.heard.length).toBe(before);
  });

  it('is refused where there is no file', async () => {
    const forms: Part[][] = [
      [],
      [{ name: 'model', value: 'whisper-1' }],
      [{ name: 'file', value: 'a text' }],
      withFile(Buffer.alloc(0)),
    ];
    for (const form of forms) {
      const answer = await send(form);
      if (form.length === 0) expect(answer.status).toBe(400);
      else expect(answer).toMatchObject({ status: 400, body: { code: 'no-file-uploaded', error: 'No file uploaded' } });
    }
    const json = await api.call('POST', '/transcriptions', { file: 'x' });
    expect(json).toMatchObject({ status: 400, body: { details: { 'content-type': expect.any(String) } } });
    const two = await send([...withFile(samples.wav(1)), ...withFile(samples.wav(1))]);
    expect(two).toMatchObject({ status: 400, body: { details: { file: 'must be one file' } } });
  });

  it('is refused with the formats that can be read where a file is no audio', async () => {
    for (const file of [
      Buffer.from('Dear Sir or Madam'),
      samples.wav(1).subarray(0, 20),
      Buffer.from('%PDF-1.7\n'),
      Buffer.alloc(100_000, 7),
    ]) {
      const answer = await transcribe({}, file);
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'audio-unreadable', error: expect.stringMatching(/WAV.*MP3.*WebM/), details: { file: expect.any(String) } },
      });
    }
    expect((await transcribe({}, samples.wav(0))).body.error).toBe('The file holds no audio');
    expect((await transcribe({}, samples.wav(1 / 16_000))).status).toBe(200);
  });

  it('is refused where a file is too large or too long, and says how much it may be', async () => {
    const tooLarge = await transcribe({}, Buffer.alloc(25 * 1024 * 1024 + 1));
    expect(tooLarge).toMatchObject({ status: 413, body: { code: 'too-large', error: 'file: must be at most 25 MB' } });
    const before = speech.heard.length;
    const tooLong = await transcribe({}, samples.silentMp3(30 * 60 + 10));
    expect(tooLong).toMatchObject({
      status: 413,
      body: { code: 'too-large', error: 'file: must hold at most 30 minutes of audio' },
    });
    expect(speech.heard.length).toBe(before);
    expect((await transcribe({}, samples.silentMp3(30 * 60))).status).toBe(200);
  });

  it('is refused as the engine refuses', async () => {
    for (const code of ['no-speech-model', 'speech-model-loading', 'speech-busy'] as const) {
      const refusing = await startTestApi({ speech: scriptedSpeech({ refuse: new AppError(code) }).service });
      opened.push(refusing);
      for (const fields of [{}, { stream: 'true' }] as Array<Record<string, string>>) {
        expect(await send(withFile(samples.wav(1), fields), refusing)).toMatchObject({ status: 503, body: { code } });
      }
    }
  });

  it('answers many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => transcribe()));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
  });
});

/** A promise and what settles it. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), passed };
}

/** A listening server whose ears keep to a script. */
async function serve(script: Script) {
  const scripted = scriptedSpeech({ segments: SEGMENTS, ...script });
  const server = await startTestApi({ speech: scripted.service });
  opened.push(server);
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = server.app.server.address() as AddressInfo;
  const post = (fields: Record<string, string>, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}/api/v1/transcriptions`, {
      method: 'POST',
      headers: { ...MULTIPART, 'x-api-key': server.apiKey },
      body: new Uint8Array(multipartBody(withFile(samples.wav(1), fields))),
      ...(signal && { signal }),
    });
  return { ...scripted, server, port, post };
}

describe('POST /transcriptions with a stream', () => {
  it('tells every stretch before the next one is there', async () => {
    const first = gate();
    const { post } = await serve({ afterSegment: () => first.passed });
    const answer = await post({ stream: 'true' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events: unknown[] = [];
    const parser = createParser({ onEvent: ({ data }) => events.push(JSON.parse(data)) });
    const decoder = new TextDecoder();
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(piece, { stream: true }));
      if (events.length === 1) first.open();
    }
    expect(events).toEqual([
      { type: 'transcript.text.delta', delta: 'Good morning.' },
      { type: 'transcript.text.delta', delta: ' Tom & <Jerry>' },
      { type: 'transcript.text.done', text: 'Good morning. Tom & <Jerry>' },
    ]);
  });

  it('of silence is done at once', async () => {
    const { post } = await serve({ segments: [] });
    expect(await (await post({ stream: '1' })).text()).toBe('data: {"type":"transcript.text.done","text":""}\n\n');
  });

  it('ends with what went wrong', async () => {
    const { post } = await serve({ afterSegment: () => Promise.reject(new AppError('speech-busy')) });
    const text = await (await post({ stream: 'true' })).text();
    expect(text).toContain('"delta":"Good morning."');
    expect(text).toMatch(/"type":"error","success":false,"error":"The speech engine is busy","code":"speech-busy"}\n\n$/);
  });
});

describe('a client that goes away', () => {
  it('stops the transcription', async () => {
    for (const stream of ['true', 'false']) {
      const { post, heard } = await serve({ afterSegment: () => new Promise<void>(() => undefined) });
      const client = new AbortController();
      const answer = post({ stream }, client.signal);
      answer.catch(() => undefined);
      await expect.poll(() => heard[0]?.bytes).toBe(32_000);
      expect(heard[0]?.signal.aborted).toBe(false);
      client.abort();
      await expect.poll(() => heard[0]?.signal.aborted).toBe(true);
    }
  });

  it.runIf(process.platform === 'linux')('leaves nothing open, nor does anybody else', async () => {
    const uploadsOpen = async () => {
      const { readlink } = await import('node:fs/promises');
      const files = await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      return files.filter((file) => file.includes('/uploads/'));
    };
    const { port, server } = await serve({});
    const body = multipartBody(withFile(samples.wav(10)));
    const head = `POST /api/v1/transcriptions HTTP/1.1\r\nHost: x\r\nx-api-key: ${server.apiKey}\r\nContent-Length: ${body.length}\r\nContent-Type: ${MULTIPART['content-type']}\r\n\r\n`;
    const socket = connect(port, '127.0.0.1');
    socket.write(head);
    socket.write(body.subarray(0, 100_000));
    await expect.poll(async () => (await uploadsOpen()).length).toBe(1);
    socket.destroy();
    await transcribe();
    await transcribe({}, Buffer.from('no audio'));
    await transcribe({ response_format: 'no such' });
    await transcribe({ stream: 'true' });
    await expect.poll(uploadsOpen).toEqual([]);
  });
});
