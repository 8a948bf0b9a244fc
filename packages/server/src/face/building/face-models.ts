import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';

/** Runs a network: one batch of RGB squares in, all of its outputs out, by their size. */
export type Network = (input: Float32Array, count: number) => Float32Array[];

export interface FaceModels {
  /** 256 x 256, -1 to 1. */
  detector: Network;
  /** 192 x 192, 0 to 1. */
  mesh: Network;
  /** 64 x 64, 0 to 1. */
  iris: Network;
}

export const DETECTOR_SIDE = 256;
export const MESH_SIDE = 192;
export const IRIS_SIDE = 64;

const require = createRequire(import.meta.url);

/**
 * Loads the networks that come with `@vladmandic/human` (MediaPipe's BlazeFace, Face Mesh and Iris) from its package folder, onto the
 * WebAssembly backend; nothing is fetched. The library's own pipeline is left out: it rounds every point to whole pixels.
 */
export async function loadFaceModels(): Promise<FaceModels> {
  await startTensors();
  const folder = join(dirname(require.resolve('@vladmandic/human')), '..', 'models');
  const [detector, mesh, iris] = await Promise.all([
    loadNetwork(folder, 'blazeface', DETECTOR_SIDE),
    loadNetwork(folder, 'facemesh', MESH_SIDE),
    loadNetwork(folder, 'iris', IRIS_SIDE),
  ]);
  return { detector, mesh, iris };
}

/** Sets the backend that networks run on. May be called again. */
export async function startTensors(): Promise<void> {
  if (tf.getBackend() === 'wasm') return;
  // tfjs takes the path up to the file name, and chooses the binary that suits the processor.
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  tf.enableProdMode();
  await tf.setBackend('wasm');
  await tf.ready();
}

async function loadNetwork(folder: string, name: string, side: number): Promise<Network> {
  const [json, weights] = await Promise.all([
    readFile(join(folder, `${name}.json`), 'utf8'),
    readFile(join(folder, `${name}.bin`)),
  ]);
  const { modelTopology, weightsManifest, signature } = JSON.parse(json);
  const model = loadGraphModelSync({
    load: () => ({
      modelTopology,
      signature,
      weightSpecs: weightsManifest[0].weights,
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length) as ArrayBuffer,
    }),
  });
  return (input, count) => {
    const image = tf.tensor4d(input, [count, side, side, 3]);
    const result = model.execute(image) as tf.Tensor | tf.Tensor[];
    const outputs = Array.isArray(result) ? result : [result];
    const values = outputs.map((output) => output.dataSync<'float32'>().slice());
    tf.dispose([image, ...outputs]);
    return values.sort((a, b) => a.length - b.length);
  };
}
