import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { listenOnLoopback } from '../../engine-process/loopback.ts';
import { OUTPUT_RATE } from '../speaking/speak-clause.ts';
import { type SpeechEndpoint, SpeechError, startListening, startSpeaking } from '../speech-client.ts';
import { PoolBusyError } from '../threads/thread-pool.ts';
import type { SpeechEngines } from './speech-engines.ts';
import { createSpeechServer } from './speech-server.ts';
import { NoSpeechModelError } from './stream-socket.ts';

const never = new AbortController().signal;
const listenOptions = { language: undefined, live: false, signal: never };
const speakOptions = { voice: undefined, speed: 1, signal: never };

/** A promise and what settles it. */
function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed };
}

/** Engines that hear speech in every sound, and write down how they were used. */
function scriptedEngines() {
  const script = {
    /** Awaited before every window of audio. */
    hearing: Promise.resolve(),
    recognise: async (samples: Float32Array) => ({ text: `${samples.length} samples` }),
    speak: async (text: string) => ({
      samples: new Int16Array(OUTPUT_RATE / 4).fill(100),
      words: text
        .trim()
        .split(' ')
        .map((word) => ({ text: word, start: 0, end: 0.25 })),
    }),
  };
  const signals: AbortSignal[] = [];
  const windows: Float32Array[] = [];
  const said: string[] = [];
  const engines: SpeechEngines = {
    install: async (speech) => ({ speech, problems: [] }),
    async openEars({ language, signal }) {
      if (language === 'fr') throw new NoSpeechModelError(language);
      signals.push(signal);
      const activity = {
        async probability(window: Float32Array) {
          windows.push(window);
          await script.hearing;
          return window[0] === 0 ? 0 : 0.9;
        },
      };
      const louder = { probability: async () => 0 };
      return {
        partials: false,
        voiceActivity: activity,
        louderVoiceActivity: louder,
        recognise: (samples) => script.recognise(samples),
      };
    },
    openVoice(id, { signal }) {
      signals.push(signal);
      return {
        id: id === 'local/clara' ? id : 'local/samuel',
        language: 'en-US',
        speak(text) {
          said.push(text.trim());
          return script.speak(text);
        },
      };
    },
    close: async () => undefined,
  };
  return { engines, script, signals, windows, said };
}

