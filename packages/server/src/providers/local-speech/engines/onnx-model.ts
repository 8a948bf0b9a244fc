import { readFile } from 'node:fs/promises';
import { InferenceSession, type Tensor } from 'onnxruntime-node';

/** What ONNX says about itself goes to stderr; only what is worse than a warning is wanted there. */
const ERRORS_ONLY = 3;

export interface OnnxModelOptions {
  /** Values inside the graph to give out as well, by the name they have there; `float` tensors. */
  alsoGiveOut?: readonly string[];
}

/**
 * Loads an ONNX model for one CPU thread. Running it blocks the calling thread (onnxruntime-node computes on it), so this is for worker
 * threads; models that need less than a millisecond may run elsewhere.
 */
export async function loadOnnxModel(path: string, { alsoGiveOut = [] }: OnnxModelOptions = {}): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // A plan for every length of audio or text ever seen would be kept.
    enableMemPattern: false,
    logSeverityLevel: ERRORS_ONLY,
  };
  if (alsoGiveOut.length === 0) return InferenceSession.create(path, options);
  const model = Buffer.concat([await readFile(path), ...alsoGiveOut.map(graphOutput)]);
  return InferenceSession.create(model, options);
}

/** The numbers of a float output. @throws Error if the model has no output of that name. */
export function floats(outputs: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const value = outputs[name] as Tensor | undefined;
  if (!value) throw new Error(`The model has no output ${name}`);
  return value.data as Float32Array;
}

/** The place of the largest number. */
export function likeliest(values: Float32Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at += 1) if ((values[at] ?? 0) > (values[best] ?? 0)) best = at;
  return best;
}

/**
 * The bytes that, put after a model, make a value of its graph an output. An ONNX file is a protocol buffer, and of two protocol
 * buffers in a row the repeated fields are joined (https://protobuf.dev/programming-guides/encoding/#last-one-wins): so
 * `ModelProto { graph { output { name, type: float tensor } } }` is all it takes, and the file on disk stays what was verified.
 */
function graphOutput(name: string): Buffer {
  const floatTensor = field(1, Buffer.from([0x08, 0x01])); // TypeProto.tensor_type { elem_type: FLOAT }
  const valueInfo = Buffer.concat([field(1, Buffer.from(name)), field(2, floatTensor)]);
  return field(7, field(12, valueInfo)); // ModelProto.graph, GraphProto.output
}

/** A length-delimited field. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
