import { readFile } from 'node:fs/promises';
import { Tensor } from 'onnxruntime-node';
import { z } from 'zod';
import type { Pronouncer } from '../pronunciation/english-pronouncer.ts';
import { toEspeakPhonemes } from '../pronunciation/espeak-phonemes.ts';
import type { SpokenWord } from '../pronunciation/spoken-word.ts';
import { floats, loadOnnxModel } from './onnx-model.ts';
import { type PhraseSymbol, phraseSymbols, STRESS_MARKS, wordTimes } from './phrase-symbols.ts';
import type { VoiceEngine } from './voice-engine.ts';

/** What Piper writes beside a voice (`*.onnx.json`); only what is needed of it. */
const PiperConfig = z.object({
  audio: z.object({ sample_rate: z.int().positive() }),
  inference: z.object({ noise_scale: z.number(), length_scale: z.number(), noise_w: z.number() }),
  phoneme_id_map: z.record(z.string(), z.array(z.int())),
  hop_length: z.int().positive().default(256),
});

/** The frames of each symbol, before they are stretched into the alignment. */
const DURATIONS = '/Ceil_output_0';

/**
 * A Piper voice: VITS (Kim et al. 2021, arXiv:2106.06103) as exported by https://github.com/rhasspy/piper, with the phonemes coming
 * from `pronouncer` instead of espeak-ng. The model works out how long every symbol lasts, which gives exact times.
 */
export async function loadPiperVoice(modelPath: string, pronouncer: Pronouncer): Promise<VoiceEngine> {
  const config = PiperConfig.parse(JSON.parse(await readFile(`${modelPath}.json`, 'utf8')));
  const model = await loadOnnxModel(modelPath, { alsoGiveOut: [DURATIONS] });
  const { noise_scale, length_scale, noise_w } = config.inference;
  const idsOf = (symbol: string) => config.phoneme_id_map[symbol] ?? [];
  const [pad = 0] = idsOf('_');
  const secondsPerFrame = config.hop_length / config.audio.sample_rate;

  return {
    sampleRate: config.audio.sample_rate,
    async speak(words, speed) {
      const said = espeakWords(words, pronouncer.pronounce(words));
      const symbols = phraseSymbols(said).filter(({ symbol }) => idsOf(symbol).length > 0);
      // As Piper was trained: a beginning, every symbol followed by a pad, an end.
      const ids = [...idsOf('^'), pad];
      const firstIds = symbols.map(({ symbol }) => {
        const first = ids.length;
        ids.push(...idsOf(symbol).flatMap((id) => [id, pad]));
        return first;
      });
      const endId = ids.length;
      ids.push(...idsOf('$'));

      const outputs = await model.run({
        input: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
        input_lengths: new Tensor('int64', BigInt64Array.of(BigInt(ids.length)), [1]),
        scales: new Tensor('float32', Float32Array.of(noise_scale, length_scale / speed, noise_w), [3]),
      });
      const frames = floats(outputs, DURATIONS);
      const secondsOf = (from: number, count: number) =>
        frames.subarray(from, from + count).reduce((sum, each) => sum + each, 0) * secondsPerFrame;
      const beginOf = (index: number) => (firstIds[index] ?? endId) - Number(takesPadBefore(symbols, index));
      const seconds = symbols.map((_, index) => secondsOf(beginOf(index), beginOf(index + 1) - beginOf(index)));
      return {
        samples: floats(outputs, 'output'),
        words: wordTimes(words.length, symbols, seconds, secondsOf(0, beginOf(0))),
      };
    },
    close: () => model.release(),
  };
}

/**
 * The pad between two sounds of a word is heard as the second one, and that before a stress mark as the first (forced alignment of 1200
 * sounds: within 10 ms; the other way they begin 30 ms late).
 */
function takesPadBefore(symbols: readonly PhraseSymbol[], index: number): boolean {
  const [before, symbol] = [symbols[index - 1], symbols[index]];
  return symbol?.word !== undefined && symbol.word === before?.word && !STRESS_MARKS.has(symbol.symbol);
}

/**
 * Each word's phonemes in the notation of espeak-ng, with the punctuation after it. They are turned over as a phrase, because words
 * change each other (a linking r); a word said as several ("B2B") has spaces of its own, so those are counted.
 */
function espeakWords(words: readonly SpokenWord[], phonemes: readonly string[]): string[] {
  const said = words.map((word, index) => (phonemes[index] ?? '') + word.pause);
  const turned = toEspeakPhonemes(said.join(' ')).split(' ');
  let at = 0;
  return said.map((word) => {
    const count = word.split(' ').length;
    at += count;
    return turned.slice(at - count, at).join(' ');
  });
}