let scripted: ReturnType<typeof scriptedEngines>;
let server: Server;
let endpoint: SpeechEndpoint;
const sockets = new Set<Socket>();
beforeEach(async () => {
  scripted = scriptedEngines();
  server = createSpeechServer({ engines: scripted.engines, apiKey: 'right', mostStreams: 2 });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  endpoint = { url: `ws://127.0.0.1:${await listenOnLoopback(server, 0)}`, apiKey: 'right' };
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

const collect = async <T>(events: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
};
const sound = (samples: number) => new Uint8Array(new Int16Array(samples).fill(16_384).buffer);
const gone = () => expect.poll(() => sockets.size).toBe(0);

/** A socket that says what a client of ours never would. */
async function rawSocket(path: string): Promise<{ client: WebSocket; answers: string[]; closed: Promise<unknown> }> {
  const client = new WebSocket(endpoint.url + path, { headers: { authorization: 'Bearer right' } });
  const answers: string[] = [];
  client.on('message', (data: Buffer, binary) => answers.push(binary ? `${data.length} bytes` : data.toString()));
  const closed = once(client, 'close');
  await once(client, 'open');
  return { client, answers, closed };
}

describe('the speech server', () => {
  it.each([
    ['a wrong key', '/listen', 'wrong', 401],
    ['a longer key', '/listen', 'rightt', 401],
    ['no known path', '/', 'right', 404],
    ['something behind the path', '/listen/1', 'right', 404],
  ])('turns %s away', async (_what, path, key, status) => {
    const client = new WebSocket(endpoint.url + path, { headers: { authorization: `Bearer ${key}` } });
    client.on('error', () => undefined);
    const [, response] = await once(client, 'unexpected-response');
    expect(response.statusCode).toBe(status);
    response.destroy();
    client.terminate();
  });

  it('tells a client with a wrong key that it cannot be reached, and a plain request what it wants', async () => {
    const wrong = { ...endpoint, apiKey: 'wrong' };
    await expect(startListening(wrong, listenOptions)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/401/),
    });
    expect((await fetch(endpoint.url.replace('ws', 'http'), { headers: { connection: 'close' } })).status).toBe(426);
    await gone();
  });

  it('lives on when a connection that it turns away breaks', async () => {
    for (let n = 0; n < 20; n += 1) {
      const socket = connect(Number(new URL(endpoint.url).port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write('GET /listen HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.resetAndDestroy();
    }
    await gone();
    const listening = await startListening(endpoint, listenOptions);
    listening.end();
    expect(await collect(listening.events)).toEqual([]);
  });

  it('says that it is busy when too many streams are open, and takes the next when one has gone', async () => {
    const first = await startListening(endpoint, listenOptions);
    const stop = new AbortController();
    await startListening(endpoint, { ...listenOptions, signal: stop.signal });
    const refused = await startListening(endpoint, listenOptions);
    await expect(collect(refused.events)).rejects.toMatchObject({
      code: 'speech-busy',
      message: expect.stringContaining('2 streams'),
    });
    // Speaking has places of its own.
    const speaking = await startSpeaking(endpoint, speakOptions);
    speaking.end();
    await collect(speaking.events);
    stop.abort();
    await expect.poll(() => sockets.size).toBe(1);
    const next = await startListening(endpoint, listenOptions);
    next.end();
    first.end();
    expect(await collect(next.events)).toEqual([]);
    expect(await collect(first.events)).toEqual([]);
    await gone();
  });
});

describe('a stream of listening', () => {
  it('hears audio cut anywhere, even in the middle of a sample', async () => {
    const listening = await startListening(endpoint, listenOptions);
    const audio = sound(512 * 10);
    for (let at = 0, size = 1; at < audio.length; at += size, size = ((size * 7) % 1000) + 1) {
      await listening.send(audio.subarray(at, at + size));
    }
    listening.end();
    expect(await collect(listening.events)).toEqual([
      { type: 'speech-start', at: 0 },
      { type: 'final', text: '5120 samples', start: 0, end: 0.32 },
      { type: 'speech-end', at: 0.32 },
    ]);
    expect(scripted.windows.every((window) => window.every((sample) => sample === 0.5))).toBe(true);
    await gone();
  });

  it('takes audio of minutes in one piece', async () => {
    const listening = await startListening(endpoint, listenOptions);
    const seconds = 180;
    const sending = listening.send(new Uint8Array(seconds * 32_000)).then(() => listening.end());
    expect(await collect(listening.events)).toEqual([]);
    await sending;
    expect(scripted.windows).toHaveLength((seconds * 16_000) / 512);
  });

  it('ends the utterance in hand at a flush, and hears on', async () => {
    const { client, answers, closed } = await rawSocket('/listen');
    client.send('{"type":"start","live":false}');
    client.send(sound(512 * 4));
    client.send('{"type":"flush"}');
    client.send(sound(512 * 5));
    client.send('{"type":"end"}');
    await closed;
    expect(answers.map((answer) => JSON.parse(answer)).map(({ type, text }) => text ?? type)).toEqual([
      'speech-start',
      '2048 samples',
      'speech-end',
      'flushed',
      'speech-start',
      '2560 samples',
      'speech-end',
      'end',
    ]);
  });

  it.each([
    ['no JSON', 'hello', 'The message is no JSON'],
    ['an unknown message', '{"type":"dance"}', /^The message is not understood: type /],
    ['a message with a wrong field', '{"type":"start","live":"yes"}', /^The message is not understood: live /],
    ['null', 'null', /^The message is not understood: /],
  ])('says what is wrong with %s, takes nothing after it, and the server lives on', async (_what, message, problem) => {
    const { client, answers, closed } = await rawSocket('/listen');
    // One piece before the answer has come, one after it.
    client.once('message', () => client.send(sound(512 * 10)));
    client.send('{"type":"start","live":false}');
    client.send(message);
    client.send(sound(512 * 10));
    client.send('{"type":"end"}');
    await closed;
    expect(answers.map((answer) => JSON.parse(answer))).toEqual([
      { type: 'error', code: 'failed', message: expect.stringMatching(problem) },
    ]);
    expect(scripted.windows).toEqual([]);
    const next = await startListening(endpoint, listenOptions);
    next.end();
    expect(await collect(next.events)).toEqual([]);
  });

  it.each([
    ['no model knows the language', () => undefined, 'fr', 'no-speech-model', /for fr is on this machine/],
    ['too much waits', () => new PoolBusyError(), undefined, 'speech-busy', /waiting for the processor/],
    ['recognising fails', () => new Error('The thread died'), undefined, 'failed', /The thread died/],
  ])('says so when %s', async (_what, error, language, code, message) => {
    scripted.script.recognise = async () => Promise.reject(error());
    const listening = await startListening(endpoint, { ...listenOptions, language });
    await listening.send(sound(512 * 10));
    listening.end();
    const failure = await collect(listening.events).catch((thrown) => thrown);
    expect(failure).toBeInstanceOf(SpeechError);
    expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
    await gone();
  });

  it('holds a sender back that is faster than the engine, and hears everything in the end', async () => {
    const slow = gate();
    scripted.script.hearing = slow.passed;
    const listening = await startListening(endpoint, listenOptions);
    const bytes = 24_000_000;
    let sent = false;
    const sending = listening.send(new Uint8Array(bytes)).then(() => {
      sent = true;
      listening.end();
    });
    const [socket] = [...sockets];
    await expect.poll(() => socket?.isPaused()).toBe(true);
    expect(sent).toBe(false);
    expect(socket?.bytesRead).toBeLessThan(1_000_000);
    slow.open();
    await collect(listening.events);
    await sending;
    expect(scripted.windows).toHaveLength(Math.ceil(bytes / 2 / 512));
  });

  it('lets go of a client that it holds back when its work fails', async () => {
    const slow = gate();
    scripted.script.hearing = slow.passed.then(() => Promise.reject(new Error('The thread died')));
    const { client, answers, closed } = await rawSocket('/listen');
    client.send('{"type":"start","live":false}');
    for (let n = 0; n < 40; n += 1) client.send(new Uint8Array(32_000));
    const [socket] = [...sockets];
    await expect.poll(() => socket?.isPaused()).toBe(true);
    slow.open();
    await closed;
    expect(answers.map((answer) => JSON.parse(answer).message)).toEqual(['The thread died']);
    await gone();
  });

  it.each(['terminate', 'close'] as const)('aborts the work of a client that goes by %s', async (how) => {
    scripted.script.recognise = () => new Promise(() => undefined);
    const { client } = await rawSocket('/listen');
    client.send('{"type":"start","live":false}');
    client.send(sound(512 * 10));
    client.send('{"type":"flush"}');
    await expect.poll(() => scripted.windows.length).toBe(10);
    expect(scripted.signals[0]?.aborted).toBe(false);
    client[how]();
    await expect.poll(() => scripted.signals[0]?.aborted).toBe(true);
    await gone();
  });

  it('tells its client the reason of an abort, and that the process went away', async () => {
    const stop = new AbortController();
    const aborted = await startListening(endpoint, { ...listenOptions, signal: stop.signal });
    const lost = await startListening(endpoint, listenOptions);
    stop.abort(new Error('Not wanted'));
    await expect(collect(aborted.events)).rejects.toThrow('Not wanted');
    for (const socket of sockets) socket.destroy();
    await expect(collect(lost.events)).rejects.toMatchObject({ code: 'failed', message: 'The speech process went away' });
    await expect(startListening(endpoint, { ...listenOptions, signal: stop.signal })).rejects.toThrow('Not wanted');
  });
});

describe('a stream of speaking', () => {
  it('says who speaks, then what is said, with its words', async () => {
    const speaking = await startSpeaking(endpoint, { ...speakOptions, voice: 'local/clara' });
    expect(speaking.voice).toBe('local/clara');
    for (const token of ['Good mor', 'ning to', ' you. How ', 'are you']) speaking.say(token);
    speaking.flush();
    speaking.end();
    const events = await collect(speaking.events);
    expect(events.map((event) => ('words' in event ? event.words.map(({ text }) => text).join(' ') : event.type))).toEqual([
      'Good morning to you.',
      'How are you',
      'flushed',
    ]);
    expect(events[0]).toMatchObject({ samples: new Int16Array(OUTPUT_RATE / 4).fill(100) });
    await gone();
  });

  it('names the voice that stands in for one that is not to be had', async () => {
    const speaking = await startSpeaking(endpoint, { ...speakOptions, voice: '21m00Tcm4TlvDq8ikWAM' });
    expect(speaking.voice).toBe('local/samuel');
    speaking.end();
    expect(await collect(speaking.events)).toEqual([]);
  });

  it('says why it broke off, after what was said before', async () => {
    const speak = scripted.script.speak;
    scripted.script.speak = async (text) => (text.includes('Two') ? Promise.reject(new PoolBusyError()) : speak(text));
    const speaking = await startSpeaking(endpoint, speakOptions);
    speaking.say('One is the first of all. Two is the second one. Three is the last one. ');
    const heard: string[] = [];
    const failure = await (async () => {
      for await (const event of speaking.events) heard.push(event.type);
    })().catch((thrown) => thrown);
    expect(failure).toMatchObject({ code: 'speech-busy' });
    expect(heard).toEqual(['part']);
    await gone();
  });

  it('cannot begin where there is no voice at all', async () => {
    scripted.engines.openVoice = () => {
      throw new Error('No voice is installed');
    };
    await expect(startSpeaking(endpoint, speakOptions)).rejects.toMatchObject({
      code: 'failed',
      message: 'No voice is installed',
    });
    await gone();
  });

  it('aborts its work when its client goes', async () => {
    scripted.script.speak = () => new Promise(() => undefined);
    const stop = new AbortController();
    const speaking = await startSpeaking(endpoint, { ...speakOptions, signal: stop.signal });
    speaking.say('One is the first of all. And');
    await expect.poll(() => scripted.said).toEqual(['One is the first of all.']);
    stop.abort(new Error('Not wanted'));
    await expect(collect(speaking.events)).rejects.toThrow('Not wanted');
    await expect.poll(() => scripted.signals[0]?.aborted).toBe(true);
    await gone();
  });

  it('refuses what is no message', async () => {
    const { client, answers, closed } = await rawSocket('/speak');
    client.send('{"type":"text"}');
    await closed;
    expect(JSON.parse(answers[0] ?? '')).toMatchObject({ type: 'error', message: expect.stringMatching(/not understood: text/) });
  });
});
