/** One layer: `outputs` sums over all inputs, each with a bias; negative sums become 0, but in the last layer. */
export interface Layer {
  inputs: number;
  outputs: number;
  /** By output: `outputs * inputs`. */
  weights: Float32Array;
  biases: Float32Array;
}

/** A small feed-forward network. Holds its own scratch memory. */
export interface Network {
  /** What it makes of the inputs; written over by the next call. */
  run(inputs: Float32Array): Float32Array;
}

export function createNetwork(layers: readonly Layer[]): Network {
  const results = layers.map(({ outputs }) => new Float32Array(outputs));
  return {
    run(inputs) {
      let values = inputs;
      for (let l = 0; l < layers.length; l++) {
        const layer = layers[l]!;
        const result = results[l]!;
        sumUp(layer, values, result);
        if (l < layers.length - 1) for (let i = 0; i < result.length; i++) if (result[i]! < 0) result[i] = 0;
        values = result;
      }
      return values;
    },
  };
}

/** Four sums at a time, so that the processor need not wait for each. */
function sumUp({ inputs, outputs, weights, biases }: Layer, values: Float32Array, into: Float32Array): void {
  const whole = inputs - (inputs % 4);
  for (let o = 0, row = 0; o < outputs; o++, row += inputs) {
    let [a, b, c, d] = [biases[o]!, 0, 0, 0];
    for (let i = 0; i < whole; i += 4) {
      a += weights[row + i]! * values[i]!;
      b += weights[row + i + 1]! * values[i + 1]!;
      c += weights[row + i + 2]! * values[i + 2]!;
      d += weights[row + i + 3]! * values[i + 3]!;
    }
    for (let i = whole; i < inputs; i++) a += weights[row + i]! * values[i]!;
    into[o] = a + b + c + d;
  }
}

/** A network as it is kept: 16-bit weights in base64, row by row, the biases of a layer after its weights. */
export interface KeptNetwork {
  /** Inputs, then the outputs of each layer. */
  sizes: readonly number[];
  /** Of each layer: what its largest weight was. */
  scales: readonly number[];
  /** Little-endian. */
  base64: string;
}

export function unpackNetwork({ sizes, scales, base64 }: KeptNetwork): Layer[] {
  const bytes = fromBase64(base64);
  let at = 0;
  return scales.map((scale, l) => {
    const [inputs, outputs] = [sizes[l]!, sizes[l + 1]!];
    const read = (length: number) =>
      Float32Array.from({ length }, () => {
        const value = ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16;
        at += 2;
        return (value / 32_767) * scale;
      });
    const weights = read(inputs * outputs);
    return { inputs, outputs, weights, biases: read(outputs) };
  });
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Neither `atob` nor `Buffer`: one is not in Node's types here, the other not in browsers. */
function fromBase64(text: string): Uint8Array {
  const values = [...text.replace(/=+$/, '')].map((letter) => LETTERS.indexOf(letter));
  const bytes = new Uint8Array(Math.floor((values.length * 3) / 4));
  for (let i = 0, at = 0; at < bytes.length; i += 4) {
    const word = (values[i]! << 18) | (values[i + 1]! << 12) | ((values[i + 2] ?? 0) << 6) | (values[i + 3] ?? 0);
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (word >> shift) & 255;
  }
  return bytes;
}
