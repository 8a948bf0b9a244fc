import type { FileHandle } from 'node:fs/promises';

// Ogg (RFC 3533) as far as one stream of Opus (RFC 7845) needs it.

const HEADER_BYTES = 27;
const MOST_SEGMENTS = 255;
const CONTINUED = 1;
const FIRST = 2;
const LAST = 4;
/** The longest page: its header, its table and 255 segments of 255 bytes. */
const MOST_PAGE_BYTES = HEADER_BYTES + MOST_SEGMENTS + MOST_SEGMENTS * 255;
/** What is parsed at a time: in less than 1 ms. */
const READ_BYTES = 16 * 1024;

/** The packets of a file with one stream, as far as it is whole: what follows a page that is broken or cut off is left out. */
export async function* packetsOf(file: FileHandle): AsyncGenerator<Buffer> {
  let unfinished: Buffer[] = [];
  for await (const { flags, lengths, body } of pagesOf(file)) {
    if ((flags & CONTINUED) === 0) unfinished = [];
    let at = 0;
    let from = 0;
    for (const length of lengths) {
      at += length;
      if (length === 255) continue;
      const packet = body.subarray(from, at);
      yield unfinished.length > 0 ? Buffer.concat([...unfinished, packet]) : packet;
      unfinished = [];
      from = at;
    }
    if (from < at) unfinished.push(body.subarray(from, at));
  }
}

/** Whether a file ends with the last page of its stream: its writer has finished it. */
export async function isFinished(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  const length = Math.min(size, MOST_PAGE_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  const at = buffer.subarray(0, bytesRead).lastIndexOf('OggS');
  return at >= 0 && bytesRead - at > 5 && ((buffer[at + 5] as number) & LAST) !== 0;
}

interface Page {
  flags: number;
  /** Of its segments. */
  lengths: Buffer;
  body: Buffer;
}

async function* pagesOf(file: FileHandle): AsyncGenerator<Page> {
  let rest: Buffer = Buffer.alloc(0);
  for (let position = 0; ; ) {
    const page = firstPage(rest);
    if (page === 'broken') return;
    if (page) {
      yield page;
      rest = rest.subarray(page.bytes);
      continue;
    }
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
  }
}

/** The page that `bytes` begin with; undefined where they hold only a part of it. */
function firstPage(bytes: Buffer): (Page & { bytes: number }) | 'broken' | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  if (bytes.toString('latin1', 0, 4) !== 'OggS' || bytes[4] !== 0) return 'broken';
  const tableEnd = HEADER_BYTES + (bytes[26] as number);
  if (bytes.length < tableEnd) return undefined;
  const lengths = bytes.subarray(HEADER_BYTES, tableEnd);
  const end = lengths.reduce((sum, length) => sum + length, tableEnd);
  if (bytes.length < end) return undefined;
  const checked = Buffer.from(bytes.subarray(0, end));
  checked.writeUInt32LE(0, 22);
  if (checksum(checked) !== bytes.readUInt32LE(22)) return 'broken';
  return { flags: bytes[5] as number, lengths, body: bytes.subarray(tableEnd, end), bytes: end };
}

/** Puts packets into pages. */
export interface PageWriter {
  /** Adds a packet; `granule`: the samples up to its end. Gives the pages that are full now. */
  add(packet: Uint8Array, granule: number): Buffer[];
  /** Ends the page that is being filled; `last`: and the stream with it. */
  flush(last?: boolean): Buffer[];
}

/** Pages of about this much sound, in packets of 20 ms: players find their way by pages. */
const PACKETS_PER_PAGE = 50;

export function createPageWriter(serial: number): PageWriter {
  let sequence = 0;
  let packets: Uint8Array[] = [];
  let segments = 0;
  let granule = 0;

  function flush(last = false): Buffer[] {
    if (packets.length === 0 && !last) return [];
    const header = Buffer.alloc(HEADER_BYTES + segments);
    header.write('OggS', 0, 'latin1');
    header[5] = (sequence === 0 ? FIRST : 0) | (last ? LAST : 0);
    header.writeBigUInt64LE(BigInt(granule), 6);
    header.writeUInt32LE(serial, 14);
    header.writeUInt32LE(sequence++, 18);
    header[26] = segments;
    let at = HEADER_BYTES;
    for (const { length } of packets) {
      for (let left = length; left >= 255; left -= 255) header[at++] = 255;
      header[at++] = length % 255;
    }
    const page = Buffer.concat([header, ...packets]);
    page.writeUInt32LE(checksum(page), 22);
    packets = [];
    segments = 0;
    return [page];
  }

  return {
    add(packet, until) {
      const needed = Math.floor(packet.length / 255) + 1;
      if (needed > MOST_SEGMENTS) throw new Error('An Opus packet is never so long');
      const full = segments + needed > MOST_SEGMENTS || packets.length >= PACKETS_PER_PAGE ? flush() : [];
      packets.push(packet);
      segments += needed;
      granule = until;
      return full;
    },
    flush,
  };
}

/** The CRC of Ogg: polynomial 0x04c11db7, from the highest bit on, beginning with 0. */
function checksum(bytes: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < bytes.length; at++) {
    crc = ((crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ (bytes[at] as number)) & 0xff] as number)) >>> 0;
  }
  return crc;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000_0000) !== 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc >>> 0;
});
