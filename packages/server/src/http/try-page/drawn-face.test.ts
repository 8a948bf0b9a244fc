import {
  CAST,
  CLOSED_MOUTH,
  characterAsset,
  createFaceRenderer,
  createLivingPicture,
  createReceivedMouths,
  encodeMouth,
  i420Bytes,
  type Moment,
  readAsset,
  writeAsset,
} from '@visavis/face';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assetPath } from '../../core/avatars/avatar-url.ts';
import { buildPortrait } from '../../face/building/build-portrait.ts';
import { drawPerson } from '../../testing/drawn-person.ts';
import type { ScriptedCall } from '../../testing/scripted-call.ts';
import { hasChromium, type OpenPage, startTryPageWorld, type TryPageWorld } from '../../testing/try-page-world.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
/** Mean difference of colours, of 255: rounding, and how the graphics unit goes between two values of a colour plane. */
const TOLERANCE = 0.5;
const [WIDTH, HEIGHT] = [256, 320];

const characters = CAST.filter(({ name }) => ['Nora', 'Fenn'].includes(name)).map((drawing) => ({
  name: drawing.name,
  asset: writeAsset(characterAsset(drawing)),
}));
const photo = { name: 'a photo', asset: buildPortrait(await drawPerson()) };

/** Two seconds: first silent, then with an open mouth, which never closes. */
const MOMENTS: Moment[] = Array.from({ length: 50 }, (_, n) => ({
  atMs: 1_000 + n * 40,
  speech: n < 20 ? undefined : { utterance: 'r1', ms: (n - 20) * 40 },
  state: n < 20 ? 'listening' : 'speaking',
}));
const SPOKEN = {
  utterance: 'r1',
  fromMs: 0,
  frames: encodeMouth(Array.from({ length: 100 }, (_, n) => ({ ...CLOSED_MOUTH, open: 0.5 + 0.4 * Math.sin(n / 3), wide: 0.3 }))),
  energy: new Uint8Array(100).fill(180),
};

/** The pictures of the moments with these indices, as the server draws them. */
function drawnByServer(asset: Uint8Array, indices: number[]): Uint8Array[] {
  const mouth = createReceivedMouths();
  mouth.take(SPOKEN);
  const picture = { width: WIDTH, height: HEIGHT, background: { type: 'own' as const } };
  const living = createLivingPicture({ renderer: createFaceRenderer(readAsset(asset), picture), seed: 5, mouth });
  const frame = new Uint8Array(i420Bytes(WIDTH, HEIGHT));
  return MOMENTS.map((moment) => {
    living.draw(moment, frame);
    return frame.slice();
  }).filter((_, n) => indices.includes(n));
}

/** As RGB, by ITU-R BT.601 (limited range), colours between their centres in straight lines. */
function coloured(frame: Uint8Array): Float64Array {
  const rgb = new Float64Array(WIDTH * HEIGHT * 3);
  const [w, h] = [WIDTH / 2, HEIGHT / 2];
  const plane = (from: number, x: number, y: number) => {
    const [fx, fy] = [Math.min(Math.max((x + 0.5) / 2 - 0.5, 0), w - 1), Math.min(Math.max((y + 0.5) / 2 - 0.5, 0), h - 1)];
    const [x0, y0] = [Math.floor(fx), Math.floor(fy)];
    const [x1, y1] = [Math.min(x0 + 1, w - 1), Math.min(y0 + 1, h - 1)];
    const at = (px: number, py: number) => frame[from + py * w + px] ?? 0;
    const upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * (fx - x0);
    const lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * (fx - x0);
    return upper + (lower - upper) * (fy - y0) - 128;
  };
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const light = 1.164_384 * ((frame[y * WIDTH + x] ?? 0) - 16);
      const [u, v] = [plane(WIDTH * HEIGHT, x, y), plane(WIDTH * HEIGHT + w * h, x, y)];
      const colour = [light + 1.596_027 * v, light - 0.391_762 * u - 0.812_968 * v, light + 2.017_232 * u];
      for (const [n, value] of colour.entries()) rgb[(y * WIDTH + x) * 3 + n] = Math.min(Math.max(value, 0), 255);
    }
  }
  return rgb;
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += Math.abs((a[n] ?? 0) - (b[n] ?? 0));
  return sum / a.length;
}

