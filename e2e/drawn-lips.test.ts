import { expect, it, vi } from 'vitest';
import { assetPath } from '../packages/server/src/core/avatars/avatar-url.ts';
import { buildPortrait } from '../packages/server/src/face/building/build-portrait.ts';
import { drawPerson } from '../packages/server/src/testing/drawn-person.ts';
import { correlation } from '../packages/server/src/testing/lip-sync.ts';
import { hasChromium, startTryPageWorld } from '../packages/server/src/testing/try-page-world.ts';
import { createVideoWorld } from '../packages/server/src/testing/video-call.ts';
import { WATCHABLE_CANVASES } from './harness/browser.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
const [WIDTH, HEIGHT] = [256, 320];

it.skipIf(!hasChromium)(
  'a face that the page draws of what a worker tells has lips that follow the sound',
  { timeout: 60_000 },
  async () => {
    const world = await startTryPageWorld({ microphone: 'allowed' });
    const video = createVideoWorld({ mostFaces: 0 });
    const { talk, call } = video.begin();
    const photo = buildPortrait(await drawPerson());
    const clientFace = {
      url: world.address + assetPath(await world.api.faces.saveAsset(photo)),
      picture: { width: WIDTH, height: HEIGHT, background: 'own' },
      seed: 5,
    };
    const open = await world.open('about:blank');
    const { page } = open;
    await page.addInitScript(WATCHABLE_CANVASES);
    await page.route('**/api/v1/sessions/*/connect', async (route) => {
      const { sdp, face } = route.request().postDataJSON() as { sdp: string; face?: string };
      expect([sdp.includes('m=video'), face]).toEqual([false, 'client']);
      await route.fulfill({
        json: { sdp: await call.connect(sdp, { sessionType: 'agent_video', face: undefined, clientFace }) },
      });
    });
    await page.goto((await world.link()).replace('#', '?face=client#'));
    await page.getByRole('button', { name: 'Face to face' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await vi.waitFor(async () => expect(await page.locator('#drawn').getAttribute('width')).toBe(String(WIDTH)), PATIENCE);
    await page.waitForTimeout(2_000);

    talk.emit({ type: 'reply-playing', replyId: 'r1', playing: true, positionMs: 0, hushed: false });
    talk.emit({ type: 'state', state: 'speaking' });
    talk.say('r1', vowels({ seconds: 9, onMs: 330, offMs: 270 }));
    const looks = (await page.evaluate(WATCH)) as Array<{ at: number; loud: number; open: number }>;
    const { lagMs, r } = lagOf(looks);
    expect(r).toBeGreaterThan(0.7);
    expect(Math.abs(lagMs)).toBeLessThanOrEqual(80);
    expect(open.errors).toEqual([]);
    await open.close();
    await video.close();
    await world.close();
  },
);

/** Something like a long /a/ that comes and goes, 24 kHz. */
function vowels({ seconds, onMs, offMs }: { seconds: number; onMs: number; offMs: number }): Int16Array {
  const pitch = 120;
  // Centre, half a width, and strength of each resonance of the mouth, in Hz.
  const resonances = [
    [750, 90, 1],
    [1_250, 110, 0.6],
    [2_600, 160, 0.25],
    [3_500, 200, 0.1],
  ] as const;
  const strengths = Array.from({ length: 40 }, (_, k) =>
    resonances.reduce((sum, [centre, width, most]) => sum + most / Math.hypot(1, ((k + 1) * pitch - centre) / width), 0),
  );
  return Int16Array.from({ length: 24_000 * seconds }, (_, n) => {
    const ms = (n / 24) % (onMs + offMs);
    if (ms >= onMs) return 0;
    const edge = Math.min(1, ms / 20, (onMs - ms) / 20);
    return strengths.reduce(
      (sum, most, k) => sum + 4_000 * edge * most * Math.sin((2 * Math.PI * (k + 1) * pitch * n) / 24_000 + k),
      0,
    );
  });
}

/** How far the mouth follows the sound, in ms, and how well (Pearson's r at that lag). */
function lagOf(looks: ReadonlyArray<{ at: number; loud: number; open: number }>) {
  const best = { lagMs: 0, r: -1 };
  for (let lagMs = -300; lagMs <= 300; lagMs += 10) {
    const pairs = looks.flatMap(({ at, open }) => {
      const heard = looks.findLast((look) => look.at <= at - lagMs);
      return heard ? [[open, Math.min(heard.loud, 0.1)] as const] : [];
    });
    const r = correlation(
      pairs.map(([open]) => open),
      pairs.map(([, loud]) => loud),
    );
    if (r > best.r) Object.assign(best, { lagMs, r });
  }
  return best;
}

/** For 7 s: how loud the sound is that leaves the jitter buffer, and how much of the mouth's place is dark. */
const WATCH = `(async () => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(document.getElementById('audio').srcObject).connect(analyser);
  const samples = new Float32Array(512);
  const drawn = document.getElementById('drawn');
  const copy = new OffscreenCanvas(drawn.width, drawn.height).getContext('2d', { willReadFrequently: true });
  const place = [0.38, 0.55, 0.24, 0.16].map((share, n) => Math.round(share * (n % 2 ? drawn.height : drawn.width)));
  const looks = [];
  const began = performance.now();
  while (performance.now() - began < 7000) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    analyser.getFloatTimeDomainData(samples);
    const loud = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
    const at = performance.now();
    copy.drawImage(drawn, 0, 0);
    const { data } = copy.getImageData(...place);
    let dark = 0;
    for (let n = 0; n < data.length; n += 4) if (data[n] < 90) dark += 1;
    looks.push({ at, loud, open: dark });
  }
  await context.close();
  return looks;
})()`;
