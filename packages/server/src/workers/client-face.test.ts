import { Worker } from 'node:worker_threads';
import { CLOSED_MOUTH, createMouthTrack, decodeMouth, encodeMouth, MOUTH_FRAME_BYTES, MOUTH_FRAME_MS } from '@visavis/face';
import type { ServerEvent } from '@visavis/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JoinTerms } from '../core/calls/call-host.ts';
import { bursts, createVideoWorld, VOICE } from '../testing/video-call.ts';
import { connectPeer } from '../testing/webrtc-peer.ts';

type World = ReturnType<typeof createVideoWorld>;
let world: World;
afterEach(async () => {
  await world.close();
  vi.restoreAllMocks();
});

const DRAWN: JoinTerms = {
  sessionType: 'agent_video',
  face: undefined,
  clientFace: {
    url: 'https://faces.test/avatars/faces/key.face',
    picture: { width: 512, height: 512, background: 'own' },
    seed: 3,
  },
};
const RATE = 24_000;
/** A reply that is made while it is played has its first frames with its sound, later ones long before; both cross a busy machine. */
const BEGINNING_MS = 300;
const PATIENCE = { timeout: 15_000 };

const mouthsIn = (told: readonly ServerEvent[], replyId = 'r1') =>
  told.filter(
    (event): event is ServerEvent & { type: 'face.mouth' } => event.type === 'face.mouth' && event.reply_id === replyId,
  );

/** The frames of a reply one after the other, as far as they are there without a gap. */
function framesIn(told: readonly ServerEvent[]): Uint8Array {
  const pieces = mouthsIn(told).map(({ from_ms, frames }) => ({
    from: from_ms / MOUTH_FRAME_MS,
    bytes: Buffer.from(frames, 'base64'),
  }));
  const all: number[] = [];
  for (const { from, bytes } of pieces) {
    expect(from).toBe(all.length / MOUTH_FRAME_BYTES);
    all.push(...bytes);
  }
  return Uint8Array.from(all);
}

/** What the thread that draws faces has been told to do. */
function watchThreads(): string[] {
  const orders: string[] = [];
  const post = Worker.prototype.postMessage;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, message, ...rest) {
    orders.push((message as { type: string }).type);
    return post.call(this, message, ...(rest as [never]));
  });
  return orders;
}

