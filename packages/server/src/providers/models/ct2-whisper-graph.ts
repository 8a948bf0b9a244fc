import { setImmediate } from 'node:timers/promises';
import { FREQUENCIES, fourierWave, melFilters, WAVES, WINDOW_SAMPLES } from './ct2-mel-filters.ts';
import { BLOCK, ZERO_POINT } from './ct2-numbers.ts';
import { createOnnxGraph, type GraphValue, type OnnxGraph, type Piece } from './ct2-onnx-file.ts';

/** The sizes of a Whisper model. */
export interface WhisperSizes {
  vocabulary: number;
  mels: number;
  /** Numbers by which a place or a token is described. */
  state: number;
  /** As many in both halves. */
  heads: number;
  encoderLayers: number;
  decoderLayers: number;
  /** Most places of the audio, 20 ms each. */
  places: number;
  /** Most tokens. */
  tokens: number;
}

/** Gives the weights of a model under CTranslate2's names: as 32-bit floats, or as 8-bit numbers with a scale for each block of a row. */
export interface WhisperWeights {
  sizes: WhisperSizes;
  floats(name: string): { shape: readonly number[]; values: Piece };
  quantised(name: string): { rows: number; columns: number; values: Piece; scales: Piece };
}

/** How far apart the windows are in which the spectrum is taken. */
const HOP_SAMPLES = 160;
/** Tells ONNX Runtime to multiply with 8-bit numbers, not to blow the weights up to floats first. */
const INT8_ACCURACY = 4;
const EPSILON = 1e-5;

/**
 * The half of Whisper that listens. In: samples (16 kHz, with 200 before and 40 more than the windows need behind). Out: keys and values of the audio
 * for each layer of the other half. It computes the spectrum itself, so no signal processing is left to do outside.
 */
export function encoderGraph(weights: WhisperWeights): Piece[] {
  const { sizes } = weights;
  const graph = createOnnxGraph();
  let audio = convolution(graph, weights, 'encoder/conv1', logMel(graph, sizes.mels), 1);
  audio = convolution(graph, weights, 'encoder/conv2', audio, 2);
  audio = graph.add('Transpose', [graph.add('Reshape', [audio, graph.integers(sizes.state, -1)])], { perm: [1, 0] });
  const places = graph.add('Slice', [graph.add('Shape', [audio]), graph.integers(0), graph.integers(1)]);
  const positions = floats(graph, weights, 'encoder/position_encodings/encodings');
  audio = graph.add('Add', [audio, graph.add('Slice', [positions, graph.integers(0), places, graph.integers(0)])]);
  for (let layer = 0; layer < sizes.encoderLayers; layer += 1) {
    const name = `encoder/layer_${layer}`;
    const normal = norm(graph, weights, `${name}/self_attention/layer_norm`, audio);
    const [query = '', key = '', value = ''] = project(graph, weights, `${name}/self_attention/linear_0`, normal, 3);
    const { heard } = attend(graph, sizes, toHeads(graph, sizes, query), toKeys(graph, sizes, key), toHeads(graph, sizes, value));
    audio = graph.add('Add', [audio, linear(graph, weights, `${name}/self_attention/linear_1`, heard)]);
    audio = feedForward(graph, weights, `${name}/ffn`, audio);
  }
  audio = norm(graph, weights, 'encoder/layer_norm', audio);
  const outputs: GraphValue[] = [];
  for (let layer = 0; layer < sizes.decoderLayers; layer += 1) {
    const [key = '', value = ''] = project(graph, weights, `decoder/layer_${layer}/attention/linear_1`, audio, 2);
    graph.name(toKeys(graph, sizes, key), `audio_keys.${layer}`);
    graph.name(toHeads(graph, sizes, value), `audio_values.${layer}`);
    outputs.push(...audioValues(sizes, layer));
  }
  return graph.file([{ name: 'samples', type: 'float', shape: [1, 1, 'samples'] }], outputs);
}

/**
 * The half of Whisper that writes. In: tokens, their positions, what may be looked at (0, or minus infinity where not), the keys and values of the
 * audio and of the tokens before. Out: how likely each token comes next, the keys and values of all tokens so far, and, if `alignmentHeads` are named
 * (layer and head), where in the audio these look.
 */
