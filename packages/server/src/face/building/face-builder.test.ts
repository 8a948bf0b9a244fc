import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { readAsset } from '@visavis/face';
import sharp, { type Sharp } from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { startEngineThread } from '../../providers/engine-process/engine-thread.ts';
import { FACE_PARTS } from '../../testing/face-parts.ts';
import { ensurePhotographs } from '../../testing/photographs.ts';
import { createFaceBuilder, type FaceBuilderOptions } from './face-builder.ts';

const { folder } = await ensurePhotographs();
const photograph = (name: string) => sharp(join(folder ?? '', name));
const never = new AbortController().signal;
const options = { takeLargest: false, signal: never };

const builders: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
  await Promise.all(builders.splice(0).map((builder) => builder.close()));
});

function builderWith(more: Partial<FaceBuilderOptions> = {}) {
  const threads: Worker[] = [];
  const gone: Array<Promise<void>> = [];
  const builder = createFaceBuilder({
    parts: FACE_PARTS,
    startThread(entry, limits) {
      const thread = startEngineThread(entry, limits);
      threads.push(thread);
      gone.push(new Promise((resolve) => thread.once('exit', () => resolve())));
      return thread;
    },
    ...more,
  });
  builders.push(builder);
  return { builder, threads, gone };
}

describe.skipIf(!folder)('a picture', () => {
  it('becomes the asset of a face, and the event loop is free meanwhile', async () => {
    const { builder } = builderWith();
    const picture = await photograph('astronaut.png').resize(2_048).webp().toBuffer();
    const before = performance.eventLoopUtilization();
    const asset = readAsset(await builder.ofPicture(picture, options));
    const { utilization } = performance.eventLoopUtilization(before);
    expect(asset.header).toMatchObject({ width: 2_048, height: 2_048 });
    expect(asset.sections.get('landmarks')).toHaveLength(478 * 3);
    // A face that is found here keeps the loop busy all the time.
    expect(utilization).toBeLessThan(0.4);
  });

  it.each([90, 180, 270])('that lies on its side is turned upright: %i degrees', async (degrees) => {
    const { builder } = builderWith();
    const picture = await sharp(await photograph('astronaut.png').resize(512, 400).png().toBuffer())
      .rotate(degrees)
      .webp()
      .toBuffer();
    const asset = readAsset(await builder.ofPicture(picture, options));
    expect(asset.header).toMatchObject({ width: 512, height: 400 });
  });

  it('is refused with the reason', async () => {
    const { builder } = builderWith();
    const refused = async (image: Sharp) => builder.ofPicture(await image.webp().toBuffer(), options);
    await expect(refused(photograph('chelsea.png'))).rejects.toMatchObject({ problem: 'no-face' });
    await expect(refused(photograph('camera.png'))).rejects.toMatchObject({ problem: 'face-turned-away' });
    await expect(refused(photograph('astronaut.png').blur(4))).rejects.toMatchObject({ problem: 'too-blurred' });
    const wide = photograph('astronaut.png').extract({ left: 60, top: 0, width: 330, height: 330 });
    const image = await wide.toBuffer();
    const pair = sharp({ create: { width: 700, height: 340, channels: 3, background: '#7a8' } }).composite([
      { input: image, left: 0, top: 0 },
      { input: image, left: 350, top: 0 },
    ]);
    const sent = await pair.webp().toBuffer();
    await expect(builder.ofPicture(sent, options)).rejects.toMatchObject({ problem: 'several-faces' });
    expect(readAsset(await builder.ofPicture(sent, { ...options, takeLargest: true })).kind).toBe('portrait');
  });

  it('without colors or with holes is one, too', async () => {
    const { builder } = builderWith();
    const grey = await photograph('astronaut.png').greyscale().webp().toBuffer();
    const holes = await photograph('astronaut.png').ensureAlpha(0.5).webp().toBuffer();
    for (const picture of [grey, holes]) expect(readAsset(await builder.ofPicture(picture, options)).kind).toBe('portrait');
  });
});

describe('the thread that builds faces', () => {
  it('is started for the first, kept for the next, and gone some time after the last', async () => {
    const { builder, threads, gone } = builderWith({ lingerMs: 50 });
    expect(threads).toHaveLength(0);
    const names = await Promise.all(['one', 'two'].map(async (name) => readAsset(await builder.ofCharacter(name, options))));
    expect(names.map(({ header }) => header.name)).toEqual(['one', 'two']);
    expect(threads).toHaveLength(1);
    await gone[0];
    await builder.ofCharacter('three', options);
    expect(threads).toHaveLength(2);
  });

  it('is ended when it hangs, with a reason, and the next one works', async () => {
    const { builder, threads, gone } = builderWith({ timeoutMs: 1_500 });
    await expect(builder.ofCharacter('hangs', options)).rejects.toMatchObject({ problem: 'took-too-long' });
    await gone[0];
    expect(readAsset(await builder.ofCharacter('one', options)).kind).toBe('character');
    expect(threads).toHaveLength(2);
  });

  it.each(['dies', 'throws', 'grows'])('costs only its own face when it %s', async (what) => {
    const { builder } = builderWith();
    const failing = builder.ofCharacter(what, options);
    const next = builder.ofCharacter('one', options);
    await expect(failing).rejects.toThrow(what === 'throws' ? 'This character cannot be drawn' : 'was lost');
    expect(readAsset(await next).kind).toBe('character');
  });

  it('is let go at once when the face is not wanted any more, or the server stops', async () => {
    const { builder, gone } = builderWith();
    const stop = new AbortController();
    const hanging = builder.ofCharacter('hangs', { signal: stop.signal });
    stop.abort(new Error('Not wanted'));
    await expect(hanging).rejects.toThrow('Not wanted');
    const again = builder.ofCharacter('hangs', options);
    const closed = expect(again).rejects.toThrow();
    await builder.close();
    await closed;
    await Promise.all(gone);
    await expect(builder.ofCharacter('one', options)).rejects.toThrow('has ended');
  });
});
