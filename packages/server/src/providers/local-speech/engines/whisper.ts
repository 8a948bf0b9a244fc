import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { floats, likeliest, loadOnnxModel } from './onnx-model.ts';
import type { Recogniser, Recognition } from './recogniser.ts';
import { goesInCircles } from './token-repeats.ts';
import { readWhisperTokens, type WhisperTokens } from './whisper-tokens.ts';
import { type Look, timeWords } from './whisper-words.ts';

const SAMPLE_RATE_HZ = 16_000;
/** A place of the encoder: 20 ms. */
const PLACE_SAMPLES = 320;
/** The model was made for 30 s. */
const MOST_PLACES = 1500;
/** What the first window of the spectrum reaches beyond the beginning, and all of them beyond whole places. */
const EDGE_SAMPLES = 200;
const WINDOW_REST_SAMPLES = 240;
/**
 * Silence behind what was said, 5 s, and a whole of 7 s at least. The model was trained with silence up to 30 s; with much less of it, it says things twice.
 * Chosen on the development clips of bench/speech: WER as with 30 s, at less than a third of the work.
 */
const SPARE_PLACES = 250;
const LEAST_PLACES = 350;
/** Above, nobody speaks: every noise that was tried gives 0.64 or more, or little certainty; speech, also 30 dB quieter, at most 0.56. */
const MOST_NO_SPEECH = 0.6;
/** Below, the text is invented: noise that is taken for speech gives -1.7 or less, speech at least -1.2. */
const LEAST_CERTAINTY = -1.5;
/** Nobody speaks faster than some 10 tokens a second; more is the model going round in circles. */
const TOKENS_PER_SECOND = 12;
const SPARE_TOKENS = 8;
/** The model has no positions for more. */
const MOST_TOKENS = 220;

/** What the recogniser made of it before it was judged; for measuring. */
export interface WhisperAttempt extends Required<Recognition> {
  /** How likely the model thinks it that nobody speaks. */
  noSpeech: number;
  /** Mean logarithm of how likely the tokens were. */
  certainty: number;
  /** The model went round in circles and was stopped. */
  circled: boolean;
}

interface AttemptOptions {
  language?: string | undefined;
  /** How long the audio is made with silence, in places of 20 ms. */
  places?: number;
}

/** Whisper, and its single attempts for those who measure it. */
export interface Whisper extends Recogniser {
  attempt(samples: Float32Array, options: AttemptOptions): Promise<WhisperAttempt>;
}

/**
 * Whisper (https://github.com/openai/whisper, MIT; Radford et al. 2022, arXiv:2212.04356): text with punctuation and casing, its language and the times
 * of its words. Its window of 30 s is cut to the audio and a little silence. Always the likeliest token, without tries at higher temperatures.
 * `folder` holds `encoder.onnx`, `decoder.onnx` (see `models/ct2-whisper-to-onnx.ts`) and OpenAI's list of tokens, `tokens.tiktoken`.
 */
export async function loadWhisper(folder: string): Promise<Whisper> {
  const [encoder, decoder, tokens] = await Promise.all([
    loadOnnxModel(join(folder, 'encoder.onnx')),
    loadOnnxModel(join(folder, 'decoder.onnx')),
    readFile(join(folder, 'tokens.tiktoken'), 'latin1').then(readWhisperTokens),
  ]);
  async function attempt(samples: Float32Array, { language, places }: AttemptOptions): Promise<WhisperAttempt> {
    const padded = pad(samples, places ?? placesFor(samples));
    const audio = await encoder.run({ samples: new Tensor('float32', padded, [1, 1, padded.length]) });
    return write(decoder, tokens, audio, samples.length / SAMPLE_RATE_HZ, language);
  }
  return {
    longestSeconds: (MOST_PLACES * PLACE_SAMPLES) / SAMPLE_RATE_HZ,
    attempt,
    async recognise(samples, { language }) {
      let made = await attempt(samples, { language });
      // With all of its 30 s the model finds out of the circle, mostly.
      if (made.circled && isSpeech(made)) made = await attempt(samples, { language, places: MOST_PLACES });
      const { text, words, language: heard } = made;
      if (!isSpeech(made) || made.circled) return { text: '', language: heard };
      return { text, language: heard, words };
    },
    async close() {
      await Promise.all([encoder.release(), decoder.release()]);
    },
  };
}

/** Whether somebody spoke; without this Whisper thanks for watching wherever it is quiet. */
function isSpeech({ noSpeech, certainty }: WhisperAttempt): boolean {
  return noSpeech <= MOST_NO_SPEECH && certainty >= LEAST_CERTAINTY;
}

function placesFor(samples: Float32Array): number {
  return Math.min(MOST_PLACES, Math.max(LEAST_PLACES, Math.ceil(samples.length / PLACE_SAMPLES) + SPARE_PLACES));
}

/** The audio with silence behind it, and mirrored before its beginning, as the spectrum of the training data was taken. */
function pad(samples: Float32Array, places: number): Float32Array<ArrayBuffer> {
  const padded = new Float32Array(places * PLACE_SAMPLES + WINDOW_REST_SAMPLES);
  padded.set(samples.subarray(0, padded.length - EDGE_SAMPLES), EDGE_SAMPLES);
  for (let at = 0; at < EDGE_SAMPLES; at += 1) padded[at] = samples[EDGE_SAMPLES - at] ?? 0;
  return padded;
}

