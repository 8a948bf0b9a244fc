import { readFile } from 'node:fs/promises';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Pronouncer } from '../pronunciation/english-pronouncer.ts';
import { KOKORO_TOKENS } from './kokoro-tokens.ts';
import { floats, loadOnnxModel } from './onnx-model.ts';
import { phraseSymbols, wordTimes } from './phrase-symbols.ts';
import type { VoiceEngine } from './voice-engine.ts';

const SAMPLE_RATE = 24_000;
/** A voice is a table of style vectors, one for every number of tokens. */
const STYLE_SIZE = 256;
const MOST_TOKENS = 509;
/** The frames of each token (40 a second), after rounding. */
const DURATIONS = '/encoder/Clip_output_0';
const SECONDS_PER_FRAME = 600 / SAMPLE_RATE;
/** A sound is heard so much before the frames of its token (forced alignment of 1700 sounds: 30 to 50 ms). */
const EARLY_SECONDS = 0.04;

/** The model that all Kokoro voices share. */
export interface KokoroModel {
  session: InferenceSession;
}

/** Loads Kokoro-82M (https://huggingface.co/hexgrad/Kokoro-82M, Apache-2.0; StyleTTS 2, arXiv:2306.07691) in its 8 bit ONNX form. */
export async function loadKokoro(modelPath: string): Promise<KokoroModel> {
  return { session: await loadOnnxModel(modelPath, { alsoGiveOut: [DURATIONS] }) };
}

/** A voice of Kokoro: the shared model with a table of style vectors (510 x 256 floats, little-endian). */
export async function loadKokoroVoice(model: KokoroModel, stylePath: string, pronouncer: Pronouncer): Promise<VoiceEngine> {
  const file = await readFile(stylePath);
  const styles = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  return {
    sampleRate: SAMPLE_RATE,
    async speak(words, speed) {
      const phonemes = pronouncer.pronounce(words);
      const symbols = phraseSymbols(words.map((word, index) => (phonemes[index] ?? '') + word.pause))
        .filter(({ symbol }) => KOKORO_TOKENS.has(symbol))
        .slice(0, MOST_TOKENS);
      const tokens = [0, ...symbols.map(({ symbol }) => KOKORO_TOKENS.get(symbol) ?? 0), 0];
      const row = Math.max(symbols.length - 1, 0);
      const outputs = await model.session.run({
        tokens: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
        style: new Tensor('float32', styles.slice(row * STYLE_SIZE, (row + 1) * STYLE_SIZE), [1, STYLE_SIZE]),
        speed: new Tensor('float32', Float32Array.of(speed), [1]),
      });
      const frames = Array.from(floats(outputs, DURATIONS));
      const seconds = frames.slice(1, -1).map((count) => count * SECONDS_PER_FRAME);
      return {
        samples: floats(outputs, 'audio'),
        words: wordTimes(words.length, symbols, seconds, (frames[0] ?? 0) * SECONDS_PER_FRAME - EARLY_SECONDS),
      };
    },
    // The model belongs to all voices.
    close: async () => undefined,
  };
}
