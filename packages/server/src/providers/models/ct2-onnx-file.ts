/** Part of a file: bytes, or how many there will be and how they are made when their turn comes. */
export type Piece = Buffer | { length: number; make(): AsyncIterable<Buffer> };

/** The types of values that are used here, by ONNX's numbers. */
const TYPES = { float: 1, uint8: 2, int64: 7 } as const;
type ValueType = keyof typeof TYPES;

type Attribute = number | readonly number[];

/** What goes into a graph or comes out of it; a dimension that is not fixed has a name. */
export interface GraphValue {
  name: string;
  type: ValueType;
  shape: readonly (number | string)[];
}

const IR_VERSION = 10;
const OPSET = 17;
const FLOAT_ATTRIBUTE = 1;
const INT_ATTRIBUTE = 2;
const INTS_ATTRIBUTE = 7;
/** Where the operators of ONNX Runtime itself are. */
const MICROSOFT = 'com.microsoft';

/** A graph of operators that grows node by node; `file` gives it as an ONNX file. */
export interface OnnxGraph {
  /** Adds a node and returns the name of its output. */
  add(operator: string, inputs: readonly string[], attributes?: Record<string, Attribute>): string;
  /** The same for a node of several outputs. */
  addMany(operator: string, inputs: readonly string[], outputs: number, attributes?: Record<string, Attribute>): string[];
  /** Gives a value the name that it has outside. */
  name(value: string, name: string): void;
  /** Adds values that do not change and returns their name. */
  constant(type: ValueType, shape: readonly number[], values: Piece): string;
  floats(values: readonly number[], shape?: readonly number[]): string;
  integers(...values: number[]): string;
  file(inputs: readonly GraphValue[], outputs: readonly GraphValue[]): Piece[];
}

/** An empty graph. Names of operators that are not ONNX's begin with `ms.` (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md). */
export function createOnnxGraph(): OnnxGraph {
  const nodes: Piece[] = [];
  const initializers: Piece[] = [];
  let names = 0;
  const newName = () => {
    names += 1;
    return `v${names}`;
  };

  function addNode(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute>,
  ): void {
    const own = operator.startsWith('ms.');
    const node = [
      ...inputs.map((input) => field(1, text(input))),
      ...outputs.map((output) => field(2, text(output))),
      field(4, text(own ? operator.slice('ms.'.length) : operator)),
      ...Object.entries(attributes).map(([key, value]) => field(5, attribute(key, value))),
      ...(own ? [field(7, text(MICROSOFT))] : []),
    ];
    nodes.push(...field(1, node.flat()));
  }

  function constant(type: ValueType, shape: readonly number[], values: Piece): string {
    const name = newName();
    const head = [...shape.map((size) => number(1, size)), number(2, TYPES[type]), ...field(8, text(name))];
    initializers.push(...field(5, [...head, ...field(9, [values])]));
    return name;
  }

  return {
    add(operator, inputs, attributes = {}) {
      const output = newName();
      addNode(operator, inputs, [output], attributes);
      return output;
    },
    addMany(operator, inputs, count, attributes = {}) {
      const outputs = Array.from({ length: count }, newName);
      addNode(operator, inputs, outputs, attributes);
      return outputs;
    },
    name: (value, name) => addNode('Identity', [value], [name], {}),
    constant,
    floats: (values, shape = [values.length]) => constant('float', shape, Buffer.from(Float32Array.from(values).buffer)),
    integers: (...values) => constant('int64', [values.length], Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer)),
    file(inputs, outputs) {
      const graph = [
        ...nodes,
        ...field(2, text('whisper')),
        ...initializers,
        ...inputs.flatMap((value) => field(11, valueInfo(value))),
        ...outputs.flatMap((value) => field(12, valueInfo(value))),
      ];
      return [
        number(1, IR_VERSION),
        ...field(7, graph),
        ...field(8, [...field(1, text('')), number(2, OPSET)]),
        ...field(8, [...field(1, text(MICROSOFT)), number(2, 1)]),
      ];
    },
  };
}

/** How many bytes pieces make. */
export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function attribute(key: string, value: Attribute): Piece[] {
  const name = field(1, text(key));
  if (typeof value !== 'number') return [...name, ...value.map((each) => number(8, each)), number(20, INTS_ATTRIBUTE)];
  if (Number.isInteger(value)) return [...name, number(3, value), number(20, INT_ATTRIBUTE)];
  const float = Buffer.alloc(4);
  float.writeFloatLE(value);
  return [...name, Buffer.concat([tag(2, 5), float]), number(20, FLOAT_ATTRIBUTE)];
}

function valueInfo({ name, type, shape }: GraphValue): Piece[] {
  const dimensions = shape.flatMap((size) => field(1, typeof size === 'number' ? [number(1, size)] : field(2, text(size))));
  return [...field(1, text(name)), ...field(2, field(1, [number(1, TYPES[type]), ...field(2, dimensions)]))];
}

/** A field of protobuf that holds bytes or another message (https://protobuf.dev/programming-guides/encoding/). */
function field(at: number, content: readonly Piece[]): Piece[] {
  return [Buffer.concat([tag(at, 2), varint(lengthOf(content))]), ...content];
}

function number(at: number, value: number): Buffer {
  return Buffer.concat([tag(at, 0), varint(value)]);
}

function text(value: string): Piece[] {
  return [Buffer.from(value)];
}

function tag(at: number, wire: number): Buffer {
  return varint(at * 8 + wire);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}
