import { beforeEach, describe, expect, it } from 'vitest';
import type { DrivenEvent } from '../../core/calls/driven-conversation.ts';
import { LINE_FRAME } from '../../core/calls/transport.ts';
import { createDrivenOutput, type DrivenOutput, ENDS_AFTER_MS, GATHERED_MS } from './driven-output.ts';

let events: DrivenEvent[];
let output: DrivenOutput;

beforeEach(() => {
  events = [];
  output = createDrivenOutput((event) => events.push(event));
});

/** What comes out in so many ms, at 48 kHz. */
function play(ms: number): Int16Array {
  const frames: Int16Array[] = [];
  for (let at = 0; at < ms; at += 20) {
    const frame = new Int16Array(LINE_FRAME);
    output.read(frame);
    frames.push(frame);
  }
  return Int16Array.from(frames.flatMap((frame) => [...frame]));
}

const ramp = (seconds: number, rate: number) =>
  Int16Array.from({ length: seconds * rate }, (_, n) => 8_000 * Math.sin((2 * Math.PI * 200 * n) / rate));
const ended = () => events.flatMap((event) => (event.type === 'speech-end' ? [event.playedMs] : []));
/** A follower that keeps what it is told. */
function follower() {
  const told: string[] = [];
  const sound = new Map<string, number>();
  return {
    told,
    sound,
    speech: ({ utterance, positionMs, samples }: { utterance: string; positionMs: number; samples: Int16Array }) => {
      expect(positionMs).toBeCloseTo((sound.get(utterance) ?? 0) / 24, 3);
      sound.set(utterance, (sound.get(utterance) ?? 0) + samples.length);
    },
    ended: (utterance: string) => void told.push(`ended ${utterance}`),
    cut: (utterance: string) => void told.push(`cut ${utterance}`),
  };
}

describe('the loudspeaker of a driven face', () => {
  it('plays pieces of any length as one sound', () => {
    const sound = ramp(1, 16_000);
    output.speak(sound, 16_000);
    const whole = play(2_000);
    for (const length of [1, 13, 160, 999]) {
      output = createDrivenOutput((event) => events.push(event));
      for (let at = 0; at < sound.length; at += length) output.speak(sound.slice(at, at + length), 16_000);
      expect(Buffer.from(play(2_000).buffer).equals(Buffer.from(whole.buffer))).toBe(true);
    }
    expect(ended()).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    const loud = whole.findLastIndex((sample) => Math.abs(sample) > 50) - whole.findIndex((sample) => Math.abs(sample) > 50);
    expect(loud).toBeGreaterThan(47_800);
    expect(loud).toBeLessThan(48_400);
  });

  it('begins when enough is there, or nothing more comes', () => {
    output.speak(ramp(GATHERED_MS / 2_000, 24_000), 24_000);
    play(GATHERED_MS);
    expect(events).toEqual([]);
    play(40);
    expect(events).toEqual([{ type: 'speech-start' }]);
    output.cut();
    output.speak(ramp(GATHERED_MS / 1_000, 24_000), 24_000);
    play(20);
    expect(events.filter(({ type }) => type === 'speech-start')).toHaveLength(2);
  });

  it('takes a gap for a pause, and a long one for the end', () => {
    output.speak(ramp(0.2, 24_000), 24_000);
    play(200 + ENDS_AFTER_MS - 20);
    output.speak(ramp(0.2, 24_000), 24_000);
    play(200 + ENDS_AFTER_MS - 20);
    expect(ended()).toEqual([]);
    play(40);
    expect(ended()).toEqual([400]);
    output.speak(ramp(0.2, 24_000), 24_000);
    play(1_000);
    expect(ended()).toEqual([400, 200]);
    play(5_000);
    expect(events).toHaveLength(4);
  });

  it('plays texts and speech in their order, and waits for the sound of a text', () => {
    output.speak(ramp(0.2, 24_000), 24_000);
    const text = output.begin(5_000);
    output.speak(ramp(0.3, 24_000), 24_000);
    expect(output.waitingMs()).toBeCloseTo(5_500);
    play(2_000);
    expect(ended()).toEqual([200]);
    output.add(text, ramp(0.4, 24_000), []);
    output.end(text);
    play(2_000);
    expect(ended()).toEqual([200, 400, 300]);
    expect(output.waitingMs()).toBe(0);
  });

  it('is silent after a cut, without a click', () => {
    output.speak(ramp(5, 48_000), 48_000);
    play(500);
    const at = play(20);
    output.cut();
    const after = play(200);
    expect(events.at(-1)).toEqual({ type: 'speech-end', playedMs: 520, interrupted: true });
    expect(Math.max(...after.subarray(480).map(Math.abs))).toBe(0);
    const seam = [...at, ...after.subarray(0, 480)];
    const steps = seam.slice(1).map((sample, n) => Math.abs(sample - seam[n]!));
    expect(Math.max(...steps)).toBeLessThan(400);
    expect(output.cut()).toBe(false);
  });

  it('tells its follower all sound ahead, and where it is', () => {
    const early = follower();
    output.follow(early);
    output.speak(ramp(3, 16_000), 16_000);
    play(20);
    expect(output.position).toEqual({ utterance: 'u1', ms: 0 });
    play(200);
    expect(output.position).toEqual({ utterance: 'u1', ms: 200 });
    expect(early.sound.get('u1')).toBeGreaterThan(24_000);
    play(4_000);
    expect(early.sound.get('u1')).toBe(72_000);
    expect([early.told, output.position]).toEqual([['ended u1'], undefined]);
    output.speak(ramp(1, 16_000), 16_000);
    play(100);
    output.cut();
    expect(early.told).toEqual(['ended u1', 'cut u2']);
  });

  it('tells a follower that comes late what is still to be heard', () => {
    output.speak(ramp(2, 24_000), 24_000);
    play(1_000);
    const pieces: number[] = [];
    output.follow({ speech: ({ positionMs }) => void pieces.push(positionMs), ended: () => undefined, cut: () => undefined });
    expect(pieces[0]).toBe(1_000);
  });
});
