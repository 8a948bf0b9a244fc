import * as tf from '@tensorflow/tfjs-core';

/**
 * A network in TensorFlow Lite's file format (a FlatBuffer; fields by their number in its schema.fbs), run by TensorFlow.js on whichever
 * backend is set. It knows the operations that small convolutional networks with half-precision weights are made of.
 */
export type TfliteNetwork = (input: tf.Tensor) => tf.Tensor;

/** Operations by their number in the schema. */
const ADD = 0;
const AVERAGE_POOL = 1;
const CONVOLUTION = 3;
const DEPTHWISE = 4;
const DEQUANTIZE = 6;
const LOGISTIC = 14;
const MULTIPLY = 18;
const RELU = 19;
const RESIZE_BILINEAR = 23;
const HARD_SWISH = 117;
const CUSTOM = 32;
const TRANSPOSED_WITH_BIAS = 'Convolution2DTransposeBias';

const FLOAT = 0;
const HALF_FLOAT = 1;
const INTEGER = 2;

interface Operation {
  readonly code: number;
  readonly custom: string;
  readonly inputs: readonly number[];
  readonly output: number;
  /** Number of an option, by its place in the operation's table of options; 0 where it is left out. */
  option(place: number): number;
}

/** @throws Error for a file that is none, or holds an operation that is not known here. */
export function readTflite(bytes: Uint8Array): TfliteNetwork {
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') !== 'TFL3') throw new Error('This is no TensorFlow Lite file');
  const buffer = flatBuffer(bytes);
  const model = buffer.root();
  const codes = buffer.tables(model, 1).map((code) => ({
    code: Math.max(buffer.byte(code, 0), buffer.integer(code, 3)),
    custom: buffer.text(code, 1),
  }));
  const [graph] = buffer.tables(model, 2);
  if (graph === undefined) throw new Error('The network is empty');
  const contents = buffer.tables(model, 4);
  const tensors = buffer.tables(graph, 0).map((tensor) => ({
    shape: buffer.integers(tensor, 0),
    type: buffer.byte(tensor, 1),
    content: contents[buffer.integer(tensor, 2)],
  }));
  const operations = buffer.tables(graph, 3).map((operation): Operation => {
    const kind = codes[buffer.integer(operation, 0)] ?? { code: -1, custom: '' };
    const options = buffer.table(operation, 4);
    return {
      ...kind,
      inputs: buffer.integers(operation, 1),
      output: buffer.integers(operation, 2)[0] ?? -1,
      option: (place) => (options === undefined ? 0 : buffer.small(options, place)),
    };
  });
  const [input] = buffer.integers(graph, 1);
  const [output] = buffer.integers(graph, 2);
  const constants = new Map<number, tf.Tensor>();
  tensors.forEach(({ shape, type, content }, index) => {
    const stored = content === undefined ? undefined : buffer.vectorOf(content, 0);
    if (stored !== undefined && stored.length > 0) constants.set(index, tf.tensor(numbersOf(stored, type), shape));
  });
  // Weights are made ready once.
  const running = operations.filter((operation) => {
    const [from] = operation.inputs;
    const constant = operation.code === DEQUANTIZE && from !== undefined ? constants.get(from) : undefined;
    if (constant) constants.set(operation.output, constant);
    return !constant;
  });
  return (given) =>
    tf.tidy(() => {
      const values = new Map<number, tf.Tensor>([[input ?? -1, given]]);
      const tensorAt = (index: number) => {
        const value = values.get(index) ?? constants.get(index);
        if (!value) throw new Error(`The network uses tensor ${index} before it is there`);
        return value;
      };
      for (const operation of running) values.set(operation.output, run(operation, operation.inputs.map(tensorAt)));
      return tensorAt(output ?? -1);
    });
}

function run(operation: Operation, inputs: readonly tf.Tensor[]): tf.Tensor {
  const [x, second, bias] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.Tensor1D];
  const { option } = operation;
  switch (operation.code) {
    case ADD:
      return tf.add(x, second);
    case MULTIPLY:
      return tf.mul(x, second);
    case RELU:
      return tf.relu(x);
    case LOGISTIC:
      return tf.sigmoid(x);
    case HARD_SWISH:
      return tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6));
    case AVERAGE_POOL:
      return tf.avgPool(x, [option(4), option(3)], [option(2), option(1)], option(0) === 0 ? 'same' : 'valid');
    case RESIZE_BILINEAR: {
      const [height = 1, width = 1] = second.dataSync();
      return tf.image.resizeBilinear(x, [height, width], option(2) === 1, option(3) === 1);
    }
    case CONVOLUTION: {
      const filter = tf.transpose(second, [1, 2, 3, 0]) as tf.Tensor4D;
      return activated(tf.add(tf.conv2d(x, filter, [option(2), option(1)], paddingOf(option(0))), bias), option(3));
    }
    case DEPTHWISE: {
      const [, height = 1, width = 1, channels = 1] = second.shape;
      const filter = tf.reshape(second, [height, width, channels, 1]) as tf.Tensor4D;
      return activated(tf.add(tf.depthwiseConv2d(x, filter, [option(2), option(1)], paddingOf(option(0))), bias), option(4));
    }
    case CUSTOM:
      if (operation.custom === TRANSPOSED_WITH_BIAS) return doubled(x, second, bias);
  }
  throw new Error(`The network has an operation that is not known: ${operation.code} ${operation.custom}`);
}