export function decoderGraph(weights: WhisperWeights, alignmentHeads: readonly (readonly [number, number])[]): Piece[] {
  const { sizes } = weights;
  const graph = createOnnxGraph();
  const embeddings = weights.quantised('decoder/embeddings/weight');
  const blocks = sizes.state / BLOCK;
  const values = graph.constant('uint8', [embeddings.rows, blocks, BLOCK], embeddings.values);
  const scales = graph.constant('float', [embeddings.rows * blocks], embeddings.scales);

  const scaleRows = graph.add('Reshape', [scales, graph.integers(embeddings.rows, blocks, 1)]);
  const numbers = graph.add('Cast', [graph.add('Gather', [values, 'tokens'])], { to: 1 });
  const centred = graph.add('Sub', [numbers, graph.floats([ZERO_POINT])]);
  const scaled = graph.add('Mul', [centred, graph.add('Gather', [scaleRows, 'tokens'])]);
  const token = graph.add('Reshape', [scaled, graph.integers(-1, sizes.state)]);
  const positions = floats(graph, weights, 'decoder/position_encodings/encodings');
  let text = graph.add('Add', [token, graph.add('Gather', [positions, 'positions'])]);

  const inputs: GraphValue[] = [
    { name: 'tokens', type: 'int64', shape: ['new'] },
    { name: 'positions', type: 'int64', shape: ['new'] },
    { name: 'mask', type: 'float', shape: ['new', 'all'] },
  ];
  const outputs: GraphValue[] = [{ name: 'logits', type: 'float', shape: [1, sizes.vocabulary] }];
  const looks: string[] = [];
  for (let layer = 0; layer < sizes.decoderLayers; layer += 1) {
    const name = `decoder/layer_${layer}`;
    const normal = norm(graph, weights, `${name}/self_attention/layer_norm`, text);
    const [query = '', key = '', value = ''] = project(graph, weights, `${name}/self_attention/linear_0`, normal, 3);
    const keys = graph.add('Concat', [`past_keys.${layer}`, toKeys(graph, sizes, key)], { axis: 2 });
    const vals = graph.add('Concat', [`past_values.${layer}`, toHeads(graph, sizes, value)], { axis: 1 });
    graph.name(keys, `keys.${layer}`);
    graph.name(vals, `values.${layer}`);
    const own = attend(graph, sizes, toHeads(graph, sizes, query), keys, vals, 'mask');
    text = graph.add('Add', [text, linear(graph, weights, `${name}/self_attention/linear_1`, own.heard)]);

    const before = norm(graph, weights, `${name}/attention/layer_norm`, text);
    const asked = toHeads(graph, sizes, linear(graph, weights, `${name}/attention/linear_0`, before));
    const audio = attend(graph, sizes, asked, `audio_keys.${layer}`, `audio_values.${layer}`);
    text = graph.add('Add', [text, linear(graph, weights, `${name}/attention/linear_2`, audio.heard)]);
    const heads = alignmentHeads.filter(([at]) => at === layer).map(([, head]) => head);
    if (heads.length > 0) looks.push(graph.add('Gather', [audio.weights, graph.integers(...heads)]));

    text = feedForward(graph, weights, `${name}/ffn`, text);
    const past = (kind: string) => textValues(sizes, layer, kind);
    inputs.push(...audioValues(sizes, layer), ...past('past_').map((each) => ({ ...each, shape: withPast(each.shape) })));
    outputs.push(...past(''));
  }
  const last = graph.add('Slice', [text, graph.integers(-1), graph.integers(2 ** 31), graph.integers(0)]);
  const final = norm(graph, weights, 'decoder/layer_norm', last);
  graph.name(graph.add('ms.MatMulNBits', [final, values, scales], multiplication(embeddings.rows, sizes.state)), 'logits');
  if (looks.length > 0) {
    graph.name(graph.add('Concat', looks, { axis: 0 }), 'looks');
    outputs.push({ name: 'looks', type: 'float', shape: [alignmentHeads.length, 'new', 'places'] });
  }
  return graph.file(inputs, outputs);
}

function audioValues({ heads, state }: WhisperSizes, layer: number): GraphValue[] {
  return [
    { name: `audio_keys.${layer}`, type: 'float', shape: [heads, state / heads, 'places'] },
    { name: `audio_values.${layer}`, type: 'float', shape: [heads, 'places', state / heads] },
  ];
}

function textValues({ heads, state }: WhisperSizes, layer: number, kind: string): GraphValue[] {
  return [
    { name: `${kind}keys.${layer}`, type: 'float', shape: [heads, state / heads, 'all'] },
    { name: `${kind}values.${layer}`, type: 'float', shape: [heads, 'all', state / heads] },
  ];
}

function withPast(shape: GraphValue['shape']): GraphValue['shape'] {
  return shape.map((size) => (size === 'all' ? 'past' : size));
}

