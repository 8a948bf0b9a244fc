import { execFileSync } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ffmpegProgram } from '../../packages/server/src/providers/ffmpeg-program.ts';
import { packetsOf } from '../../packages/server/src/recordings/ogg-pages.ts';
import type { Clip } from '../harness/human-speech.ts';

export const PACKET_MS = 20;
/** 8 s, of which somebody speaks 48 %. */
export const LOOP_PACKETS = 400;
const SPEECH_PACKETS = 192;
const RATE = 48_000;
const PACKET_SAMPLES = (RATE * PACKET_MS) / 1000;
/** Between two sentences of a turn: no end of turn is noticed in so short a pause. */
const PAUSE_SAMPLES = (RATE * 60) / 1000;

/** What a microphone sends over and over. */
export interface SpeechLoop {
  /** Opus, 20 ms each. */
  packets: Buffer[];
  /** The packet with the last sound of the turn. */
  lastSpeech: number;
}

/** One loop for each pair of sentences, in Opus as a browser encodes it (32 kb/s, mono, voice); each turn lasts the same time. */
export async function speechLoops(
  sentences: readonly Clip[],
  count: number,
  loopPackets: number = LOOP_PACKETS,
): Promise<SpeechLoop[]> {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-loops-'));
  const pairs = sentences
    .flatMap((one) => sentences.map((other) => [one, other] as const))
    .filter(([one, other]) => one !== other);
  // The longest that fit: the least is cut off at the front.
  const wanted = SPEECH_PACKETS * PACKET_SAMPLES;
  const lengthOf = ([one, other]: readonly [Clip, Clip]) => one.samples.length + PAUSE_SAMPLES + other.samples.length;
  const fitting = pairs.sort((a, b) => Math.abs(lengthOf(a) - wanted) - Math.abs(lengthOf(b) - wanted)).slice(0, count);
  const loops: SpeechLoop[] = [];
  for (const pair of fitting) loops.push(await encode(folder, turnOf(pair, wanted, loopPackets), loopPackets));
  await rm(folder, { recursive: true });
  return loops;
}

/** Both sentences, ending where the turn ends; what is too long is missing at the beginning. */
function turnOf([one, other]: readonly [Clip, Clip], length: number, loopPackets: number): Int16Array {
  const turn = new Int16Array(loopPackets * PACKET_SAMPLES);
  const from = length - other.samples.length;
  turn.set(other.samples, from);
  const room = from - PAUSE_SAMPLES;
  const first = one.samples.subarray(Math.max(0, one.samples.length - room));
  turn.set(first, room - first.length);
  return turn;
}

async function encode(folder: string, turn: Int16Array, loopPackets: number): Promise<SpeechLoop> {
  const [raw, ogg] = [join(folder, 'turn.raw'), join(folder, 'turn.ogg')];
  await writeFile(raw, Buffer.from(turn.buffer));
  const input = ['-f', 's16le', '-ar', String(RATE), '-ac', '1', '-i', raw];
  const output = ['-c:a', 'libopus', '-b:a', '32k', '-application', 'voip', '-frame_duration', String(PACKET_MS), '-y', ogg];
  execFileSync(ffmpegProgram(), ['-v', 'error', ...input, ...output]);
  const file = await open(ogg);
  const packets: Buffer[] = [];
  for await (const packet of packetsOf(file)) packets.push(Buffer.from(packet));
  await file.close();
  // Two headers first.
  return { packets: packets.slice(2, 2 + loopPackets), lastSpeech: SPEECH_PACKETS - 1 };
}
