import type { NumberArray } from './npz.ts';

/** The sounds of ARPABET with stress (`AH0`: none, `AH1`: primary, `AH2`: secondary), in the order of the model's outputs. */
const SOUNDS = (
  '<pad> <unk> <s> </s> AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH EH0 EH1 EH2 ER0 ER1 ER2 ' +
  'EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH'
).split(' ');
const FIRST_SOUND = 4;
const START = 2;
const STOP = 3;

/** The model's inputs: `<pad>`, `<unk>`, `</s>`, a to z. */
const UNKNOWN_LETTER = 1;
const END_OF_WORD = 2;
const FIRST_LETTER = 3;
/** More is no word; the model was trained on up to 20 sounds. */
const MOST_LETTERS = 40;
const MOST_SOUNDS = 28;

/** Guesses how a word sounds from its letters a to z; returns ARPABET with stress, such as `['HH', 'AH0', 'L', 'OW1']`. */
export type LetterModel = (word: string) => string[];

/**
 * The letters-to-sounds model of g2p_en (Kyubyong Park and Jongseok Kim, https://github.com/Kyubyong/g2p, Apache-2.0; trained on
 * CMUdict): a GRU reads the letters, a second one says the sounds, each time the likeliest. About a millisecond a word.
 */
export function createLetterModel(weights: ReadonlyMap<string, NumberArray>): LetterModel {
  const encode = createGru(weights, 'enc');
  const decode = createGru(weights, 'dec');
  const output = arrayOf(weights, 'fc_w');
  const bias = arrayOf(weights, 'fc_b').values;
  const likeliest = new Float32Array(bias.length);

  return (word) => {
    let state: Float32Array = new Float32Array(encode.size);
    for (const letter of word.toLowerCase().slice(0, MOST_LETTERS)) {
      const index = letter.charCodeAt(0) - 97;
      state = encode.step(index >= 0 && index < 26 ? FIRST_LETTER + index : UNKNOWN_LETTER, state);
    }
    state = encode.step(END_OF_WORD, state);
    const sounds: string[] = [];
    let previous = START;
    while (sounds.length < MOST_SOUNDS) {
      state = decode.step(previous, state);
      multiply(output.values, state, likeliest);
      let best = STOP;
      for (let index = STOP + 1; index < likeliest.length; index += 1) {
        if ((likeliest[index] ?? 0) + (bias[index] ?? 0) > (likeliest[best] ?? 0) + (bias[best] ?? 0)) best = index;
      }
      if (best < FIRST_SOUND) break;
      sounds.push(SOUNDS[best] ?? '');
      previous = best;
    }
    return sounds;
  };
}

interface Gru {
  /** Numbers of the state. */
  size: number;
  step(symbol: number, state: Float32Array): Float32Array;
}

/** A gated recurrent unit over symbols; what a symbol contributes never changes, so it is computed once. */
function createGru(weights: ReadonlyMap<string, NumberArray>, name: 'enc' | 'dec'): Gru {
  const embedding = arrayOf(weights, `${name}_emb`);
  const inputWeights = arrayOf(weights, `${name}_w_ih`);
  const stateWeights = arrayOf(weights, `${name}_w_hh`).values;
  const inputBias = arrayOf(weights, `${name}_b_ih`).values;
  const stateBias = arrayOf(weights, `${name}_b_hh`).values;
  const [symbols = 0, width = 0] = embedding.shape;
  const gates = inputBias.length;
  const size = gates / 3;
  const bySymbol: (Float32Array | undefined)[] = Array(symbols);
  const fromState = new Float32Array(gates);

  function inputOf(symbol: number): Float32Array {
    const known = bySymbol[symbol];
    if (known) return known;
    const input = new Float32Array(gates);
    multiply(inputWeights.values, embedding.values.subarray(symbol * width, (symbol + 1) * width), input);
    for (let gate = 0; gate < gates; gate += 1) input[gate] = (input[gate] ?? 0) + (inputBias[gate] ?? 0);
    bySymbol[symbol] = input;
    return input;
  }

  return {
    size,
    step(symbol, state) {
      const input = inputOf(symbol);
      multiply(stateWeights, state, fromState);
      const next = new Float32Array(size);
      for (let index = 0; index < size; index += 1) {
        const sum = (gate: number) => (fromState[gate] ?? 0) + (stateBias[gate] ?? 0);
        const reset = sigmoid((input[index] ?? 0) + sum(index));
        const keep = sigmoid((input[size + index] ?? 0) + sum(size + index));
        const proposed = Math.tanh((input[2 * size + index] ?? 0) + reset * sum(2 * size + index));
        next[index] = (1 - keep) * proposed + keep * (state[index] ?? 0);
      }
      return next;
    },
  };
}

/** `result = matrix · vector`, the matrix row after row. Four sums at a time, because one waits for itself. */
function multiply(matrix: Float32Array, vector: Float32Array, result: Float32Array): void {
  const width = vector.length;
  for (let row = 0; row < result.length; row += 1) {
    const start = row * width;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let column = 0; column < width; column += 4) {
      a += (matrix[start + column] as number) * (vector[column] as number);
      b += (matrix[start + column + 1] as number) * (vector[column + 1] as number);
      c += (matrix[start + column + 2] as number) * (vector[column + 2] as number);
      d += (matrix[start + column + 3] as number) * (vector[column + 3] as number);
    }
    result[row] = a + b + c + d;
  }
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function arrayOf(weights: ReadonlyMap<string, NumberArray>, name: string): NumberArray {
  const array = weights.get(name);
  if (!array) throw new Error(`The letters-to-sounds model has no ${name}`);
  return array;
}
