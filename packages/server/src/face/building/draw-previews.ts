import { createFaceRenderer, createMotion, createMouthTrack, i420Bytes, REST, readAsset, type TimedWord } from '@visavis/face';
import sharp from 'sharp';
import type { FacePreviews } from '../../core/avatars/face-builder.ts';

const PICTURE_PIXELS = 1024;
const STILL_PIXELS = 512;
/** As large as a card in a list; 75 frames are some hundred kilobytes. */
const CLIP_PIXELS = 320;
const FRAMES_PER_SECOND = 25;
const FRAMES = 3 * FRAMES_PER_SECOND;
const QUALITY = { still: 88, clip: 74 };

/** "Hello! So nice to meet you." The clip begins and ends with a closed mouth. */
const SAID: ReadonlyArray<[text: string, startMs: number, phonemes: ReadonlyArray<[symbol: string, ms: number]>]> = [
  [
    'hello',
    350,
    [
      ['h', 60],
      ['ə', 70],
      ['l', 80],
      ['oʊ', 260],
    ],
  ],
  [
    'so',
    1_060,
    [
      ['s', 110],
      ['oʊ', 130],
    ],
  ],
  [
    'nice',
    1_300,
    [
      ['n', 80],
      ['aɪ', 190],
      ['s', 100],
    ],
  ],
  [
    'to',
    1_670,
    [
      ['t', 60],
      ['ə', 60],
    ],
  ],
  [
    'meet',
    1_790,
    [
      ['m', 90],
      ['iː', 150],
      ['t', 60],
    ],
  ],
  [
    'you',
    2_090,
    [
      ['j', 70],
      ['uː', 280],
    ],
  ],
];
const UTTERANCE = 'preview';
const RATE = 24_000;
/** The same for everybody: previews differ by their faces only. */
const SEED = 11;

/** Draws a face at rest, and what it looks like when it speaks. Takes about a second: for a thread. */
export async function drawPreviews(asset: Uint8Array): Promise<FacePreviews> {
  const face = readAsset(asset);
  const still = drawStill(face);
  const clip = drawClip(face);
  return { still: await still, clip: await clip };
}

type Face = ReturnType<typeof readAsset>;

/** Draws a face that looks at the viewer and smiles a little: PNG of 1024 x 1024. */
export async function drawPicture(face: Face): Promise<Uint8Array> {
  const { frames } = stage(face, PICTURE_PIXELS);
  frames.render({ ...REST, smile: 0.35 }, frames.memory);
  const rgb = new Uint8Array(PICTURE_PIXELS * PICTURE_PIXELS * 3);
  writeRgb(frames.memory, PICTURE_PIXELS, rgb);
  return sharp(rgb, { raw: { width: PICTURE_PIXELS, height: PICTURE_PIXELS, channels: 3 } })
    .png({ compressionLevel: 2 })
    .toBuffer();
}

async function drawStill(face: Face): Promise<Uint8Array> {
  const { frames, poses } = stage(face, STILL_PIXELS);
  frames.render(poses.pose(0, { state: 'idle', mouth: undefined, energy: 0 }), frames.memory);
  const rgb = new Uint8Array(STILL_PIXELS * STILL_PIXELS * 3);
  writeRgb(frames.memory, STILL_PIXELS, rgb);
  return sharp(rgb, { raw: { width: STILL_PIXELS, height: STILL_PIXELS, channels: 3 } })
    .webp({ quality: QUALITY.still })
    .toBuffer();
}

async function drawClip(face: Face): Promise<Uint8Array> {
  const { frames, poses } = stage(face, CLIP_PIXELS);
  const track = createMouthTrack();
  const words = timedWords();
  track.words(UTTERANCE, words);
  track.speech(UTTERANCE, murmur(words));
  track.end(UTTERANCE);
  const [first, last] = [words[0]?.startMs ?? 0, words.at(-1)?.endMs ?? 0];
  const frameBytes = CLIP_PIXELS * CLIP_PIXELS * 3;
  const rgb = new Uint8Array(frameBytes * FRAMES);
  for (let frame = 0; frame < FRAMES; frame++) {
    const ms = (frame * 1_000) / FRAMES_PER_SECOND;
    const state = ms >= first - 200 && ms <= last ? 'speaking' : 'idle';
    const pose = poses.pose(ms, { state, mouth: track.at(UTTERANCE, ms), energy: track.energy(UTTERANCE, ms) });
    frames.render(pose, frames.memory);
    writeRgb(frames.memory, CLIP_PIXELS, rgb.subarray(frame * frameBytes, (frame + 1) * frameBytes));
  }
  const raw = { width: CLIP_PIXELS, height: CLIP_PIXELS * FRAMES, channels: 3, pageHeight: CLIP_PIXELS } as const;
  return sharp(rgb, { raw })
    .webp({ quality: QUALITY.clip, effort: 1, loop: 0, delay: new Array(FRAMES).fill(1_000 / FRAMES_PER_SECOND) })
    .toBuffer();
}

/** A renderer with the memory it draws into, and the life in the face. */
function stage(face: Face, pixels: number) {
  const renderer = createFaceRenderer(face, { width: pixels, height: pixels, background: { type: 'own' } });
  const memory = new Uint8Array(i420Bytes(pixels, pixels));
  return { frames: { render: renderer.render.bind(renderer), memory }, poses: createMotion({ seed: SEED }) };
}

function timedWords(): TimedWord[] {
  return SAID.map(([text, startMs, parts]) => {
    let atMs = startMs;
    const phonemes = parts.map(([symbol, ms]) => {
      const phoneme = { symbol, startMs: atMs, endMs: atMs + ms };
      atMs = phoneme.endMs;
      return phoneme;
    });
    return { text, startMs, endMs: atMs, phonemes };
  });
}

/** A hum where words are: a mouth does not move in silence. */
function murmur(words: readonly TimedWord[]): Int16Array {
  const samples = new Int16Array(RATE * 3);
  for (const { startMs, endMs } of words) {
    const [from, to] = [(startMs * RATE) / 1_000, (endMs * RATE) / 1_000];
    for (let at = Math.floor(from); at < to; at++) {
      const swell = Math.sin((Math.PI * (at - from)) / (to - from)) ** 0.5;
      let sum = 0;
      for (let overtone = 1; overtone <= 12; overtone++) sum += Math.sin((2 * Math.PI * 140 * overtone * at) / RATE) / overtone;
      samples[at] = 5_000 * swell * sum;
    }
  }
  return samples;
}

/** I420 (BT.601, limited range) as RGB. */
function writeRgb(frame: Uint8Array, side: number, rgb: Uint8Array): void {
  const half = side / 2;
  const [u, v] = [side * side, side * side + half * half];
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const chroma = (row >> 1) * half + (column >> 1);
      const y = 1.164 * ((frame[row * side + column] as number) - 16);
      const blue = (frame[u + chroma] as number) - 128;
      const red = (frame[v + chroma] as number) - 128;
      const at = (row * side + column) * 3;
      rgb[at] = toByte(y + 1.596 * red);
      rgb[at + 1] = toByte(y - 0.392 * blue - 0.813 * red);
      rgb[at + 2] = toByte(y + 2.017 * blue);
    }
  }
}

const toByte = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
