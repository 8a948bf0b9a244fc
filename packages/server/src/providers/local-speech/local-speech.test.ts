import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import {
  atRate,
  createRealSpeech,
  endpointOf,
  hear,
  joined,
  say,
  silence,
  textOf,
  wordErrors,
  wordsOf,
} from '../../testing/real-speech.ts';
import { ensureSpeechModels } from '../../testing/test-model.ts';
import { loadCatalogue } from '../models/catalogue.ts';
import { createModelStore } from '../models/model-store.ts';
import { createLocalSpeech, type LocalSpeech } from './local-speech.ts';
import { startListening, startSpeaking } from './speech-client.ts';

const { store } = await ensureSpeechModels();
const never = new AbortController().signal;
const TEXT = 'Good morning to you. Please bring the blue folder with you. The library opens at nine.';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ids of the speech processes that this process has started. */
function speechProcesses(): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes('speech-process')).map((line) => Number.parseInt(line, 10));
}

const started: LocalSpeech[] = [];
afterEach(() => Promise.all(started.splice(0).map((speech) => speech.stop())));

/** Everything of a stream up to where it fails, and how it does. */
async function untilFailure<T>(events: AsyncIterable<T>): Promise<{ events: T[]; error: unknown }> {
  const all: T[] = [];
  try {
    for await (const event of events) all.push(event);
  } catch (error) {
    return { events: all, error };
  }
  return { events: all, error: undefined };
}

