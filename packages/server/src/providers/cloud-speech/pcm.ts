/** Joins bytes to samples: signed 16 bit little-endian. A byte that is left over waits for the next piece. */
export function createPcmReader(): (bytes: Uint8Array) => Int16Array {
  let odd: number | undefined;
  return (bytes) => {
    const whole = odd === undefined ? bytes : Uint8Array.of(odd, ...bytes);
    const length = whole.length >> 1;
    odd = whole.length % 2 === 1 ? whole[whole.length - 1] : undefined;
    const samples = new Int16Array(length);
    const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
    for (let at = 0; at < length; at += 1) samples[at] = view.getInt16(at * 2, true);
    return samples;
  };
}