describe.skipIf(!hasChromium)('a face that the page draws', () => {
  let world: TryPageWorld;
  beforeAll(async () => {
    world = await startTryPageWorld({ microphone: 'allowed' });
  });
  afterAll(() => world.close());

  const addressOf = async (asset: Uint8Array) => world.address + assetPath(await world.api.faces.saveAsset(asset));
  const start = async (open: OpenPage) => {
    await open.page.getByRole('button', { name: 'Face to face' }).click();
    await open.page.getByRole('button', { name: 'Start' }).click();
    const call = await open.call(0);
    await open.page.getByText('Connected', { exact: true }).waitFor();
    return call;
  };
  const tellFace = (call: ScriptedCall, url: string) =>
    call.send({ type: 'face.asset', url, picture: { width: WIDTH, height: HEIGHT, background: 'own' }, seed: 5 });
  const tellMouth = (call: ScriptedCall) =>
    call.send({
      type: 'face.mouth',
      reply_id: SPOKEN.utterance,
      from_ms: 0,
      frames: Buffer.from(SPOKEN.frames).toString('base64'),
      energy: Buffer.from(SPOKEN.energy).toString('base64'),
    });
  /** Where the mouth is, in grey. */
  const mouthOf = async (page: Page): Promise<Buffer> => {
    const shot = await page.locator('#drawn').screenshot();
    const { width = 0, height = 0 } = await sharp(shot).metadata();
    // The picture is in the middle of its place, whole.
    const shown = Math.min(width, (height * WIDTH) / HEIGHT);
    const place = {
      left: Math.round(width / 2 - shown * 0.14),
      top: Math.round(height * 0.5),
      width: Math.round(shown * 0.28),
      height: Math.round(height * 0.24),
    };
    return sharp(shot).extract(place).greyscale().raw().toBuffer();
  };
  /** How much the mouth changes from one look to the next, at most. */
  const motion = async (page: Page, looks = 6) => {
    let most = 0;
    let before = await mouthOf(page);
    for (let n = 1; n < looks; n++) {
      const now = await mouthOf(page);
      most = Math.max(most, meanDifference(now, before));
      before = now;
    }
    return most;
  };
  /** Dark pixels of the mouth: how far it is open. */
  const opening = async (page: Page) => (await mouthOf(page)).filter((grey) => grey < 60).length;

  const brightness = async (page: Page) => {
    const { channels } = await sharp(await page.locator('#drawn').screenshot()).stats();
    return channels.reduce((sum, { mean }) => sum + mean, 0) / channels.length;
  };

  for (const { name, asset } of [...characters, photo]) {
    it(`is the same as the server’s: ${name}`, async () => {
      const open = await world.open(await world.link());
      const indices = [10, 24, 30, 49];
      const wanted = {
        url: await addressOf(asset),
        moments: MOMENTS,
        indices,
        mouth: { ...SPOKEN, frames: [...SPOKEN.frames], energy: [...SPOKEN.energy] },
        picture: { width: WIDTH, height: HEIGHT, background: { type: 'own' } },
      };
      const drawn = (await open.page.evaluate(`(${DRAW})(${JSON.stringify(wanted)})`)) as string[];
      const own = drawnByServer(asset, indices).map(coloured);
      const seen = drawn.map((text) => Buffer.from(text, 'base64'));
      for (const [n, rgb] of own.entries()) expect(meanDifference(seen[n] ?? [], rgb)).toBeLessThan(TOLERANCE);
      // A mouth that is open is not the same as one that is closed.
      expect(meanDifference(seen[0] ?? [], own[3] ?? [])).toBeGreaterThan(TOLERANCE);
      expect(open.errors).toEqual([]);
      await open.close();
    });
  }

  it('speaks with the sound that is heard, is still when it stops, and shuts its mouth when it is hushed', async () => {
    const open = await world.open(`${(await world.link()).replace('#', '?face=client#')}`);
    const call = await start(open);
    tellFace(call, await addressOf(photo.asset));
    tellMouth(call);
    await open.page.locator('#drawn').waitFor();
    await vi.waitFor(async () => expect(await open.page.locator('#drawn').getAttribute('width')).toBe(String(WIDTH)), PATIENCE);
    expect(await open.page.locator('#screen').isVisible()).toBe(false);
    await vi.waitFor(async () => expect(await brightness(open.page)).toBeGreaterThan(30), PATIENCE);
    const silent = await motion(open.page);
    const shut = await opening(open.page);

    const speak = () => {
      call.tone(true);
      call.send({ type: 'agent.state', state: 'speaking' });
      call.send({ type: 'reply.playing', reply_id: 'r1', playing: true, position_ms: 0, hushed: false });
    };
    speak();
    await vi.waitFor(async () => expect(await opening(open.page)).toBeGreaterThan(shut + 50), PATIENCE);
    const speaking = await motion(open.page, 12);
    call.send({ type: 'reply.playing', reply_id: 'r1', playing: false, position_ms: 2_000, hushed: true });
    call.send({ type: 'agent.state', state: 'listening' });
    call.tone(false);
    await vi.waitFor(async () => expect(await opening(open.page)).toBeLessThan(shut + 10), PATIENCE);
    const hushed = await motion(open.page);
    expect(speaking).toBeGreaterThan(3 * Math.max(silent, hushed));
    expect(open.errors).toEqual([]);
    await open.close();
  });

  it('takes the place of pictures that the server has no room for, without a word, before a call and in it', async () => {
    for (const inCall of [false, true]) {
      const open = await world.open(await world.link(), { viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
      const { page } = open;
      const asked: string[] = [];
      await page.route('**/api/v1/sessions/*/connect', async (route) => {
        const { sdp, face = 'server' } = route.request().postDataJSON() as { sdp: string; face?: string };
        asked.push(face);
        const refused = { success: false, code: 'no-capacity', error: 'No room' };
        if (sdp.includes('m=video') && !sdp.includes('a=inactive')) return route.fulfill({ status: 503, json: refused });
        return route.fallback();
      });
      const toggle = page.getByRole('button', { name: 'Face to face' });
      if (!inCall) await toggle.click();
      await page.getByRole('button', { name: 'Start' }).click();
      await page.getByText('Connected', { exact: true }).waitFor();
      if (inCall) await toggle.click();
      await vi.waitFor(() => expect(asked.slice(-2)).toEqual(['server', 'client']), PATIENCE);
      const call = await open.call(inCall ? open.calls.length - 1 : 0);
      tellFace(call, await addressOf(photo.asset));
      await vi.waitFor(async () => expect(await brightness(page)).toBeGreaterThan(30), PATIENCE);
      expect([await page.locator('#notice').isVisible(), await page.locator('#face-note').textContent()]).toEqual([false, '']);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(page.workers().length).toBe(1);

      await toggle.click();
      await vi.waitFor(async () => expect(await page.locator('#stage').isVisible()).toBe(false), PATIENCE);
      await vi.waitFor(() => expect(page.workers().length).toBe(0), PATIENCE);
      expect(open.errors).toEqual([]);
      await open.close();
    }
  });

  it('comes back after the browser took its graphics away', async () => {
    const open = await world.open(`${(await world.link()).replace('#', '?face=client#')}`);
    const call = await start(open);
    tellFace(call, await addressOf(photo.asset));
    await vi.waitFor(async () => expect(await brightness(open.page)).toBeGreaterThan(30), PATIENCE);
    const graphics = "document.getElementById('drawn').getContext('webgl2')";
    await open.page.evaluate(`globalThis.lost = ${graphics}.getExtension('WEBGL_lose_context'); lost.loseContext()`);
    await vi.waitFor(async () => expect(await open.page.evaluate(`${graphics}.isContextLost()`)).toBe(true), PATIENCE);
    await open.page.evaluate('lost.restoreContext()');
    await vi.waitFor(async () => expect(await brightness(open.page)).toBeGreaterThan(30), PATIENCE);
    expect(await motion(open.page, 12)).toBeGreaterThan(0.1);
    expect(open.errors).toEqual([]);
    await open.close();
  });

  it('is missing in words where the browser or the asset is of no use, and the voice goes on', async () => {
    for (const trouble of ['no-webgl', 'no-asset'] as const) {
      const open = await world.open('about:blank');
      const { page } = open;
      if (trouble === 'no-webgl') await page.addInitScript('HTMLCanvasElement.prototype.getContext = () => null');
      await page.goto((await world.link()).replace('#', '?face=client#'));
      const call = await start(open);
      const bad = await world.api.faces.saveAsset(new Uint8Array(100));
      tellFace(call, trouble === 'no-webgl' ? await addressOf(photo.asset) : world.address + assetPath(bad));
      const said = trouble === 'no-webgl' ? 'it has no WebGL 2); the voice goes on' : 'could not be drawn; the voice goes on';
      await page.getByText(said, { exact: false }).waitFor();
      expect(await page.locator('#state').textContent()).toBe('Connected');
      expect(page.workers().length).toBe(0);
      expect(open.errors).toEqual([]);
      await open.close();
    }
  });
});

/** Draws moments one after the other with the page's own module; gives the pictures with some indices as RGB in base64. */
const DRAW = `async ({ url, moments, indices, mouth, picture }) => {
  const { createBrowserFace } = await import('/try/assets/packages/client/live/browser-face.ts');
  const canvas = document.createElement('canvas');
  const asset = await (await fetch(url)).arrayBuffer();
  let drawn = () => {};
  const problems = [];
  const face = createBrowserFace(canvas, asset, {
    picture,
    seed: 5,
    onDrawn: () => drawn(),
    onProblem(problem) {
      problems.push(problem);
      drawn();
    },
  });
  face.mouth({ ...mouth, frames: Uint8Array.from(mouth.frames), energy: Uint8Array.from(mouth.energy) });
  const gl = canvas.getContext('webgl2');
  const { width, height } = picture;
  const pictures = [];
  for (const [n, moment] of moments.entries()) {
    const rgba = new Uint8Array(width * height * 4);
    await new Promise((resolve) => {
      drawn = () => {
        // Before the browser takes the picture away.
        gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
        resolve();
      };
      face.draw(moment);
    });
    if (problems.length > 0) throw new Error(problems.join());
    if (!indices.includes(n)) continue;
    let text = '';
    // Its rows come from below.
    for (let y = height - 1; y >= 0; y--)
      for (let x = 0; x < width; x++)
        for (let channel = 0; channel < 3; channel++) text += String.fromCharCode(rgba[(y * width + x) * 4 + channel]);
    pictures.push(btoa(text));
  }
  face.dispose();
  return pictures;
}`;
