// Draws a minute of a face's motion, to be looked at: `npx tsx --conditions=source bench/mouth/motion-strip.ts OUT.png [SEED]`
import sharp from 'sharp';
import { createMotion } from '../../packages/face/src/motion/motion.ts';
import type { FaceState, Pose } from '../../packages/face/src/pose.ts';

const [out, seed = '3'] = process.argv.slice(2);
if (out === undefined) throw new Error('Say where the picture goes');
const SECONDS = 48;
const FPS = 25;
const STATES: FaceState[] = ['idle', 'listening', 'thinking', 'speaking'];
const ROWS: Array<{ keys: (keyof Pose)[]; most: number }> = [
  { keys: ['yaw', 'pitch', 'roll'], most: 7 },
  { keys: ['gazeX', 'gazeY'], most: 0.7 },
  { keys: ['blink', 'brow', 'breath'], most: 1.1 },
  { keys: ['shiftX', 'shiftY'], most: 0.02 },
];
const COLORS = ['#c22', '#28c', '#292'];
const HEIGHT = 110;
const PX_PER_FRAME = 1.4;

const stateAt = (ms: number) => STATES[Math.floor(ms / 6_000) % 4]!;
/** Words of 350 ms and pauses between phrases. */
const energyAt = (ms: number) =>
  stateAt(ms) !== 'speaking' || ms % 2_400 > 1_900
    ? 0
    : Math.max(0, 0.45 + 0.4 * Math.sin((ms * 2 * Math.PI) / 350) * Math.sin((ms * 2 * Math.PI) / 1_300));
const motion = createMotion({ seed: Number(seed) });
const poses = Array.from({ length: SECONDS * FPS }, (_, i) => {
  const ms = (i * 1_000) / FPS;
  return { pose: motion.pose(ms, { state: stateAt(ms), mouth: undefined, energy: energyAt(ms) }), ms };
});

const width = poses.length * PX_PER_FRAME;
let svg = '';
for (const [r, { keys, most }] of ROWS.entries()) {
  const middle = 20 + r * HEIGHT + HEIGHT / 2;
  svg += `<line x1="0" x2="${width}" y1="${middle}" y2="${middle}" stroke="#ccc"/>`;
  for (const [k, key] of keys.entries()) {
    const points = poses.map(({ pose }, i) => `${i * PX_PER_FRAME},${middle - (pose[key] / most) * (HEIGHT / 2 - 4)}`).join(' ');
    svg += `<polyline points="${points}" fill="none" stroke="${COLORS[k]}"/><text x="${4 + k * 60}" y="${middle - HEIGHT / 2 + 12}" font-size="11" fill="${COLORS[k]}">${key}</text>`;
  }
}
for (let ms = 0; ms < SECONDS * 1_000; ms += 6_000) {
  const x = (ms / 1_000) * FPS * PX_PER_FRAME;
  svg += `<line x1="${x}" x2="${x}" y1="0" y2="${20 + ROWS.length * HEIGHT}" stroke="#888"/><text x="${x + 4}" y="13" font-size="12">${stateAt(ms)}</text>`;
}
const page = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${20 + ROWS.length * HEIGHT}" font-family="sans-serif"><rect width="100%" height="100%" fill="#fff"/>${svg}</svg>`;
await sharp(Buffer.from(page)).png().toFile(out);
