import { CLOSED_MOUTH, MOUTH_PARAMETERS, type MouthShape } from '../pose.ts';

/** Between one sent shape and the next. */
export const MOUTH_FRAME_MS = 20;
export const MOUTH_FRAME_BYTES = MOUTH_PARAMETERS.length;

/** Shapes 20 ms apart as bytes, 8 each, for faces that are rendered somewhere else: 255 is 1. */
export function encodeMouth(shapes: readonly Readonly<MouthShape>[]): Uint8Array {
  const bytes = new Uint8Array(shapes.length * MOUTH_FRAME_BYTES);
  for (const [i, shape] of shapes.entries()) {
    for (const [k, key] of MOUTH_PARAMETERS.entries()) {
      bytes[i * MOUTH_FRAME_BYTES + k] = Math.round(Math.min(Math.max(shape[key], 0), 1) * 255);
    }
  }
  return bytes;
}

/** @throws Error for bytes that are no whole shapes */
export function decodeMouth(bytes: Uint8Array): MouthShape[] {
  if (bytes.length % MOUTH_FRAME_BYTES !== 0)
    throw new Error(`${bytes.length} bytes are no mouth frames of ${MOUTH_FRAME_BYTES} bytes`);
  return Array.from({ length: bytes.length / MOUTH_FRAME_BYTES }, (_, i) => frameOf(bytes, i));
}

/** The shape so long after the first one, between the two nearest; closed before the first and after the last. */
export function mouthInFrames(bytes: Uint8Array, ms: number): MouthShape {
  const position = ms / MOUTH_FRAME_MS;
  const before = Math.floor(position);
  const [a, b] = [frameOf(bytes, before), frameOf(bytes, before + 1)];
  for (const key of MOUTH_PARAMETERS) a[key] += (b[key] - a[key]) * (position - before);
  return a;
}

function frameOf(bytes: Uint8Array, index: number): MouthShape {
  const shape = { ...CLOSED_MOUTH };
  if (index >= 0)
    for (const [k, key] of MOUTH_PARAMETERS.entries()) shape[key] = (bytes[index * MOUTH_FRAME_BYTES + k] ?? 0) / 255;
  return shape;
}
