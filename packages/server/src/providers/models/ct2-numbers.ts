/** Values of a row of a matrix that share a scale. */
export const BLOCK = 32;
/** What stands for 0 among 8-bit numbers. */
export const ZERO_POINT = 128;
const LARGEST = 127;

/** Every 16-bit float (IEEE 754: 1 bit of sign, 5 of exponent, 10 of fraction) as a 32-bit one. */
const WIDE = Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
});

/** 16-bit floats as 32-bit ones. */
export function widen(chunk: Buffer): Float32Array<ArrayBuffer> {
  const narrow = new Uint16Array(chunk.buffer, chunk.byteOffset, chunk.length / 2);
  const wide = new Float32Array(narrow.length);
  for (let at = 0; at < narrow.length; at += 1) wide[at] = WIDE[narrow[at] ?? 0] ?? 0;
  return wide;
}

/**
 * 8-bit numbers whose distance to 128, times the scale of their block, is the value: the largest of a block is 127 away. The scales of these blocks are
 * put into `scales` from `firstBlock` on.
 */
export function quantise(values: Float32Array, scales: Float32Array, firstBlock: number): Buffer {
  const bytes = Buffer.allocUnsafe(values.length);
  for (let start = 0; start < values.length; start += BLOCK) {
    let largest = 0;
    for (let at = start; at < start + BLOCK; at += 1) largest = Math.max(largest, Math.abs(values[at] ?? 0));
    const scale = Math.fround(largest / LARGEST);
    scales[firstBlock + start / BLOCK] = scale;
    for (let at = start; at < start + BLOCK; at += 1) {
      bytes[at] = ZERO_POINT + (scale === 0 ? 0 : Math.round((values[at] ?? 0) / scale));
    }
  }
  return bytes;
}
