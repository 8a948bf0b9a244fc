import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../packages/server/src/config.ts';
import type { TimedWord } from '../../packages/server/src/core/speech/speech.ts';
import { loadFlite, openFliteVoice } from '../../packages/server/src/providers/local-speech/engines/flite.ts';
import { loadKokoro, loadKokoroVoice } from '../../packages/server/src/providers/local-speech/engines/kokoro.ts';
import { loadPiperVoice } from '../../packages/server/src/providers/local-speech/engines/piper.ts';
import type { VoiceEngine } from '../../packages/server/src/providers/local-speech/engines/voice-engine.ts';
import { installedVoices } from '../../packages/server/src/providers/local-speech/local-voices.ts';
import type { InstalledVoice, VoiceSpec } from '../../packages/server/src/providers/local-speech/process-messages.ts';
import { loadPronouncer } from '../../packages/server/src/providers/local-speech/pronunciation/load-pronouncer.ts';
import { createResampler } from '../../packages/server/src/providers/local-speech/speaking/resampler.ts';
import { OUTPUT_RATE, speakClause } from '../../packages/server/src/providers/local-speech/speaking/speak-clause.ts';
import { createSpeechFlow } from '../../packages/server/src/providers/local-speech/speaking/speech-flow.ts';
import { createOnce } from '../../packages/server/src/providers/local-speech/threads/once.ts';
import { loadCatalogue } from '../../packages/server/src/providers/models/catalogue.ts';
import { createModelStore } from '../../packages/server/src/providers/models/model-store.ts';

/** A sentence as one of our voices says it. */
export interface SpokenSentence {
  /** As in `local/samuel`. */
  voice: string;
  text: string;
  /** Which of the sentences. */
  index: number;
  /** 24 kHz. */
  samples: Int16Array;
  /** In seconds; with phonemes, where the voice knows them. */
  words: TimedWord[];
}

const linesOf = (file: string) =>
  readFileSync(new URL(`../speech/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');

/** Every sentence that is said; the order is fixed, because which are held out goes by their number. */
export const SENTENCES: readonly string[] = [...linesOf('voice-quality.txt'), ...linesOf('sentences.txt')];

const nameOf = (voice: string, index: number) => `${voice.replace('/', '-')}-${index}`;

/** What was said before into this folder. */
export function readSentences(folder: string): SpokenSentence[] {
  const voices = ['samuel', 'clara', 'mei', 'michael', 'emma', 'george', 'flite-slt', 'flite-rms'];
  return SENTENCES.flatMap((text, index) =>
    voices.flatMap((name) => {
      const voice = `local/${name}`;
      const path = join(folder, nameOf(voice, index));
      if (!existsSync(`${path}.json`)) return [];
      const { buffer, byteOffset, byteLength } = readFileSync(`${path}.pcm`);
      const samples = new Int16Array(buffer.slice(byteOffset, byteOffset + byteLength));
      return [{ voice, text, index, samples, words: JSON.parse(readFileSync(`${path}.json`, 'utf8')) as TimedWord[] }];
    }),
  );
}

/** Every fifth sentence is never learned. */
export const isHeldOut = (index: number) => index % 5 === 0;

/**
 * The quick voice says all; the slow ones share what is learned, and say some of what is not. Those without phonemes have
 * nothing to teach, and say a few to be looked at.
 */
function isSaid(engine: VoiceSpec['engine'], voice: number, index: number): boolean {
  if (engine === 'piper') return true;
  if (engine === 'flite') return index < 20;
  return isHeldOut(index) ? index < 45 : (index + voice) % 3 === 0;
}

/**
 * Has the installed voices say the sentences, and keeps it in the folder; what is there already is not said again. Stops after
 * `seconds`; returns whether everything is there.
 */
export async function speakSentences(folder: string, seconds: number): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  const { modelsDir, modelFolders } = loadConfig();
  const store = createModelStore({ catalogue: loadCatalogue(), modelsDir, folders: modelFolders });
  const voices = installedVoices(store.folderOf, (model) => store.find(model).state === 'ready');
  const kokoros = createOnce<Awaited<ReturnType<typeof loadKokoro>>>();
  const open = async (spec: VoiceSpec): Promise<VoiceEngine> => {
    if (spec.engine === 'flite') return openFliteVoice(await loadFlite(), spec.voice);
    const pronouncer = await loadPronouncer(spec.pronunciation);
    if (spec.engine === 'piper') return loadPiperVoice(spec.modelPath, pronouncer);
    return loadKokoroVoice(await kokoros.get('', () => loadKokoro(spec.modelPath)), spec.stylePath, pronouncer);
  };
  const until = performance.now() + seconds * 1_000;
  const speakers = await Promise.all(voices.map(async (voice) => ({ voice, engine: await open(voice.spec) })));
  for (const [index, text] of SENTENCES.entries()) {
    for (const [number, { voice, engine }] of speakers.entries()) {
      if (!isSaid(voice.spec.engine, number, index)) continue;
      const path = join(folder, nameOf(voice.id, index));
      if (existsSync(`${path}.json`)) continue;
      if (performance.now() > until) return false;
      const { samples, words } = await say(voice, engine, text);
      writeFileSync(`${path}.pcm`, new Uint8Array(samples.buffer));
      writeFileSync(`${path}.json`, JSON.stringify(words));
    }
  }
  return true;
}

async function say({ language, gain }: InstalledVoice, engine: VoiceEngine, text: string) {
  const resample = await createResampler(engine.sampleRate, OUTPUT_RATE);
  const parts: Int16Array[] = [];
  const words: TimedWord[] = [];
  const flow = createSpeechFlow({
    language,
    speed: 1,
    speak: (clause) => speakClause(engine, clause, { language, speed: 1, gain, resample }),
    onPart(part) {
      parts.push(part.samples);
      words.push(...part.words);
    },
    onFlushed: () => undefined,
    onFailed(error) {
      throw error;
    },
  });
  flow.push(text);
  await flow.end();
  const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return { samples, words };
}
