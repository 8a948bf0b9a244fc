import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { floats, likeliest, loadOnnxModel } from './onnx-model.ts';
import type { Recogniser } from './recogniser.ts';
import { goesInCircles, withoutCircle } from './token-repeats.ts';

const START = 1;
const END = 2;
/** Heads and their width in the tiny model. */
const CACHE_SHAPE = [1, 8, 0, 36];
/** Nobody speaks faster than about 6 tokens a second; more is the model going round in circles (the paper's limit as well). */
const TOKENS_PER_SECOND = 6.5;
const SPARE_TOKENS = 6;
/** Shorter audio does not fill the encoder's first layers; it is padded with silence. */
const LEAST_SAMPLES = 8_000;
/** What is quieter is made so loud: the model makes more mistakes in quiet audio. */
const QUIET_PEAK = 0.3;

/**
 * Moonshine Tiny, English (https://github.com/moonshine-ai/moonshine, MIT; Jeffries et al. 2024, arXiv:2410.15608): raw audio in, text
 * with punctuation and casing out; its work grows with the length of the audio, there is no 30 s window. Greedy decoding.
 * It gives no times of words. `folder` holds `encoder_model.ort`, `decoder_model_merged.ort` and `tokenizer.bin`.
 */
export async function loadMoonshine(folder: string): Promise<Recogniser> {
  const [encoder, decoder, pieces] = await Promise.all([
    loadOnnxModel(join(folder, 'encoder_model.ort')),
    loadOnnxModel(join(folder, 'decoder_model_merged.ort')),
    readFile(join(folder, 'tokenizer.bin')).then(readTokenizer),
  ]);
  return {
    longestSeconds: 30,
    async recognise(samples) {
      const tokens = await decode(decoder, await encode(encoder, samples), samples.length / 16_000);
      return { text: english(toText(tokens, pieces)), language: 'en' };
    },
    async close() {
      await Promise.all([encoder.release(), decoder.release()]);
    },
  };
}

interface Encoded {
  hidden: Tensor;
  /** One for each sample of the audio; the decoder thins it out itself. */
  mask: Tensor;
}

async function encode(encoder: InferenceSession, samples: Float32Array): Promise<Encoded> {
  const audio = new Float32Array(Math.max(samples.length, LEAST_SAMPLES));
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const gain = peak > 0 && peak < QUIET_PEAK ? QUIET_PEAK / peak : 1;
  audio.set(gain === 1 ? samples : samples.map((sample) => sample * gain));
  const shape = [1, audio.length];
  const mask = new Tensor('int64', new BigInt64Array(audio.length).fill(1n), shape);
  const outputs = await encoder.run({ input_values: new Tensor('float32', audio, shape), attention_mask: mask });
  return { hidden: outputs.last_hidden_state as Tensor, mask };
}

async function decode(decoder: InferenceSession, { hidden, mask }: Encoded, seconds: number): Promise<number[]> {
  const cache: Record<string, Tensor> = {};
  for (const name of decoder.inputNames) {
    if (name.startsWith('past_key_values')) cache[name] = new Tensor('float32', new Float32Array(0), CACHE_SHAPE);
  }
  const tokens: number[] = [];
  const most = Math.ceil(seconds * TOKENS_PER_SECOND) + SPARE_TOKENS;
  for (let last = START; tokens.length < most; ) {
    const first = tokens.length === 0;
    const outputs = await decoder.run({
      input_ids: new Tensor('int64', BigInt64Array.of(BigInt(last)), [1, 1]),
      encoder_hidden_states: hidden,
      encoder_attention_mask: mask,
      use_cache_branch: new Tensor('bool', Uint8Array.of(first ? 0 : 1), [1]),
      ...cache,
    });
    last = likeliest(floats(outputs, 'logits'));
    if (last === END) break;
    tokens.push(last);
    if (goesInCircles(tokens)) break;
    for (const [name, value] of Object.entries(outputs)) {
      // What belongs to the audio is computed in the first step only.
      if (name.startsWith('present') && (first || !name.includes('encoder'))) {
        cache[name.replace('present', 'past_key_values')] = value as Tensor;
      }
    }
  }
  return withoutCircle(tokens);
}

/** The file is a list of byte strings: length (one byte below 128, else two, low part first), then the bytes. */
function readTokenizer(file: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    let length = file[at++] ?? 0;
    if (length >= 128) length = length - 128 + (file[at++] ?? 0) * 128;
    pieces.push(file.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

/** What has no letter and no number of English in it, nobody has said: of beeps the model writes signs of other scripts, such as "整整整". */
export function english(text: string): string {
  return /[\p{Script=Latin}\p{N}]/u.test(text) ? text : '';
}

function toText(tokens: readonly number[], pieces: readonly Buffer[]): string {
  const bytes = tokens.map((token) => {
    const piece = pieces[token] ?? Buffer.alloc(0);
    const byte = /^<0x([0-9A-F]{2})>$/.exec(piece.toString('latin1'));
    if (byte) return Buffer.from([Number.parseInt(byte[1] ?? '', 16)]);
    return /^<.*>$/.test(piece.toString('latin1')) ? Buffer.alloc(0) : piece;
  });
  return Buffer.concat(bytes).toString().replaceAll('▁', ' ').trim();
}
