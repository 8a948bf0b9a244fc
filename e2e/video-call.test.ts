import { afterEach, describe, expect, it } from 'vitest';
import { correlation } from '../packages/server/src/testing/lip-sync.ts';
import { bursts, createVideoWorld, VOICE } from '../packages/server/src/testing/video-call.ts';

type World = ReturnType<typeof createVideoWorld>;
let world: World;
afterEach(async () => {
  await world.close();
});

/** How far `open` follows `loud`, in ms, and how well (Pearson's r at that lag). */
function lagOf(seen: ReadonlyArray<{ at: number; open: number }>, heard: ReadonlyArray<{ at: number; loud: number }>) {
  const best = { lagMs: 0, r: -1 };
  const loudAt = (at: number) => heard.findLast((piece) => piece.at <= at)?.loud ?? 0;
  for (let lagMs = -200; lagMs <= 200; lagMs += 10) {
    const r = correlation(
      seen.map(({ open }) => open),
      seen.map(({ at }) => loudAt(at - lagMs)),
    );
    if (r > best.r) Object.assign(best, { lagMs, r });
  }
  return best;
}

describe('a face to face call', () => {
  it('shows a mouth that moves with the sound', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const { talk, seen, heard } = await world.join(world.video());
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
    talk.say('r1', bursts({ seconds: 4, onMs: 230, offMs: 170 }));
    const from = seen.length;
    await expect.poll(() => seen.length - from, { timeout: 10_000 }).toBeGreaterThan(70);
    const { lagMs, r } = lagOf(seen.slice(from + 5, from + 70), heard);
    expect(r).toBeGreaterThan(0.8);
    // This client's sound waits in a jitter buffer and its pictures do not; in step they are in a browser (`lips-in-step.test.ts`).
    expect(lagMs).toBeGreaterThanOrEqual(-100);
    expect(lagMs).toBeLessThanOrEqual(20);
  });

  it('goes from voice to video and back without a break in what is being said', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const { talk, seen, heard, client, now, call } = await world.join(VOICE);
    await expect.poll(() => talk.attached).toBe(1);
    talk.say('r1', bursts({ seconds: 8, onMs: 1_000, offMs: 0 }));
    await expect.poll(() => heard.at(-1)?.loud ?? 0).toBeGreaterThan(3_000);
    const from = heard.length;

    now.terms = world.video();
    await client.takePictures(true);
    // In the middle of a reply: what was made before is known to the face, too.
    await expect.poll(() => seen.at(-1)?.open ?? 0, { timeout: 10_000 }).toBeGreaterThan(0.3);
    now.terms = VOICE;
    call.tell({ type: 'session.type', session_type: 'agent_voice' });
    await client.takePictures(false);
    expect(world.faces.count()).toBe(0);
    now.terms = world.video();
    await client.takePictures(true);
    const before = seen.length;
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(before + 5);

    expect(heard.slice(from).filter(({ loud }) => loud < 3_000)).toEqual([]);
    expect([talk.attached, talk.detached]).toEqual([1, 0]);
  });

  it('goes on by voice while its thread is gone, and is seen again', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const { talk, seen, heard, told } = await world.join(world.video());
    talk.say('r1', bursts({ seconds: 20, onMs: 1_000, offMs: 0 }));
    await expect.poll(() => seen.at(-1)?.open ?? 0, { timeout: 10_000 }).toBeGreaterThan(0.3);
    const from = heard.length;
    const killedAt = performance.now();
    await world.killThread();
    const levels = () => told.flatMap((event) => (event.type === 'video.quality' ? [`${event.level} ${event.reason}`] : []));
    await expect.poll(levels, { timeout: 10_000 }).toEqual(['audio-only renderer-lost', 'full none']);
    // It knows what is being said.
    await expect.poll(() => seen.findLast(({ at }) => at > killedAt)?.open ?? 0, { timeout: 10_000 }).toBeGreaterThan(0.3);
    // Its thread starts beside other tests: what the network's jitter hides is no break.
    expect(heard.slice(from).filter(({ loud }) => loud < 3_000).length).toBeLessThan(25);
  });

  it('closes its mouth when what it says is cut off', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const { talk, seen, heard } = await world.join(world.video());
    talk.say('r1', bursts({ seconds: 20, onMs: 1_000, offMs: 0 }));
    await expect.poll(() => seen.at(-1)?.open ?? 0, { timeout: 10_000 }).toBeGreaterThan(0.3);
    talk.cut();
    await expect.poll(() => heard.at(-1)?.loud).toBeLessThan(100);
    const silentAt = heard.findLast(({ loud }) => loud > 1_000)?.at ?? 0;
    await expect.poll(() => seen.at(-1)?.at ?? 0).toBeGreaterThan(silentAt + 300);
    const late = seen.filter(({ at }) => at > silentAt + 120);
    expect(Math.max(...late.map(({ open }) => open))).toBeLessThan(0.05);
  });

  it('has pictures of the size that is asked for, and none where the client takes none', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const big = await world.join(world.video('disc', 256));
    await expect.poll(() => big.seen.at(-1)?.width, { timeout: 10_000 }).toBe(256);
    // A client that offers no video in a video session hears the agent all the same.
    const { heard } = await world.join(world.video(), { takesPictures: false });
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    expect(world.faces.count()).toBe(1);
  });

  it('is refused where the worker carries as many faces as it can, and the voice goes on', { timeout: 30_000 }, async () => {
    world = createVideoWorld({ mostFaces: 1 });
    const one = await world.join(world.video());
    const two = await world.join(VOICE);
    two.now.terms = world.video();
    await expect(two.client.takePictures(true)).rejects.toMatchObject({ code: 'no-capacity' });
    expect(() => world.faces.expectRoom()).toThrow(/go on by voice/);
    await expect.poll(() => two.heard.length).toBeGreaterThan(0);
    await one.call.close();
    expect(world.faces.count()).toBe(0);
    world.faces.expectRoom();
  });

  it('is voice only where its face cannot be drawn', { timeout: 30_000 }, async () => {
    world = createVideoWorld();
    const { talk, told, heard } = await world.join(world.video('disc throws-on-speech'));
    talk.say('r1', bursts({ seconds: 20, onMs: 1_000, offMs: 0 }));
    await expect
      .poll(() => told.findLast((event) => event.type === 'video.quality'), { timeout: 10_000 })
      .toMatchObject({ level: 'audio-only', reason: 'renderer-failed' });
    expect(world.errors.splice(0).length).toBe(3);
    expect(heard.at(-1)?.loud).toBeGreaterThan(3_000);
  });
});
