import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { acceptSocket } from './drive-upgrade.ts';
import { shorten } from './short-frames.ts';

const MOST = 10 * 1024 * 1024;
const MASK = Buffer.from([1, 2, 3, 4]);
const open: Array<() => void> = [];
afterEach(() => {
  for (const close of open.splice(0).reverse()) close();
});

/** A connected pair: a client, and the other side of it as the product accepts it. */
async function pair(): Promise<{ client: WebSocket; accepted: WebSocket }> {
  const server = createServer();
  const accepted = new Promise<WebSocket>((resolve) => {
    server.on('upgrade', ({ headers }, socket, head) => {
      acceptSocket({ headers: headers as Record<string, string>, head: head.toString('base64') }, socket as never, resolve);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  open.push(
    () => server.close(),
    () => client.terminate(),
  );
  await new Promise((resolve) => client.once('open', resolve));
  return { client, accepted: await accepted };
}

/** A text frame whose mask is `MASK`. */
function maskedText(length: number, first = 0x81): Buffer {
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, MASK, Buffer.alloc(length, 'a')]);
}

async function passed(bytes: Buffer, chunkBytes: number): Promise<Buffer> {
  const stream = shorten(MOST);
  for (let at = 0; at < bytes.length; at += chunkBytes) stream.write(bytes.subarray(at, at + chunkBytes));
  stream.end();
  return Buffer.concat(await stream.toArray());
}

/** Lengths of the data of frames, and their first bytes. */
function framesIn(bytes: Buffer): Array<{ first: number; length: number }> {
  const frames: Array<{ first: number; length: number }> = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64BE(at + 2));
    expect(bytes.subarray(at + 10, at + 14)).toEqual(MASK);
    frames.push({ first: bytes[at] as number, length });
    at += 14 + length;
  }
  return frames;
}

it('cuts a long frame into pieces of one message, wherever the network cuts it', async () => {
  const whole = await passed(maskedText(300_000), 65_536);
  const frames = framesIn(whole);
  expect(frames.map(({ first }) => first)).toEqual([0x01, 0x00, 0x80]);
  expect(frames.reduce((sum, { length }) => sum + length, 0)).toBe(300_000);
  for (const chunkBytes of [13, 14, 15, 131_072, 400_000]) {
    expect((await passed(maskedText(300_000), chunkBytes)).equals(whole)).toBe(true);
  }
});

it('leaves a message open whose frame was not its last, and short frames and those that are too long as they are', async () => {
  expect(framesIn(await passed(maskedText(300_000, 0x01), 65_536)).map(({ first }) => first)).toEqual([0x01, 0x00, 0x00]);
  const short = maskedText(1_000);
  expect((await passed(short, 100)).equals(short)).toBe(true);
  const long = maskedText(MOST + 1);
  expect((await passed(long, 65_536)).equals(long)).toBe(true);
});

it('brings messages of all lengths over a connection, with pings between them', async () => {
  const { client, accepted } = await pair();
  const lengths = [0, 1, 125, 126, 65_535, 65_536, 131_072, 131_073, 1_000_000, 5, MOST];
  const texts = lengths.map((length, n) => String.fromCharCode(97 + n).repeat(length));
  const got: string[] = [];
  const all = new Promise<void>((resolve) => {
    accepted.on('message', (data, isBinary) => {
      got.push(isBinary ? 'binary' : String(data));
      if (got.length === texts.length) resolve();
    });
  });
  let pings = 0;
  accepted.on('ping', () => pings++);
  for (const text of texts) {
    client.send(text);
    client.ping('still there');
  }
  await all;
  expect(got.every((text, n) => text === texts[n])).toBe(true);
  expect(pings).toBeGreaterThanOrEqual(texts.length - 1);
  const answer = new Promise((resolve) => client.once('message', (data) => resolve(String(data))));
  accepted.send('answer');
  expect(await answer).toBe('answer');
  const closed = new Promise((resolve) => accepted.once('close', resolve));
  client.close(4_000);
  expect(await closed).toBe(4_000);
});
