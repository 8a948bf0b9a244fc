import { readFile } from 'node:fs/promises';
import { createFaceRenderer, type PictureSettings, type Pose, REST, readAsset } from '@visavis/face';

/**
 * How long one frame of a face takes: `node --import tsx --conditions=source bench/face/render-speed.ts ASSET...`
 * (`contact-sheets.ts` leaves assets in its output folder). Measure with nothing else running.
 */
const POSES: Record<string, (seconds: number) => Pose> = {
  speaking: (seconds) => ({
    ...REST,
    open: 0.5 + 0.5 * Math.sin(seconds * 20),
    wide: 0.3 + 0.3 * Math.sin(seconds * 9),
    yaw: 3 * Math.sin(seconds * 0.9),
    pitch: 1.7 * Math.sin(seconds * 0.7),
    roll: Math.sin(seconds * 0.5),
    blink: seconds % 3 < 0.15 ? 1 : 0,
    gazeX: 0.3 * Math.sin(seconds),
    breath: 0.5 + 0.5 * Math.sin(seconds * 1.4),
  }),
  'speaking, head still': (seconds) => ({
    ...REST,
    open: 0.5 + 0.5 * Math.sin(seconds * 20),
    wide: 0.3 + 0.3 * Math.sin(seconds * 9),
    yaw: 2,
    gazeX: 0.3 * Math.sin(seconds),
  }),
  'nothing moves': () => REST,
};
const SETTINGS: PictureSettings[] = [
  { width: 512, height: 512, background: { type: 'own' } },
  { width: 512, height: 512, background: { type: 'color', red: 20, green: 120, blue: 80 } },
  { width: 1280, height: 720, background: { type: 'own' } },
];
const WARM_UP = 40;
const FRAMES = 250;

for (const file of process.argv.slice(2)) {
  const asset = readAsset(new Uint8Array(await readFile(file)));
  for (const settings of SETTINGS) {
    const began = performance.now();
    const renderer = createFaceRenderer(asset, settings);
    const createMs = performance.now() - began;
    const frame = new Uint8Array((settings.width * settings.height * 3) / 2);
    for (const [name, poseAt] of Object.entries(POSES)) {
      const frameMs: number[] = [];
      for (let index = 0; index < WARM_UP + FRAMES; index++) {
        const start = performance.now();
        renderer.render(poseAt(index / 25), frame);
        if (index >= WARM_UP) frameMs.push(performance.now() - start);
      }
      frameMs.sort((a, b) => a - b);
      console.log(
        JSON.stringify({
          asset: file.split('/').at(-1),
          picture: `${settings.width}x${settings.height}`,
          background: settings.background.type,
          pose: name,
          create_ms: Math.round(createMs),
          render_ms_p50: Number(frameMs[FRAMES >> 1]!.toFixed(2)),
          render_ms_p95: Number(frameMs[Math.floor(FRAMES * 0.95)]!.toFixed(2)),
        }),
      );
    }
  }
}