const paddingOf = (option: number) => (option === 0 ? 'same' : 'valid');

function activated(x: tf.Tensor, option: number): tf.Tensor {
  if (option === 0) return x;
  if (option === 1) return tf.relu(x);
  if (option === 3) return tf.relu6(x);
  throw new Error(`The network has an activation that is not known: ${option}`);
}

/** MediaPipe's transposed convolution, as far as it is used: each pixel becomes 2 x 2 of one channel. */
function doubled(x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor {
  const [, height, width, channels] = x.shape;
  const [outputs, filterHeight, filterWidth] = filter.shape;
  if (outputs !== 1 || filterHeight !== 2 || filterWidth !== 2)
    throw new Error('The network enlarges in a way that is not known');
  const from = x.dataSync();
  const weights = filter.dataSync();
  const [base = 0] = bias.dataSync();
  const result = new Float32Array(4 * height * width);
  for (let row = 0; row < 2 * height; row++) {
    for (let column = 0; column < 2 * width; column++) {
      const at = ((row >> 1) * width + (column >> 1)) * channels;
      const weight = ((row & 1) * 2 + (column & 1)) * channels;
      let sum = base;
      for (let channel = 0; channel < channels; channel++) sum += from[at + channel]! * weights[weight + channel]!;
      result[row * 2 * width + column] = sum;
    }
  }
  return tf.tensor4d(result, [1, 2 * height, 2 * width, 1]);
}

function numbersOf(stored: Uint8Array, type: number): Float32Array {
  // Copied, since what lies in a file is aligned by chance.
  const { buffer } = new Uint8Array(stored);
  if (type === FLOAT) return new Float32Array(buffer);
  if (type === INTEGER) return Float32Array.from(new Int32Array(buffer));
  if (type === HALF_FLOAT) return Float32Array.from(new Uint16Array(buffer), halfToFloat);
  throw new Error(`The network has numbers of a type that is not known: ${type}`);
}

function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  return exponent === 31 ? sign * Number.POSITIVE_INFINITY : sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** Reads a FlatBuffer: tables are places in the file, their fields are numbered. */
function flatBuffer(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const follow = (at: number) => at + view.getUint32(at, true);
  /** Where a field of a table is, or 0 where it has its default. */
  const field = (table: number, number: number) => {
    const fields = table - view.getInt32(table, true);
    const at = 4 + 2 * number;
    const offset = at < view.getUint16(fields, true) ? view.getUint16(fields + at, true) : 0;
    return offset === 0 ? 0 : table + offset;
  };
  const vector = (table: number, number: number, size: number) => {
    const at = field(table, number);
    if (at === 0) return [];
    const start = follow(at);
    return Array.from({ length: view.getUint32(start, true) }, (_, index) => start + 4 + size * index);
  };
  const valueOr0 = (at: number, read: (at: number) => number) => (at === 0 ? 0 : read(at));
  const vectorOf = (table: number, number: number) => {
    const at = field(table, number);
    if (at === 0) return undefined;
    const start = follow(at);
    return bytes.subarray(start + 4, start + 4 + view.getUint32(start, true));
  };
  /** Options are bytes or 32-bit numbers; all that are read here fit into a byte. */
  const small = (table: number, number: number) => valueOr0(field(table, number), (at) => view.getUint8(at));
  return {
    root: () => follow(0),
    table: (table: number, number: number) => {
      const at = field(table, number);
      return at === 0 ? undefined : follow(at);
    },
    tables: (table: number, number: number) => vector(table, number, 4).map(follow),
    integers: (table: number, number: number) => vector(table, number, 4).map((at) => view.getInt32(at, true)),
    integer: (table: number, number: number) => valueOr0(field(table, number), (at) => view.getInt32(at, true)),
    byte: (table: number, number: number) => valueOr0(field(table, number), (at) => view.getInt8(at)),
    small,
    text: (table: number, number: number) => Buffer.from(vectorOf(table, number) ?? []).toString('latin1'),
    vectorOf,
  };
}
