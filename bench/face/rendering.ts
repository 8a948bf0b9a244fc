import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CAST,
  CLOSED_MOUTH,
  characterAsset,
  createFaceRenderer,
  createMotion,
  type FaceAsset,
  i420Bytes,
  type MouthShape,
  readAsset,
} from '../../packages/face/src/index.ts';
import { buildPortrait } from '../../packages/server/src/face/building/build-portrait.ts';
import { loadFaceFinder } from '../../packages/server/src/face/building/find-faces.ts';
import { judgePhoto } from '../../packages/server/src/face/building/judge-photo.ts';
import { readPicture } from '../../packages/server/src/face/building/read-picture.ts';
import { ensurePhotographs } from '../../packages/server/src/testing/photographs.ts';
import { percentile, round } from '../harness/machine.ts';

const SIDE = 512;
const FRAMES = 400;
const WARM_UP = 60;

/** A mouth in the middle of a sentence, at a moment. */
function babble(ms: number): MouthShape {
  const wave = (hertz: number) => 0.5 + 0.5 * Math.sin((2 * Math.PI * hertz * ms) / 1_000);
  return {
    ...CLOSED_MOUTH,
    open: wave(4) * wave(1.3),
    wide: 0.6 * wave(2.1),
    narrow: 0.4 * wave(1.7),
    press: wave(0.9) > 0.9 ? 1 : 0,
  };
}

/** Milliseconds for each of `FRAMES` pictures of 512x512 while the face speaks. */
function timesOf(asset: FaceAsset): number[] {
  const renderer = createFaceRenderer(asset, { width: SIDE, height: SIDE, background: { type: 'own' } });
  const motion = createMotion({ seed: 1 });
  const frame = new Uint8Array(i420Bytes(SIDE, SIDE));
  const times: number[] = [];
  for (let n = 0; n < WARM_UP + FRAMES; n++) {
    const pose = motion.pose(n * 40, { state: 'speaking', mouth: babble(n * 40), energy: 0.5 });
    const from = performance.now();
    renderer.render(pose, frame);
    if (n >= WARM_UP) times.push(performance.now() - from);
  }
  return times;
}

/** The face of a photo, found, judged and built as an upload is; undefined where no photo can be had. */
async function photoAsset(): Promise<FaceAsset | undefined> {
  const { folder } = await ensurePhotographs();
  if (folder === undefined) return undefined;
  const { picture, faces } = await readPicture(await readFile(join(folder, 'astronaut.png')), await loadFaceFinder());
  const { face, problem } = judgePhoto(picture, faces, { takeLargest: true });
  if (problem !== undefined) throw new Error(`The photo is refused: ${problem}`);
  return readAsset(buildPortrait({ ...picture, landmarks: face.points }));
}

export async function measureRendering(): Promise<object> {
  const characters = CAST.map((drawing) => ({ name: drawing.name, times: timesOf(characterAsset(drawing)) }));
  const all = characters.flatMap(({ times }) => times);
  const photo = await photoAsset();
  const ofPhoto = photo && timesOf(photo);
  return {
    render_ms_p50: round(percentile(all, 0.5)),
    render_ms_p95: round(percentile(all, 0.95)),
    photo_render_ms_p50: ofPhoto ? round(percentile(ofPhoto, 0.5)) : null,
    photo_render_ms_p95: ofPhoto ? round(percentile(ofPhoto, 0.95)) : null,
    render_ms_p50_by_character: Object.fromEntries(characters.map(({ name, times }) => [name, round(percentile(times, 0.5))])),
  };
}
