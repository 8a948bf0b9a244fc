import { crc32, deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readNpz } from './npz.ts';

/** An `.npy` file of 32-bit floats. */
function npy(shape: string, values: readonly number[], type = '<f4'): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117, ' ');
  const start = Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from([header.length + 1, 0]),
    Buffer.from(`${header}\n`),
  ]);
  return Buffer.concat([start, Buffer.from(Float32Array.from(values).buffer)]);
}

function zip(files: Record<string, Buffer>, packed: boolean): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = packed ? deflateRawSync(content) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(packed ? 8 : 0, 4);
    common.writeUInt32LE(typeof crc32 === 'function' ? crc32(content) : 0, 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(position, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name)]));
    parts.push(local);
    position += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

it.each([false, true])('reads arrays from a zip (packed: %s)', (packed) => {
  const arrays = readNpz(zip({ 'weights.npy': npy('2, 3', [1, 2, 3, 4, 5, 6]), 'bias.npy': npy('2,', [0.5, -0.5]) }, packed));
  expect(arrays.get('weights')).toEqual({ shape: [2, 3], values: Float32Array.from([1, 2, 3, 4, 5, 6]) });
  expect(arrays.get('bias')).toEqual({ shape: [2], values: Float32Array.from([0.5, -0.5]) });
});

it('says what is wrong with a file', () => {
  expect(() => readNpz(Buffer.from('hello'))).toThrow('not a zip file');
  expect(() => readNpz(zip({ 'a.npy': npy('2', [1, 2], '<f8') }, false))).toThrow('other numbers');
  expect(() => readNpz(zip({ 'a.npy': npy('9', [1, 2]) }, false))).toThrow('ends early');
  expect(() => readNpz(zip({ 'a.npy': Buffer.from('not an array at all') }, false))).toThrow('not an array of numpy');
});
