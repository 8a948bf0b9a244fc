import { Duplex, Transform } from 'node:stream';

// The library unmasks a frame when all of it is there, byte by byte: 15 ms for 10 MB. As several frames of one message, which RFC 6455 (5.4) allows,
// it is unmasked as it arrives.

/** The data of a frame is cut into pieces of so many bytes: a multiple of the four of its mask. */
const PIECE_BYTES = 128 * 1024;
const [FINAL, RESERVED, OPCODE, MASKED, LENGTH] = [0x80, 0x70, 0x0f, 0x80, 0x7f];
const [CONTINUED, BINARY] = [0x00, 0x02];

/** The same connection, whose long frames arrive in pieces. What is no proper frame, or longer than `mostBytes`, is passed on as it is. */
export function withShortFrames(socket: Duplex, mostBytes: number): Duplex {
  return Duplex.from({ readable: socket.pipe(shorten(mostBytes)), writable: socket });
}

/** The half of it that is read. */
export function shorten(mostBytes: number): Transform {
  let header = Buffer.alloc(0);
  /** Bytes of the frame in hand that are still to come. */
  let left = 0;
  /** Those up to the next cut; `first` and `mask` say how it goes on after that. */
  let toCut = Number.POSITIVE_INFINITY;
  let final = 0;
  let mask = Buffer.alloc(0);
  /** Something that is no frame came: the library is to say so. */
  let broken = false;

  const open = (first: number): Buffer => {
    toCut = Math.min(left, PIECE_BYTES);
    const head = Buffer.alloc(10);
    head[0] = first | (toCut === left ? final : 0);
    head[1] = MASKED | 127;
    head.writeBigUInt64BE(BigInt(toCut), 2);
    return Buffer.concat([head, mask]);
  };

  /** Takes what the header lacks; gives what is to be passed on for it once it is whole. */
  const begin = (chunk: Buffer): { taken: number; out: Buffer | undefined } => {
    const before = header.length;
    const all = Buffer.concat([header, chunk.subarray(0, 14)]);
    const size = headerSize(all);
    if (size === undefined || all.length < size) {
      header = all;
      return { taken: chunk.length, out: undefined };
    }
    const out = Buffer.from(all.subarray(0, size));
    header = Buffer.alloc(0);
    const first = out[0] as number;
    left = lengthIn(out);
    const opcode = first & OPCODE;
    const isData = opcode <= BINARY && (first & RESERVED) === 0;
    const taken = size - before;
    if (left > mostBytes) broken = true;
    toCut = Number.POSITIVE_INFINITY;
    if (!isData || left <= PIECE_BYTES || broken || ((out[1] as number) & MASKED) === 0) return { taken, out };
    final = first & FINAL;
    mask = out.subarray(size - 4);
    return { taken, out: open(opcode) };
  };

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const isLong = Number.isFinite(toCut);
      for (let at = 0; at < chunk.length; ) {
        if (broken) {
          this.push(chunk.subarray(at));
          break;
        }
        if (left === 0) {
          const { taken, out } = begin(chunk.subarray(at));
          if (out) this.push(out);
          at += taken;
          continue;
        }
        const data = chunk.subarray(at, at + Math.min(left, toCut));
        this.push(data);
        at += data.length;
        left -= data.length;
        toCut -= data.length;
        if (toCut === 0 && left > 0) this.push(open(CONTINUED));
      }
      // From a near client megabytes can be read in one turn: others have theirs between the chunks.
      if (isLong) setImmediate(done);
      else done();
    },
  });
}

/** Undefined: the first two bytes are not there yet. */
function headerSize(header: Buffer): number | undefined {
  const second = header[1];
  if (second === undefined) return undefined;
  const length = second & LENGTH;
  return 2 + (length === 127 ? 8 : length === 126 ? 2 : 0) + (second & MASKED ? 4 : 0);
}

function lengthIn(header: Buffer): number {
  const length = (header[1] as number) & LENGTH;
  if (length === 126) return header.readUInt16BE(2);
  return length === 127 ? Number(header.readBigUInt64BE(2)) : length;
}