/** The decoder at work on one utterance: what it knows already, and how it goes on. */
interface Writing {
  /** Feeds tokens; gives the logits of the next and where it looked for it. */
  feed(tokens: readonly number[]): Promise<{ logits: Float32Array; look: Look }>;
}

function startWriting(decoder: InferenceSession, audio: InferenceSession.OnnxValueMapType): Writing {
  const cache: Record<string, Tensor> = {};
  for (const input of decoder.inputMetadata) {
    if (!input.name.startsWith('past_') || !input.isTensor) continue;
    const shape = input.shape.map((size) => (typeof size === 'number' ? size : 0));
    cache[input.name] = new Tensor('float32', new Float32Array(0), shape);
  }
  let fed = 0;
  return {
    async feed(tokens) {
      const count = tokens.length;
      const all = fed + count;
      // No token sees those that come after it.
      const mask = new Float32Array(count * all);
      for (let row = 0; row < count; row += 1) mask.fill(Number.NEGATIVE_INFINITY, row * all + fed + row + 1, (row + 1) * all);
      const positions = BigInt64Array.from(tokens, (_, at) => BigInt(fed + at));
      const outputs = await decoder.run({
        ...(audio as Record<string, Tensor>),
        ...cache,
        tokens: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [count]),
        positions: new Tensor('int64', positions, [count]),
        mask: new Tensor('float32', mask, [count, all]),
      });
      fed = all;
      for (const [name, value] of Object.entries(outputs)) {
        if (/^(keys|values)\./.test(name)) cache[`past_${name}`] = value as Tensor;
      }
      return { logits: floats(outputs, 'logits'), look: lastLook(outputs.looks as Tensor) };
    },
  };
}

/** Where the decoder looked for the last of the tokens it was fed. */
function lastLook(looks: Tensor): Look {
  const [heads = 0, rows = 0, places = 0] = looks.dims;
  const all = looks.data as Float32Array;
  const weights = new Float32Array(heads * places);
  for (let head = 0; head < heads; head += 1) {
    const start = (head * rows + rows - 1) * places;
    weights.set(all.subarray(start, start + places), head * places);
  }
  return { heads, places, weights };
}

async function write(
  decoder: InferenceSession,
  tokens: WhisperTokens,
  audio: InferenceSession.OnnxValueMapType,
  seconds: number,
  wanted: string | undefined,
): Promise<WhisperAttempt> {
  const writing = startWriting(decoder, audio);
  const first = await writing.feed([tokens.start]);
  const noSpeech = Math.exp(logLikelihood(first.logits, tokens.noSpeech));
  const [language, languageToken] = chooseLanguage(first.logits, tokens, wanted);
  let next = await writing.feed([languageToken, tokens.transcribe, tokens.noTimestamps]);
  const text: number[] = [];
  const looks: Look[] = [];
  let likelihood = 0;
  const most = Math.min(MOST_TOKENS, Math.ceil(seconds * TOKENS_PER_SECOND) + SPARE_TOKENS);
  let circled = false;
  for (;;) {
    looks.push(next.look);
    suppress(next.logits, tokens, text.length === 0);
    const token = likeliest(next.logits);
    likelihood += logLikelihood(next.logits, token);
    if (token === tokens.end) break;
    text.push(token);
    circled = goesInCircles(text);
    if (circled || text.length >= most) break;
    next = await writing.feed([token]);
  }
  const spoken = { language, places: Math.ceil((seconds * SAMPLE_RATE_HZ) / PLACE_SAMPLES) };
  return {
    text: Buffer.concat(text.map(tokens.bytes)).toString().trim(),
    language,
    words: timeWords(text, looks, spoken, tokens),
    noSpeech,
    certainty: likelihood / (text.length + 1),
    circled,
  };
}

/** The language that is wanted, if it is one of Whisper's (`es-MX` is `es`), else the likeliest; with its token. */
function chooseLanguage(logits: Float32Array, tokens: WhisperTokens, wanted: string | undefined): [string, number] {
  const code = wanted?.toLowerCase().split(/[-_]/)[0];
  const all = [...tokens.languages];
  const asked = all.find(([language]) => language === code);
  const likelier = (one: [string, number], other: [string, number]) =>
    (logits[other[1]] ?? 0) > (logits[one[1]] ?? 0) ? other : one;
  return asked ?? all.reduce(likelier);
}

/** Takes out what must not come: signs of sounds that are not words, marks, times. */
function suppress(logits: Float32Array, tokens: WhisperTokens, first: boolean): void {
  for (const token of tokens.nonSpeech) logits[token] = Number.NEGATIVE_INFINITY;
  logits.fill(Number.NEGATIVE_INFINITY, tokens.end + 1);
  if (first) for (const token of tokens.notFirst) logits[token] = Number.NEGATIVE_INFINITY;
}

function logLikelihood(logits: Float32Array, token: number): number {
  const highest = logits[likeliest(logits)] ?? 0;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return (logits[token] ?? 0) - highest - Math.log(sum);
}
