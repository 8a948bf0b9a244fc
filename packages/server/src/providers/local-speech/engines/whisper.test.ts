import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userModelsDir } from '../../../testing/test-model.ts';
import { loadCatalogue, parseCatalogue } from '../../models/catalogue.ts';
import { describe as describeError } from '../../models/model-error.ts';
import { createModelStore } from '../../models/model-store.ts';
import { loadWhisper, type Whisper } from './whisper.ts';

/** Long enough for 150 MB over a fast line; not so long that a slow one holds up the suite. */
const PATIENCE_MS = 75_000;
const RATE = 16_000;

/** John F. Kennedy's inauguration, eleven seconds of it, as recorded; whisper.cpp has it among its samples. */
const RECORDING = {
  name: 'recording-jfk',
  task: 'stt',
  title: 'A recording to recognise',
  languages: ['en'],
  licence: { name: 'public domain', url: 'https://commons.wikimedia.org/wiki/File:Jfk_inaugural_address.ogg' },
  files: [{ path: 'jfk.wav', size: 352_078, sha256: '59dfb9a4acb36fe2a2affc14bacbee2920ff435cb13cc314a08c13f66ba7860e' }],
  sources: [
    {
      type: 'packages',
      registry: 'npm',
      parts: {
        'jfk.wav': [
          {
            name: 'nodejs-whisper',
            version: '0.3.1',
            member: 'cpp/whisper.cpp/bindings/go/samples/jfk.wav',
            size: 352_078,
          },
        ],
      },
    },
  ],
};

async function ensure() {
  const catalogue = [...loadCatalogue(), ...parseCatalogue({ models: [RECORDING] })];
  const store = createModelStore({ catalogue, modelsDir: userModelsDir() });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const wav = readFileSync(await store.ensure(RECORDING.name, { signal }));
    return { folder: dirname(await store.ensure('whisper-base', { signal })), samples: samplesOf(wav) };
  } catch (error) {
    console.warn(`Tests with Whisper are skipped: ${describeError(error)}`);
    return undefined;
  }
}

/** Of a 16-bit mono WAV file. */
function samplesOf(wav: Buffer): Float32Array {
  const start = wav.indexOf('data') + 8;
  return Float32Array.from({ length: (wav.length - start) >> 1 }, (_, at) => wav.readInt16LE(start + at * 2) / 32_768);
}

const SPEECH = 'And so my fellow Americans, ask not what your country can do for you, ask what you can do for your country.';
const wordsOf = (text: string) => text.toLowerCase().match(/[a-z']+/g) ?? [];

const here = await ensure();

describe.skipIf(!here)('Whisper', () => {
  const { folder, samples } = here ?? { folder: '', samples: new Float32Array(0) };
  let whisper: Whisper;
  beforeAll(async () => {
    whisper = await loadWhisper(folder);
  });
  afterAll(() => whisper.close());

  it('writes down a recording, tells its language and when each word was said', async () => {
    const { text, language, words = [] } = await whisper.recognise(samples, {});
    expect(wordsOf(text)).toEqual(wordsOf(SPEECH));
    expect(text).toMatch(/^And so,? my fellow Americans/);
    expect(language).toBe('en');
    expect(words.map((word) => word.text).join(' ')).toBe(text);
    // As heard and seen in the waveform; the pauses before the first two "ask" are long.
    for (const [word, start] of [
      ['fellow', 1.2],
      ['Americans,', 1.6],
      ['your', 5.5],
      ['country.', 10],
    ] as const) {
      expect(Math.abs((words.find((each) => each.text === word)?.start ?? -1) - start)).toBeLessThan(0.35);
    }
  }, 30_000);

  it('writes down three seconds of it', async () => {
    expect(wordsOf((await whisper.recognise(samples.subarray(0, 3 * RATE), { language: 'en-US' })).text)).toEqual(
      wordsOf('And so my fellow Americans'),
    );
  }, 30_000);

  it.each([
    ['silence', () => 0],
    ['noise', (at: number) => (((at * 7919) % 1009) / 1009 - 0.5) * 0.1],
    ['a hum', (at: number) => 0.1 * Math.sin((2 * Math.PI * 50 * at) / RATE)],
  ])(
    'writes nothing where nobody speaks: %s',
    async (_what, sample) => {
      for (const seconds of [1, 4]) {
        const nobody = Float32Array.from({ length: seconds * RATE }, (_, at) => sample(at));
        expect(await whisper.recognise(nobody, {})).toEqual({ text: '', language: expect.any(String) });
      }
    },
    30_000,
  );

  it('takes the shortest and the longest audio, and cuts what is too long', async () => {
    expect((await whisper.recognise(new Float32Array(10), {})).text).toBe('');
    const long = new Float32Array(33 * RATE);
    long.set(samples, 15 * RATE);
    expect(wordsOf((await whisper.recognise(long, { language: 'en' })).text)).toEqual(wordsOf(SPEECH));
  }, 30_000);
});