/** The spectrum as Whisper hears it: power in mel bands, logarithmic, at most 80 dB below the loudest. */
function logMel(graph: OnnxGraph, mels: number): string {
  const basis = graph.constant('float', [WAVES, 1, WINDOW_SAMPLES], { length: WAVES * WINDOW_SAMPLES * 4, make: waves });
  const spectrum = graph.add('Conv', ['samples', basis], { strides: [HOP_SAMPLES] });
  const squares = graph.add('Mul', [spectrum, spectrum]);
  const [real = '', imaginary = ''] = graph.addMany('Split', [squares, graph.integers(FREQUENCIES, FREQUENCIES)], 2, { axis: 1 });
  const filters = graph.constant('float', [mels, FREQUENCIES], Buffer.from(melFilters(mels).buffer));
  const power = graph.add('MatMul', [filters, graph.add('Add', [real, imaginary])]);
  const log = graph.add('Log', [graph.add('Max', [power, graph.floats([1e-10])])]);
  const decades = graph.add('Mul', [log, graph.floats([1 / Math.LN10])]);
  const floor = graph.add('Sub', [graph.add('ReduceMax', [decades], { keepdims: 0 }), graph.floats([8])]);
  const limited = graph.add('Max', [decades, floor]);
  return graph.add('Mul', [graph.add('Add', [limited, graph.floats([4])]), graph.floats([1 / 4])]);
}

/** All of them take some ten milliseconds, so others have their turn in between. */
async function* waves(): AsyncGenerator<Buffer> {
  for (let wave = 0; wave < WAVES; wave += 1) {
    yield Buffer.from(fourierWave(wave).buffer);
    if (wave % 16 === 0) await setImmediate();
  }
}

function convolution(graph: OnnxGraph, weights: WhisperWeights, name: string, input: string, stride: number): string {
  const parameters = [floats(graph, weights, `${name}/weight`), floats(graph, weights, `${name}/bias`)];
  return graph.add('ms.Gelu', [graph.add('Conv', [input, ...parameters], { strides: [stride], pads: [1, 1] })]);
}

function feedForward(graph: OnnxGraph, weights: WhisperWeights, name: string, input: string): string {
  const inner = linear(graph, weights, `${name}/linear_0`, norm(graph, weights, `${name}/layer_norm`, input));
  return graph.add('Add', [input, linear(graph, weights, `${name}/linear_1`, graph.add('ms.Gelu', [inner]))]);
}

function norm(graph: OnnxGraph, weights: WhisperWeights, name: string, input: string): string {
  const parameters = [floats(graph, weights, `${name}/gamma`), floats(graph, weights, `${name}/beta`)];
  return graph.add('LayerNormalization', [input, ...parameters], { axis: 1, epsilon: EPSILON });
}

function linear(graph: OnnxGraph, weights: WhisperWeights, name: string, input: string): string {
  const { rows, columns, values, scales } = weights.quantised(`${name}/weight`);
  const matrix = graph.constant('uint8', [rows, columns / BLOCK, BLOCK], values);
  const scaling = graph.constant('float', [(rows * columns) / BLOCK], scales);
  const product = graph.add('ms.MatMulNBits', [input, matrix, scaling], multiplication(rows, columns));
  return graph.add('Add', [product, floats(graph, weights, `${name}/bias`)]);
}

/** The projections that CTranslate2 keeps one after the other in one matrix. */
function project(graph: OnnxGraph, weights: WhisperWeights, name: string, input: string, parts: number): string[] {
  const sizes = Array.from({ length: parts }, () => weights.sizes.state);
  return graph.addMany('Split', [linear(graph, weights, name, input), graph.integers(...sizes)], parts, { axis: 1 });
}

function multiplication(rows: number, columns: number): Record<string, number> {
  return { K: columns, N: rows, bits: 8, block_size: BLOCK, accuracy_level: INT8_ACCURACY };
}

function floats(graph: OnnxGraph, weights: WhisperWeights, name: string): string {
  const { shape, values } = weights.floats(name);
  return graph.constant('float', shape, values);
}

/** From a row for each place to heads x places x numbers. */
function toHeads(graph: OnnxGraph, { heads, state }: WhisperSizes, input: string): string {
  const divided = graph.add('Reshape', [input, graph.integers(-1, heads, state / heads)]);
  return graph.add('Transpose', [divided], { perm: [1, 0, 2] });
}

/** From a row for each place to heads x numbers x places. */
function toKeys(graph: OnnxGraph, { heads, state }: WhisperSizes, input: string): string {
  const divided = graph.add('Reshape', [input, graph.integers(-1, heads, state / heads)]);
  return graph.add('Transpose', [divided], { perm: [1, 2, 0] });
}

function attend(
  graph: OnnxGraph,
  { heads, state }: WhisperSizes,
  query: string,
  keys: string,
  values: string,
  mask?: string,
): { heard: string; weights: string } {
  const scaled = graph.add('Mul', [query, graph.floats([(state / heads) ** -0.5])]);
  const scores = graph.add('MatMul', [scaled, keys]);
  const weights = graph.add('Softmax', [mask === undefined ? scores : graph.add('Add', [scores, mask])], { axis: 2 });
  const heard = graph.add('Transpose', [graph.add('MatMul', [weights, values])], { perm: [1, 0, 2] });
  return { heard: graph.add('Reshape', [heard, graph.integers(-1, state)]), weights };
}
