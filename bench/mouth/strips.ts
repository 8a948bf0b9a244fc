// Draws what the mouth does over time, to be looked at: `npx tsx --conditions=source bench/mouth/strips.ts FOLDER OUT.png --voice=samuel --sentences=0,5`
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { createMouthTrack } from '../../packages/face/src/mouth/mouth-track.ts';
import { seenIn } from '../../packages/face/src/mouth/phones.ts';
import { MOUTH_PARAMETERS, type MouthShape } from '../../packages/face/src/pose.ts';
import { timedWords } from './examples.ts';
import { readSentences, type SpokenSentence } from './spoken-sentences.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { voice: { type: 'string', default: 'samuel' }, sentences: { type: 'string', default: '0' } },
});
const [folder, out] = positionals;
if (folder === undefined || out === undefined) throw new Error('Say where the spoken sentences are, and where the picture goes');

const PX_PER_MS = 0.5;
const ROW = 46;
const COLORS = ['#c22', '#e80', '#28c', '#06a', '#a4a', '#222', '#292', '#a63'];

type Mode = 'phonemes' | 'words' | 'sound';

/** What the mouth does, played at 25 fps, as a page would get it. */
function play({ samples, words }: SpokenSentence, mode: Mode, stepMs: number): MouthShape[] {
  const track = createMouthTrack();
  const timed = timedWords({ words });
  if (mode !== 'sound') track.words('a', mode === 'phonemes' ? timed : timed.map(({ phonemes: _, ...word }) => word));
  track.speech('a', samples);
  track.end('a');
  const shapes: MouthShape[] = [];
  for (let ms = 0; ms < samples.length / 24 + 200; ms += stepMs) shapes.push(track.at('a', ms));
  return shapes;
}

function drawSentence(sentence: SpokenSentence, top: number): { svg: string; height: number; width: number } {
  const { samples, words, text } = sentence;
  const width = (samples.length / 24 + 200) * PX_PER_MS;
  const timed = timedWords({ words });
  let svg = `<text x="4" y="${top + 12}" font-size="12">${sentence.voice}: ${text.replace(/[<&]/g, '')}</text>`;
  let y = top + 18;
  for (let x = 0; x < width; x++) {
    const from = Math.floor((x / PX_PER_MS) * 24);
    let peak = 0;
    for (let i = from; i < from + 24 / PX_PER_MS; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0));
    const h = (peak / 32_768) * 30;
    svg += `<line x1="${x}" x2="${x}" y1="${y + 15 - h / 2}" y2="${y + 15 + h / 2}" stroke="#999"/>`;
  }
  y += 32;
  for (const { phonemes = [], text: word, startMs } of timed) {
    svg += `<text x="${startMs * PX_PER_MS}" y="${y + 10}" font-size="10" fill="#555">${word.replace(/[<&]/g, '')}</text>`;
    for (const { symbol, startMs: from, endMs: to } of phonemes) {
      const round = seenIn(symbol).some(({ viseme }) => viseme === 'O' || viseme === 'U');
      const closed = seenIn(symbol).some(({ viseme }) => viseme === 'PP');
      const tucked = seenIn(symbol).some(({ viseme }) => viseme === 'FF');
      const fill = closed ? '#ccc' : round ? '#cdf' : tucked ? '#cfc' : '#fff';
      svg += `<rect x="${from * PX_PER_MS}" y="${y + 13}" width="${(to - from) * PX_PER_MS}" height="15" fill="${fill}" stroke="#aaa" stroke-width="0.5"/>`;
      svg += `<text x="${((from + to) / 2) * PX_PER_MS}" y="${y + 24}" font-size="11" text-anchor="middle">${symbol}</text>`;
      if (closed)
        svg += `<rect x="${from * PX_PER_MS}" y="${y + 28}" width="${(to - from) * PX_PER_MS}" height="${ROW * 12}" fill="#eee"/>`;
    }
  }
  y += 32;
  const modes: Mode[] = words.some(({ phonemes }) => phonemes) ? ['phonemes', 'words', 'sound'] : ['words', 'sound'];
  for (const mode of modes) {
    const fine = play(sentence, mode, 5);
    const coarse = play(sentence, mode, 40);
    for (const group of [
      ['open', 'press', 'tuck'],
      ['wide', 'narrow', 'pucker'],
      ['up', 'tongue'],
    ] as const) {
      svg += `<line x1="0" x2="${width}" y1="${y + ROW}" y2="${y + ROW}" stroke="#ccc"/><text x="2" y="${y + 9}" font-size="9" fill="#888">${mode}</text>`;
      for (const [g, key] of group.entries()) {
        const color = COLORS[MOUTH_PARAMETERS.indexOf(key)];
        const points = fine.map((shape, i) => `${i * 5 * PX_PER_MS},${y + ROW - shape[key] * (ROW - 4)}`).join(' ');
        svg += `<polyline points="${points}" fill="none" stroke="${color}" stroke-width="1.3"/><text x="${60 + g * 40}" y="${y + 9}" font-size="9" fill="${color}">${key}</text>`;
        if (key === 'open')
          for (const [i, shape] of coarse.entries())
            svg += `<circle cx="${i * 40 * PX_PER_MS}" cy="${y + ROW - shape.open * (ROW - 4)}" r="2" fill="${color}"/>`;
      }
      y += ROW + 2;
    }
  }
  return { svg, height: y + 10 - top, width };
}

const wanted = options.sentences.split(',').map(Number);
const sentences = readSentences(folder).filter(
  ({ voice, index }) => voice === `local/${options.voice}` && wanted.includes(index),
);
let top = 0;
let widest = 0;
let drawn = '';
for (const sentence of sentences) {
  const { svg, height, width } = drawSentence(sentence, top);
  drawn += svg;
  top += height;
  widest = Math.max(widest, width);
}
const page = `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(widest)}" height="${top}" font-family="sans-serif"><rect width="100%" height="100%" fill="#fff"/>${drawn}</svg>`;
await sharp(Buffer.from(page)).png().toFile(out);
