/** A tensor of 8-bit integers. */
export interface TinyTensor {
  name: string;
  values: Buffer;
}

/** What the file says about itself besides its alignment. */
export interface TinyGguf {
  tensors: readonly TinyTensor[];
  /** Bytes; without it the file does not say, and 32 holds. */
  alignment?: number;
  /** Strings of a vocabulary. */
  tokens?: readonly string[];
}

const TYPE = { uint8: 0, uint32: 4, float32: 6, bool: 7, string: 8, array: 9, float64: 12 };
const TENSOR_OF_INT8 = 24;

/** Writes a GGUF file (version 3, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md) with metadata of several kinds. */
export function tinyGguf({ tensors, alignment, tokens = ['<s>', '', 'größe'] }: TinyGguf): Buffer {
  const pairs = [
    pair('general.architecture', TYPE.string, text('tiny')),
    pair('tiny.flag', TYPE.bool, Buffer.from([1])),
    pair('tiny.scale', TYPE.float64, Buffer.alloc(8, 1)),
    pair('tokenizer.ggml.tokens', TYPE.array, u32(TYPE.string), u64(tokens.length), ...tokens.map(text)),
    pair('tokenizer.ggml.scores', TYPE.array, u32(TYPE.float32), u64(tokens.length), Buffer.alloc(4 * tokens.length)),
    ...(alignment === undefined ? [] : [pair('general.alignment', TYPE.uint32, u32(alignment))]),
  ];
  const step = alignment ?? 32;
  let offset = 0;
  const infos = tensors.map(({ name, values }) => {
    const info = Buffer.concat([text(name), u32(1), u64(values.length), u32(TENSOR_OF_INT8), u64(offset)]);
    offset += values.length + padding(values.length, step);
    return info;
  });
  const head = Buffer.concat([Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(pairs.length), ...pairs, ...infos]);
  const data = tensors.flatMap(({ values }) => [values, Buffer.alloc(padding(values.length, step))]);
  return Buffer.concat([head, Buffer.alloc(padding(head.length, step)), ...data]);
}

const padding = (bytes: number, step: number) => (step - (bytes % step)) % step;
const pair = (key: string, type: number, ...value: Buffer[]) => Buffer.concat([text(key), u32(type), ...value]);

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
