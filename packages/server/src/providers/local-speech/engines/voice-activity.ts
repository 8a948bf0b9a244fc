import { Tensor } from 'onnxruntime-node';
import { floats, loadOnnxModel } from './onnx-model.ts';

/** Samples of one window at 16 kHz: 32 ms. */
export const WINDOW_SAMPLES = 512;
/** The model sees so many samples of the window before, too. */
const CONTEXT_SAMPLES = 64;
const STATE_SHAPE = [2, 1, 128];
const STATE_SIZE = 2 * 128;

/** Hears speech in one stream of audio; keeps what came before in mind. */
export interface VoiceActivityStream {
  /** The probability that there is speech in a window of `WINDOW_SAMPLES` samples (16 kHz, -1..1). About 0.2 ms. */
  probability(window: Float32Array): Promise<number>;
}

/** A loaded model; any number of streams may use it. */
export interface VoiceActivityModel {
  openStream(): VoiceActivityStream;
  close(): Promise<void>;
}

/** Loads Silero VAD 6 for 16 kHz (https://github.com/snakers4/silero-vad, MIT): inputs `input` [1, 64 + 512], `state` [2, 1, 128], `sr`. */
export async function loadVoiceActivityModel(path: string): Promise<VoiceActivityModel> {
  const model = await loadOnnxModel(path);
  const rate = new Tensor('int64', BigInt64Array.of(16_000n), []);
  return {
    openStream() {
      let state = new Tensor('float32', new Float32Array(STATE_SIZE), STATE_SHAPE);
      const input = new Float32Array(CONTEXT_SAMPLES + WINDOW_SAMPLES);
      return {
        async probability(window) {
          input.set(window, CONTEXT_SAMPLES);
          const outputs = await model.run({ input: new Tensor('float32', input, [1, input.length]), state, sr: rate });
          state = outputs.stateN as Tensor as typeof state;
          input.copyWithin(0, WINDOW_SAMPLES);
          return floats(outputs, 'output')[0] ?? 0;
        },
      };
    },
    close: () => model.release(),
  };
}
