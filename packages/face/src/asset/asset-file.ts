import { readHeaderText, writeHeaderText } from './header-text.ts';

/** Goes up with every change of what is in an asset; assets of another version are built anew. */
export const ASSET_VERSION = 2;

export type AssetKind = 'portrait' | 'character';

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type AssetSection = Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array;

/** Everything that a renderer needs to draw one face. */
export interface FaceAsset {
  readonly kind: AssetKind;
  readonly header: { readonly [name: string]: Json };
  readonly sections: ReadonlyMap<string, AssetSection>;
}

/** Why bytes are no asset. `other-version`: it was one, for another version of this program. */
export type AssetErrorReason = 'not-an-asset' | 'other-version' | 'truncated' | 'malformed';

export class AssetError extends Error {
  readonly reason: AssetErrorReason;
  constructor(reason: AssetErrorReason, message: string) {
    super(message);
    this.name = 'AssetError';
    this.reason = reason;
  }
}

/** The file begins with it; the line ends tell when somebody treated it as text. */
const MAGIC = [0x56, 0x56, 0x46, 0x41, 0x43, 0x45, 0x0d, 0x0a];
/** Magic, version, length of the header, both 32-bit little-endian. */
const PREFIX_BYTES = 16;
const MOST_HEADER_BYTES = 4 << 20;
const MOST_SECTIONS = 256;
/** A portrait has about 3 MB. */
const MOST_BYTES = 64 << 20;
const ALIGNMENT = 8;

const TYPES = {
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
} as const;

type TypeName = keyof typeof TYPES;

interface SectionEntry {
  name: string;
  type: TypeName;
  /** In bytes from the beginning of the data. */
  offset: number;
  /** In elements. */
  length: number;
}

/** The file of an asset. The same asset gives the same bytes. */
export function writeAsset(asset: FaceAsset): Uint8Array {
  const entries: SectionEntry[] = [];
  let dataBytes = 0;
  for (const [name, section] of asset.sections) {
    entries.push({ name, type: typeNameOf(section), offset: dataBytes, length: section.length });
    dataBytes = aligned(dataBytes + section.byteLength);
  }
  const header = writeHeaderText({ kind: asset.kind, header: asset.header, sections: entries });
  const dataBegin = aligned(PREFIX_BYTES + header.length);
  const bytes = new Uint8Array(dataBegin + dataBytes);
  if (header.length > MOST_HEADER_BYTES || entries.length > MOST_SECTIONS || bytes.length > MOST_BYTES) {
    throw new RangeError(`An asset of ${bytes.length} bytes with ${entries.length} sections is too large`);
  }
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, ASSET_VERSION, true);
  view.setUint32(12, header.length, true);
  bytes.set(header, PREFIX_BYTES);
  entries.forEach((entry) => {
    const section = asset.sections.get(entry.name)!;
    bytes.set(new Uint8Array(section.buffer, section.byteOffset, section.byteLength), dataBegin + entry.offset);
  });
  return bytes;
}

/**
 * Reads the file of an asset. Sections are views of `bytes`, which may be shared memory, and are not to be written to;
 * only bytes at an odd address are copied first. Fields of `header` are checked by whoever reads them.
 * @throws AssetError
 */
export function readAsset(bytes: Uint8Array): FaceAsset {
  if (bytes.byteOffset % ALIGNMENT !== 0) return readAsset(bytes.slice());
  if (bytes.length < PREFIX_BYTES || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new AssetError('not-an-asset', 'These bytes are not the asset of a face');
  }
  if (bytes.length > MOST_BYTES) throw new AssetError('malformed', `An asset of ${bytes.length} bytes is too large`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== ASSET_VERSION) {
    throw new AssetError('other-version', `The asset has version ${version}, this program reads version ${ASSET_VERSION}`);
  }
  const headerBytes = view.getUint32(12, true);
  if (headerBytes > MOST_HEADER_BYTES) throw new AssetError('malformed', `A header of ${headerBytes} bytes is too large`);
  if (PREFIX_BYTES + headerBytes > bytes.length) throw new AssetError('truncated', 'The asset ends inside its header');
  const { kind, header, entries } = checkedHeader(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  const dataBegin = aligned(PREFIX_BYTES + headerBytes);
  const sections = new Map<string, AssetSection>();
  for (const { name, type, offset, length } of entries) {
    const begin = dataBegin + offset;
    if (begin + length * TYPES[type].BYTES_PER_ELEMENT > bytes.length) {
      throw new AssetError('truncated', `The asset ends inside its section "${name}"`);
    }
    // A section may as well view shared memory, which the types of these constructors leave out.
    sections.set(name, new TYPES[type](bytes.buffer as ArrayBuffer, bytes.byteOffset + begin, length));
  }
  return { kind, header, sections };
}

/** A section that has to be there, of this type. @throws AssetError */
export function sectionOf<T extends TypeName>(asset: FaceAsset, name: string, type: T): InstanceType<(typeof TYPES)[T]> {
  const section = asset.sections.get(name);
  if (!(section instanceof TYPES[type])) throw new AssetError('malformed', `The asset has no section "${name}" of type ${type}`);
  return section as InstanceType<(typeof TYPES)[T]>;
}

/** A number of the header that has to be there. @throws AssetError */
export function numberOf(asset: FaceAsset, name: string): number {
  const value = asset.header[name];
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new AssetError('malformed', `The asset has no number "${name}"`);
  return value;
}

function checkedHeader(text: Uint8Array) {
  let parsed: unknown;
  try {
    parsed = readHeaderText(text);
  } catch (cause) {
    throw new AssetError('malformed', `The header of the asset is no JSON: ${cause instanceof Error ? cause.message : cause}`);
  }
  const { kind, header, sections } = isObject(parsed) ? parsed : {};
  if (kind !== 'portrait' && kind !== 'character') throw new AssetError('malformed', 'The asset is of no kind that is known');
  if (!isObject(header)) throw new AssetError('malformed', 'The asset has no header');
  if (!Array.isArray(sections) || sections.length > MOST_SECTIONS)
    throw new AssetError('malformed', 'The asset has no list of sections');
  const entries = sections.map((entry: unknown) => {
    if (!isEntry(entry)) throw new AssetError('malformed', 'A section of the asset is not described as it should be');
    return entry;
  });
  return { kind: kind as AssetKind, header: header as FaceAsset['header'], entries };
}

function isEntry(entry: unknown): entry is SectionEntry {
  if (!isObject(entry)) return false;
  const { name, type, offset, length } = entry;
  return (
    typeof name === 'string' &&
    typeof type === 'string' &&
    Object.hasOwn(TYPES, type) &&
    isCount(offset) &&
    offset % ALIGNMENT === 0 &&
    isCount(length)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_BYTES;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeNameOf(section: AssetSection): TypeName {
  const found = (Object.keys(TYPES) as TypeName[]).find((name) => section instanceof TYPES[name]);
  if (!found) throw new TypeError('A section has to be one of the typed arrays that assets hold');
  return found;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
