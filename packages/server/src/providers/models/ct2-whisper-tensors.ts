import type { Ct2Model, Ct2Variable } from './ct2-model.ts';
import { ModelError } from './model-error.ts';

/** A tensor of whisper.cpp's file: OpenAI's name, its shape as PyTorch has it, and where the 16-bit values are in the CTranslate2 file. */
export interface WhisperTensor {
  name: string;
  dimensions: readonly number[];
  start: number;
  bytes: number;
}

/** The sizes of a Whisper model. */
export interface WhisperSizes {
  vocabulary: number;
  mels: number;
  audio: StackSizes;
  text: StackSizes;
}

interface StackSizes {
  /** How many positions there are: places of the audio, or tokens. */
  context: number;
  state: number;
  heads: number;
  layers: number;
}

/** What a Whisper model in CTranslate2's format is made of, under OpenAI's names and in the order of OpenAI's checkpoints. */
export interface WhisperParts {
  sizes: Omit<WhisperSizes, 'audio' | 'text'> & {
    audio: Omit<StackSizes, 'heads'>;
    text: Omit<StackSizes, 'heads'>;
  };
  tensors: readonly WhisperTensor[];
  /** Where the number of heads is, 16 bits each. */
  heads: { audio: number; text: number };
}

const SPECIFICATION = 'WhisperSpec';
const REVISION = 3;

/**
 * Finds Whisper's tensors in a CTranslate2 model. There the projections of an attention lie one after the other in one variable: queries, keys and
 * values (`linear_0` of a self-attention), keys and values (`linear_1` of the decoder's attention to the audio).
 * @throws ModelError `wrong-bytes` if it is another model, or its values are not floats of 16 bits.
 */
export function whisperParts(model: Ct2Model): WhisperParts {
  if (model.specification !== SPECIFICATION || model.revision !== REVISION) {
    throw foreign(`it is a ${model.specification} of revision ${model.revision}, not ${SPECIFICATION} of revision ${REVISION}`);
  }

  function find(name: string): Ct2Variable {
    const variable = model.variables.get(name);
    if (!variable) throw foreign(`it has no ${name}`);
    return variable;
  }

  function countLayers(stack: string): number {
    let layers = 0;
    while (model.variables.has(`${stack}/layer_${layers}/self_attention/linear_0/weight`)) layers += 1;
    return layers;
  }

  /** One of the `of` equal parts, by rows, in which a variable is divided. */
  function tensor(name: string, from: string, part = 0, of = 1): WhisperTensor {
    const { dimensions, type, start, bytes } = find(from);
    const [rows = 0, ...rest] = dimensions;
    if (type !== 'float16') throw foreign(`${from} has values of type ${type}, only float16 is known`);
    if (rows === 0 || rows % of !== 0) throw foreign(`${from} with ${rows} rows cannot be ${of} tensors`);
    return { name, dimensions: [rows / of, ...rest], start: start + (bytes / of) * part, bytes: bytes / of };
  }

  const both = (name: string, from: string) => [
    tensor(`${name}.weight`, `${from}/weight`),
    tensor(`${name}.bias`, `${from}/bias`),
  ];
  const norm = (name: string, from: string) => [
    tensor(`${name}.weight`, `${from}/gamma`),
    tensor(`${name}.bias`, `${from}/beta`),
  ];
  const part = (name: string, from: string, at: number, of: number) => [
    tensor(`${name}.weight`, `${from}/weight`, at, of),
    tensor(`${name}.bias`, `${from}/bias`, at, of),
  ];
  // Keys have no bias in Whisper; CTranslate2 stores zeros for it.
  const selfAttention = (name: string, from: string) => [
    ...norm(`${name}.attn_ln`, `${from}/layer_norm`),
    ...part(`${name}.attn.query`, `${from}/linear_0`, 0, 3),
    tensor(`${name}.attn.key.weight`, `${from}/linear_0/weight`, 1, 3),
    ...part(`${name}.attn.value`, `${from}/linear_0`, 2, 3),
    ...both(`${name}.attn.out`, `${from}/linear_1`),
  ];
  const crossAttention = (name: string, from: string) => [
    ...norm(`${name}.cross_attn_ln`, `${from}/layer_norm`),
    ...both(`${name}.cross_attn.query`, `${from}/linear_0`),
    tensor(`${name}.cross_attn.key.weight`, `${from}/linear_1/weight`, 0, 2),
    ...part(`${name}.cross_attn.value`, `${from}/linear_1`, 1, 2),
    ...both(`${name}.cross_attn.out`, `${from}/linear_2`),
  ];
  const feedForward = (name: string, from: string) => [
    ...norm(`${name}.mlp_ln`, `${from}/layer_norm`),
    ...both(`${name}.mlp.0`, `${from}/linear_0`),
    ...both(`${name}.mlp.2`, `${from}/linear_1`),
  ];

  const layers = { audio: countLayers('encoder'), text: countLayers('decoder') };
  const tensors = [
    tensor('decoder.positional_embedding', 'decoder/position_encodings/encodings'),
    tensor('encoder.positional_embedding', 'encoder/position_encodings/encodings'),
    tensor('decoder.token_embedding.weight', 'decoder/embeddings/weight'),
    ...Array.from({ length: layers.text }, (_, at) => [
      ...feedForward(`decoder.blocks.${at}`, `decoder/layer_${at}/ffn`),
      ...selfAttention(`decoder.blocks.${at}`, `decoder/layer_${at}/self_attention`),
      ...crossAttention(`decoder.blocks.${at}`, `decoder/layer_${at}/attention`),
    ]).flat(),
    ...norm('decoder.ln', 'decoder/layer_norm'),
    ...both('encoder.conv1', 'encoder/conv1'),
    ...both('encoder.conv2', 'encoder/conv2'),
    ...Array.from({ length: layers.audio }, (_, at) => [
      ...feedForward(`encoder.blocks.${at}`, `encoder/layer_${at}/ffn`),
      ...selfAttention(`encoder.blocks.${at}`, `encoder/layer_${at}/self_attention`),
    ]).flat(),
    ...norm('encoder.ln_post', 'encoder/layer_norm'),
  ];

  const sizesOf = (from: string): [number, number] => {
    const [first = 0, second = 0] = find(from).dimensions;
    return [first, second];
  };
  const [audioContext, audioState] = sizesOf('encoder/position_encodings/encodings');
  const [textContext, textState] = sizesOf('decoder/position_encodings/encodings');
  return {
    sizes: {
      vocabulary: sizesOf('decoder/embeddings/weight')[0],
      mels: sizesOf('encoder/conv1/weight')[1],
      audio: { context: audioContext, state: audioState, layers: layers.audio },
      text: { context: textContext, state: textState, layers: layers.text },
    },
    tensors,
    heads: { audio: find('encoder/num_heads').start, text: find('decoder/num_heads').start },
  };
}

function foreign(problem: string): ModelError {
  return new ModelError('wrong-bytes', `The CTranslate2 file is no Whisper model that can be converted: ${problem}`);
}
