import { describe, expect, it } from 'vitest';
import { ASSET_VERSION, AssetError, type FaceAsset, numberOf, readAsset, sectionOf, writeAsset } from './asset-file.ts';

function exampleAsset(): FaceAsset {
  return {
    kind: 'portrait',
    header: { width: 512, name: 'Zoë 😀', eyes: [1, 2, 3], flags: { matte: true } },
    sections: new Map<string, FaceAsset['sections'] extends ReadonlyMap<string, infer S> ? S : never>([
      ['luma', Uint8Array.of(1, 2, 3, 4, 5)],
      ['points', Float32Array.of(1.5, -2.25)],
      ['triangles', Uint16Array.of(7, 8, 9)],
      ['none', new Int16Array(0)],
    ]),
  };
}

function reasonOf(bytes: Uint8Array): string {
  try {
    readAsset(bytes);
  } catch (error) {
    if (error instanceof AssetError) return error.reason;
    throw error;
  }
  return 'fine';
}

describe('the file of an asset', () => {
  it('comes back as it was written', () => {
    const asset = exampleAsset();
    const read = readAsset(writeAsset(asset));
    expect(read).toEqual(asset);
    expect(numberOf(read, 'width')).toBe(512);
    expect([...sectionOf(read, 'points', 'f32')]).toEqual([1.5, -2.25]);
  });

  it('is the same for the same asset', () => {
    expect(writeAsset(exampleAsset())).toEqual(writeAsset(exampleAsset()));
  });

  it('is read from shared memory and from an odd address', () => {
    const bytes = writeAsset(exampleAsset());
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(readAsset(shared).sections.get('luma')!.buffer).toBe(shared.buffer);
    const odd = new Uint8Array(bytes.length + 3).subarray(3);
    odd.set(bytes);
    expect(readAsset(odd)).toEqual(exampleAsset());
  });

  it('is refused with a reason wherever it is cut off', () => {
    const bytes = writeAsset(exampleAsset());
    const lastSection = bytes.length - 8;
    for (let length = 0; length < lastSection; length++) {
      expect(reasonOf(bytes.slice(0, length))).toMatch(/^(not-an-asset|truncated)$/);
    }
  });

  it('is refused when it is something else or of another version', () => {
    expect(reasonOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, ...new Uint8Array(100)))).toBe('not-an-asset');
    const other = writeAsset(exampleAsset());
    other[8] = ASSET_VERSION + 1;
    expect(reasonOf(other)).toBe('other-version');
  });

  it('is read or refused, never worse, whatever single byte is damaged', () => {
    const bytes = writeAsset(exampleAsset());
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 0x22, 0x39, 0x5b, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = value;
        expect(reasonOf(damaged)).toMatch(/^(fine|not-an-asset|other-version|truncated|malformed)$/);
      }
    }
  });

  it('says what it lacks', () => {
    const read = readAsset(writeAsset(exampleAsset()));
    expect(() => sectionOf(read, 'luma', 'f32')).toThrow(/no section "luma" of type f32/);
    expect(() => numberOf(read, 'name')).toThrow(/no number "name"/);
  });
});