describe.skipIf(!store)('the local speech', () => {
  it('comes back after a crash in the middle of streams, which fail cleanly, with its models loaded again', async () => {
    const speech = await createRealSpeech({ backoffMs: () => 1 });
    started.push(speech);
    await speech.start(never);
    expect(speech.state()).toMatchObject({ listening: 'ready', missing: [] });
    const endpoint = endpointOf(speech);
    const said = await say(endpoint, TEXT);
    const audio = atRate(said.samples, 24_000, 16_000);

    const listening = await startListening(endpoint, { language: undefined, live: true, signal: never });
    const heard = untilFailure(listening.events);
    await listening.send(new Uint8Array(audio.buffer));
    const speaking = await startSpeaking(endpoint, { voice: undefined, speed: 1, signal: never });
    speaking.say(TEXT.repeat(20));
    const spoken = speaking.events[Symbol.asyncIterator]();
    await spoken.next();
    const [pid = 0] = speechProcesses();
    process.kill(pid, 'SIGKILL');
    expect((await heard).error).toMatchObject({ code: 'failed', message: 'The speech process went away' });
    expect((await untilFailure({ [Symbol.asyncIterator]: () => spoken })).error).toMatchObject({ code: 'failed' });
    // What a client that has not noticed yet does is lost without an exception.
    await listening.send(new Uint8Array(10));
    listening.flush();
    speaking.say('Hello?');

    // The state is that of the new process, as soon as there is one.
    const replaced = () => !speechProcesses().includes(pid) && speechProcesses().length > 0;
    await expect.poll(() => replaced() && speech.endpoint(), { timeout: 20_000 }).toEqual(endpoint);
    expect(speech.state()).toMatchObject({ listening: 'ready' });
    expect(textOf(await hear(endpoint, audio))).toMatch(/blue folder/);
    expect((await say(endpoint, 'Hello.')).voice).toBe('local/samuel');
  });

  it('stops within 2 s while it hears and speaks, and leaves no process', async () => {
    const speech = await createRealSpeech();
    await speech.start(never);
    const [pid = 0] = speechProcesses();
    const endpoint = endpointOf(speech);
    const speaking = await startSpeaking(endpoint, { voice: 'local/clara', speed: 1, signal: never });
    speaking.say(TEXT.repeat(20));
    const spoken = untilFailure(speaking.events);
    const stopping = speech.stop().then(() => 'stopped');
    expect(await Promise.race([stopping, new Promise((resolve) => setTimeout(resolve, 2_000, 'too late'))])).toBe('stopped');
    expect(isAlive(pid)).toBe(false);
    expect((await spoken).error).toMatchObject({ code: 'failed' });
    expect(speech.endpoint()).toBeUndefined();
    expect(speech.state().voices).toEqual([]);
    await speech.stop();
  });

  it('goes when its parent is killed, also while it speaks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-speech-'));
    const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    await writeFile(
      join(folder, 'parent.mts'),
      `import { createRealSpeech } from ${source('../../testing/real-speech.ts')};
       import { startSpeaking } from ${source('./speech-client.ts')};
       import { execFileSync } from 'node:child_process';
       const speech = await createRealSpeech();
       const never = new AbortController().signal;
       await speech.start(never);
       const speaking = await startSpeaking(speech.endpoint(), { voice: 'local/samuel', speed: 1, signal: never });
       speaking.say(${JSON.stringify(TEXT.repeat(50))});
       await speaking.events[Symbol.asyncIterator]().next();
       const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
       process.send({ pid: Number.parseInt(list.split('\\n').find((line) => line.includes('speech-process')), 10) });`,
    );
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const parent = fork(join(folder, 'parent.mts'), [], { execArgv: ['--import', loader, '--conditions=source'] });
    const [{ pid }] = await once(parent, 'message');
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 2_000, interval: 50 }).toBe(false);
    await rm(folder, { recursive: true });
  });

  it('speaks with its basic voices while no model is there, and takes models as they come', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-speech-'));
    const models = store as NonNullable<typeof store>;
    // The models folder is empty; the models are found in the user's when they are asked for.
    const catalogue = loadCatalogue();
    const modelStore = createModelStore({
      catalogue: catalogue.map((entry) => ({ ...entry, sources: [] })),
      modelsDir: join(folder, 'models'),
      folders: ['silero-vad-v6', 'moonshine-tiny-en'].map((model) => models.folderOf(model)),
    });
    const speech = createLocalSpeech({ modelStore, models: [], logger: pino({ level: 'silent' }) });
    started.push(speech);
    await speech.start(never);
    expect(speech.state()).toEqual({
      listening: 'absent',
      missing: ['moonshine-tiny-en', 'silero-vad-v6'],
      voices: ['local/flite-slt', 'local/flite-rms'],
    });
    const endpoint = endpointOf(speech);
    expect((await say(endpoint, 'Hello.', { voice: 'local/samuel' })).voice).toBe('local/flite-slt');
    await expect(hear(endpoint, silence(1, 16_000))).rejects.toMatchObject({ code: 'no-speech-model' });
    const speaking = await startSpeaking(endpoint, { voice: undefined, speed: 1, signal: never });
    for (const model of speech.state().missing) await modelStore.ensure(model, { signal: never });
    await expect.poll(() => speech.state().listening, { timeout: 20_000 }).toBe('ready');
    const { samples } = await say(endpoint, 'Please bring the blue folder with you.');
    expect(textOf(await hear(endpoint, atRate(samples, 24_000, 16_000)))).toMatch(/blue folder/i);
    // What was opened before goes on.
    speaking.say('Good morning.');
    speaking.end();
    expect((await untilFailure(speaking.events)).events).toHaveLength(1);
    await rm(folder, { recursive: true });
  });

  const BASIC_VOICES = ['local/flite-slt', 'local/flite-rms'];

  it.each([
    [
      'the recogniser',
      'moonshine-tiny-en',
      {
        listening: 'failed',
        voices: expect.arrayContaining(['local/samuel']),
        error: expect.stringMatching(/^moonshine-tiny-en cannot be loaded: /),
      },
    ],
    [
      'the pronunciation',
      'english-pronunciation',
      {
        listening: 'ready',
        // Dora is Spanish, which is read by rules.
        voices: expect.toSatisfy(
          (names: string[]) => names.filter((name) => name !== 'local/dora').join() === BASIC_VOICES.join(),
        ),
        error: expect.stringMatching(/^local\/samuel cannot be loaded: .*local\/clara cannot be loaded: /),
      },
    ],
  ])('does with the other models when %s cannot be loaded, and says so', async (_what, broken, state) => {
    const models = store as NonNullable<typeof store>;
    const folderOf = (model: string) => (model === broken ? join(tmpdir(), 'visavis-is-not-here') : models.folderOf(model));
    const speech = await createRealSpeech({ modelStore: { ...models, folderOf } });
    started.push(speech);
    await speech.start(never);
    expect(speech.state()).toMatchObject(state);
    expect((await say(endpointOf(speech), 'Hello.')).samples.length).toBeGreaterThan(5_000);
  });

  it('hears a minute of speech without a pause to cut at, and loses no word at the cuts', async () => {
    const speech = await createRealSpeech();
    started.push(speech);
    await speech.start(never);
    const endpoint = endpointOf(speech);
    const names = ['red', 'green', 'yellow', 'black', 'white', 'brown', 'orange', 'purple'];
    const things = ['table', 'window', 'garden', 'river', 'bottle', 'mountain', 'letter', 'kitchen'];
    const sentences = names.flatMap((name, at) =>
      [0, 3].map((shift) => `There is a ${name} ${things[(at + shift) % 8]} behind the old house`),
    );
    const pieces: Int16Array[] = [];
    // Each ends where the next begins: no pause in a minute. Flite says a text always in the same way.
    const voice = 'local/flite-slt';
    for (const sentence of sentences)
      pieces.push(atRate((await say(endpoint, `${sentence}, and`, { voice })).samples, 24_000, 16_000));
    const audio = joined(pieces);
    expect(audio.length / 16_000).toBeGreaterThan(35);
    const events = await hear(endpoint, audio);
    const finals = events.flatMap((event) => (event.type === 'final' ? [event] : []));
    expect(finals.length).toBeGreaterThan(1);
    for (const [at, { start, end }] of finals.entries()) {
      expect(end - start).toBeLessThanOrEqual(22);
      expect(start).toBeGreaterThanOrEqual(finals[at - 1]?.end ?? 0);
    }
    const said = sentences.map((sentence) => `${sentence}, and`).join(' ');
    const errors = wordErrors(said, textOf(events));
    expect(errors / wordsOf(said).length, textOf(events)).toBeLessThan(0.05);
  });
});
