import type { FileHandle } from 'node:fs/promises';
import { LINE_RATE } from '../core/calls/transport.ts';
import { createPageWriter, packetsOf } from './ogg-pages.ts';

/** A file of one worker and where it begins, in ms since 1970. */
export interface SegmentFile {
  file: FileHandle;
  startedAt: number;
}

/** 20 ms of stereo silence: a frame of CELT that says no more than that (RFC 6716, 3.1 and 4.3). */
const SILENCE = Buffer.from([0xfc, 0xff, 0xfe]);
const SILENCE_SAMPLES = LINE_RATE / 50;
/** Pages are written when there is so much of them, in bytes: what is done at a time takes less than 1 ms. */
const WRITE_BYTES = 16 * 1024;
/** The comment in a file that says when its first sample sounded, in ms since 1970. */
export const STARTED_AT = 'VISAVIS_STARTED_AT';

/**
 * Writes the segments, oldest first, into one file of Ogg Opus. Packets are copied as they are, and silence is put between segments, so
 * that each begins within 10 ms of its time. Where one overlaps with the next, its end is left out. Segments without sound are skipped.
 * @returns false where none has any sound; nothing is written then
 */
export async function joinSegments(segments: readonly SegmentFile[], output: FileHandle): Promise<boolean> {
  const sounding = (
    await Promise.all(segments.map(async (segment) => ((await hasSound(segment.file)) ? segment : undefined)))
  ).filter((segment) => segment !== undefined);
  const [first] = sounding;
  if (!first) return false;
  const placeOf = (segment: SegmentFile | undefined) =>
    segment ? Math.max(0, Math.round(((segment.startedAt - first.startedAt) * LINE_RATE) / 1000)) : Number.POSITIVE_INFINITY;
  const pages = createPageWriter(first.startedAt % 0xffff_ffff);
  let position = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  async function write(full: Buffer[], all = false): Promise<void> {
    for (const page of full) {
      waiting.push(page);
      waitingBytes += page.length;
    }
    if (waitingBytes < WRITE_BYTES && !all) return;
    await output.appendFile(Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
  }

  async function add(packet: Uint8Array, samples: number): Promise<void> {
    position += samples;
    const full = pages.add(packet, position);
    if (full.length > 0) await write(full);
  }

  for (const [index, segment] of sounding.entries()) {
    const begin = placeOf(segment);
    const end = placeOf(sounding[index + 1]);
    while (begin - position >= SILENCE_SAMPLES / 2) await add(SILENCE, SILENCE_SAMPLES);
    let count = 0;
    for await (const packet of packetsOf(segment.file)) {
      count++;
      if (count <= 2) {
        // The first segment's header serves all: they are written by the same encoder. Both headers have a page of their own.
        if (index > 0) continue;
        await write([...pages.add(count === 1 ? packet : tags(first.startedAt), 0), ...pages.flush()]);
        continue;
      }
      const samples = samplesOf(packet);
      if (position + samples > end) break;
      await add(packet, samples);
    }
  }
  await write(pages.flush(true), true);
  return true;
}

/** When the first sample of a file sounded, in ms since 1970; undefined where the file does not say it. */
export async function startOf(file: FileHandle): Promise<number | undefined> {
  let count = 0;
  for await (const packet of packetsOf(file)) {
    if (++count < 2) continue;
    const text = packet.toString('latin1');
    const at = text.indexOf(`${STARTED_AT}=`);
    const time = at < 0 ? Number.NaN : Number.parseInt(text.slice(at + STARTED_AT.length + 1), 10);
    return Number.isNaN(time) ? undefined : time;
  }
  return undefined;
}

async function hasSound(file: FileHandle): Promise<boolean> {
  let count = 0;
  for await (const packet of packetsOf(file)) {
    if (++count === 1 && packet.toString('latin1', 0, 8) !== 'OpusHead') return false;
    if (count === 3) return true;
  }
  return false;
}

/** The comment header (RFC 7845, 5.2). */
function tags(startedAt: number): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const count = Buffer.from([1, 0, 0, 0]);
  return Buffer.concat([Buffer.from('OpusTags'), text('Visavis'), count, text(`${STARTED_AT}=${startedAt}`)]);
}

/** How much sound is in an Opus packet, in samples at 48 kHz (RFC 6716, 3.1 and 3.2). */
function samplesOf(packet: Uint8Array): number {
  const [toc = 0, count = 0] = packet;
  const mode = toc >> 3;
  const milliseconds = mode < 12 ? [10, 20, 40, 60][mode & 3] : mode < 16 ? [10, 20][mode & 1] : [2.5, 5, 10, 20][mode & 3];
  const frames = (toc & 3) === 0 ? 1 : (toc & 3) < 3 ? 2 : count & 63;
  return ((milliseconds as number) * frames * LINE_RATE) / 1000;
}
