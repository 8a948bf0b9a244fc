import { inflateRawSync } from 'node:zlib';

/** An array of numbers of a `.npz` file, row after row. */
export interface NumberArray {
  shape: readonly number[];
  values: Float32Array;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads a `.npz` file of numpy: a zip of `.npy` files, each a header of text and the numbers. Only little-endian 32-bit floats in C
 * order, which is what small models are saved as. Keys are the names without `.npy`.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpz(bytes: Buffer): Map<string, NumberArray> {
  const arrays = new Map<string, NumberArray>();
  for (const [name, content] of unzip(bytes)) arrays.set(name.replace(/\.npy$/, ''), readNpy(name, content));
  return arrays;
}

function readNpy(name: string, bytes: Buffer): NumberArray {
  if (bytes.length < 12 || bytes.toString('latin1', 1, 6) !== 'NUMPY') throw new Error(`${name} is not an array of numpy`);
  const longHeader = (bytes[6] ?? 1) > 1;
  const headerStart = longHeader ? 12 : 10;
  const headerLength = longHeader ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', headerStart, headerStart + headerLength);
  if (!header.includes("'<f4'") || header.includes("'fortran_order': True"))
    throw new Error(`${name} holds other numbers than expected: ${header.trim()}`);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .flatMap((size) => (size.trim() ? [Number(size)] : []));
  const count = shape.reduce((product, size) => product * size, 1);
  const data = bytes.subarray(headerStart + headerLength, headerStart + headerLength + count * 4);
  if (data.length !== count * 4) throw new Error(`${name} ends early`);
  // A copy, because the numbers may begin at any byte of the file.
  return { shape, values: new Float32Array(Uint8Array.from(data).buffer) };
}

function* unzip(bytes: Buffer): Iterable<[name: string, content: Buffer]> {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || bytes.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('It is not a zip file');
  let entry = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(entry) !== DIRECTORY_ENTRY) throw new Error(`The zip file is damaged at byte ${entry}`);
    const method = bytes.readUInt16LE(entry + 10);
    const size = bytes.readUInt32LE(entry + 20);
    const nameLength = bytes.readUInt16LE(entry + 28);
    const name = bytes.toString('utf8', entry + 46, entry + 46 + nameLength);
    const file = bytes.readUInt32LE(entry + 42);
    const start = file + 30 + bytes.readUInt16LE(file + 26) + bytes.readUInt16LE(file + 28);
    const content = bytes.subarray(start, start + size);
    if (method !== STORED && method !== DEFLATED) throw new Error(`${name} is packed in a way that is not known (${method})`);
    yield [name, method === STORED ? content : inflateRawSync(content)];
    entry += 46 + nameLength + bytes.readUInt16LE(entry + 30) + bytes.readUInt16LE(entry + 32);
  }
}