describe('a face that the client draws', () => {
  it('is told its asset once, and each frame of its mouth before the sound of it; the server draws nothing', {
    timeout: 30_000,
  }, async () => {
    world = createVideoWorld({ mostFaces: 0 });
    const orders = watchThreads();
    const { talk, told, toldAt, heard } = await world.join(DRAWN);
    await expect.poll(() => told.some(({ type }) => type === 'face.asset'), PATIENCE).toBe(true);
    // The thread has begun.
    talk.say('r0', bursts({ seconds: 0.2, onMs: 100, offMs: 100 }));
    await expect.poll(() => mouthsIn(told, 'r0').length, PATIENCE).toBeGreaterThan(0);
    await expect.poll(() => heard.slice(-20).every(({ loud }) => loud < 100), PATIENCE).toBe(true);
    const before = heard.length;
    const samples = bursts({ seconds: 4, onMs: 230, offMs: 170 });
    talk.say('r1', samples);
    await expect.poll(() => framesIn(told).length / MOUTH_FRAME_BYTES, PATIENCE).toBe(4_000 / MOUTH_FRAME_MS);
    await expect.poll(() => heard.slice(before).some(({ loud }) => loud > 2_000), PATIENCE).toBe(true);

    const heardFrom = heard.slice(before).find(({ loud }) => loud > 2_000)?.at ?? 0;
    for (const [n, event] of told.entries())
      if (event.type === 'face.mouth' && event.reply_id === 'r1')
        expect(toldAt[n]).toBeLessThan(heardFrom + Math.max(event.from_ms, BEGINNING_MS));
    expect(told.slice(0, 2).map(({ type }) => type)).toEqual(['session.joined', 'face.asset']);
    expect(told.filter(({ type }) => type === 'face.asset')).toEqual([{ type: 'face.asset', ...DRAWN.clientFace }]);

    // As the server would have drawn it.
    const track = createMouthTrack();
    for (let at = 0; at < samples.length; at += RATE / 2) track.speech('r1', samples.slice(at, at + RATE / 2));
    track.end('r1');
    const own = Array.from({ length: 200 }, (_, n) => track.at('r1', n * MOUTH_FRAME_MS));
    expect(furthest(framesIn(told), encodeMouth(own))).toBeLessThanOrEqual(1);
    expect(Math.max(...own.map(({ open }) => open))).toBeGreaterThan(0.2);
    expect(decodeMouth(framesIn(told)).at(-1)).toEqual(CLOSED_MOUTH);
    const energies = mouthsIn(told).flatMap(({ energy }) => [...Buffer.from(energy, 'base64')]);
    expect([energies.length, Math.max(...energies) > 128]).toEqual([200, true]);

    expect(new Set(orders)).toEqual(new Set(['begin', 'open-mouth', 'speech', 'ended']));
    expect(world.faces.count()).toBe(0);
  });

  it('comes in the middle of a reply, on the connection that stands, where the server has no room for its own', {
    timeout: 30_000,
  }, async () => {
    world = createVideoWorld({ mostFaces: 0 });
    const { talk, told, heard, client, now } = await world.join(VOICE);
    await expect.poll(() => talk.attached).toBe(1);
    talk.say('r1', bursts({ seconds: 12, onMs: 1_000, offMs: 0 }));
    await expect.poll(() => heard.at(-1)?.loud ?? 0, PATIENCE).toBeGreaterThan(3_000);
    const from = heard.length;
    now.terms = world.video();
    await expect(client.takePictures(true)).rejects.toThrow(/"face": "client"/);
    now.terms = DRAWN;
    await client.takePictures(false);
    await expect.poll(() => mouthsIn(told).at(-1)?.from_ms ?? 0, PATIENCE).toBeGreaterThan(11_000);
    // Not from its beginning: what was heard by then is of no use.
    expect(mouthsIn(told)[0]?.from_ms).toBeGreaterThan(0);
    expect(heard.slice(from).filter(({ loud }) => loud < 3_000)).toEqual([]);
    expect([talk.attached, talk.detached]).toEqual([1, 0]);
  });

  it('is told anew to a client that comes anew', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const { talk, told, call } = await world.join(DRAWN);
    talk.say('r1', bursts({ seconds: 20, onMs: 500, offMs: 100 }));
    await expect.poll(() => mouthsIn(told).at(-1)?.from_ms ?? 0, PATIENCE).toBeGreaterThan(15_000);
    const again = await connectPeer({ answer: (offer) => call.connect(offer, DRAWN) });
    const seen: ServerEvent[] = [];
    void (async () => {
      for await (const event of again.events) seen.push(event);
    })();
    await expect.poll(() => mouthsIn(seen).at(-1)?.from_ms ?? 0, PATIENCE).toBeGreaterThan(15_000);
    expect(seen.slice(0, 2).map(({ type }) => type)).toEqual(['session.joined', 'face.asset']);
    again.close();
  });

  it('has a mouth again after the thread that makes it was lost', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const { talk, told } = await world.join(DRAWN);
    talk.say('r1', bursts({ seconds: 4, onMs: 500, offMs: 100 }));
    await expect.poll(() => mouthsIn(told).length, PATIENCE).toBeGreaterThan(0);
    const begun = watchThreads();
    await world.killThread();
    await expect.poll(() => begun.includes('open-mouth'), PATIENCE).toBe(true);
    talk.say('r2', bursts({ seconds: 2, onMs: 500, offMs: 100 }));
    await expect.poll(() => mouthsIn(told, 'r2').at(-1)?.from_ms ?? 0, PATIENCE).toBeGreaterThan(1_400);
  });
});

/** The largest difference between two arrays of the same length. */
function furthest(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - (b[n] ?? 0))), 0);
}
