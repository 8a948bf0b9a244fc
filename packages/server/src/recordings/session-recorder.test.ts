import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordedCall, startRecordedCall } from '../testing/recorded-call.ts';
import { soundOf } from '../testing/recorded-sound.ts';
import { type EncoderProcess, startEncoderProcess } from './encoder-process.ts';

/** How far a sound may be from its place, in seconds. */
const NEAR = 0.04;
/** What `startRecordedCall` takes for the way of a piece of the microphone, and of the agent's sound, in seconds. */
const UPLINK = 0.03;
const PLAYOUT = 0.08;

let folder: string;
let encoders: EncoderProcess;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-recordings-'));
  encoders = startEncoderProcess();
});
afterAll(async () => {
  await encoders.stop();
  await rm(folder, { recursive: true });
});

function start(): RecordedCall & { file: string; problems: string[] } {
  const file = join(folder, String(++files), '1-1700000000000.ogg');
  const problems: string[] = [];
  const call = startRecordedCall({ encoders, file, onProblem: (_file, problem) => problems.push(problem) });
  return Object.assign(call, { file, problems });
}

const later = (times: number[], seconds: number) => times.map((time) => time + seconds);
const off = (found: number[], wanted: number[]) =>
  found.length === wanted.length ? Math.max(0, ...found.map((time, n) => Math.abs(time - (wanted[n] as number)))) : Infinity;

describe('a recording', () => {
  it('has the user left and the agent right, each when it was heard', async () => {
    const call = start();
    const user = [1, 3, 7.5];
    const agent = [2, 4.25, 7.5];
    await call.talk(10_000, { user, agent });
    expect(await call.recorder.close()).toEqual({ durationMs: 10_000 });
    const sound = soundOf(call.file);
    expect(off(sound.user, later(user, UPLINK))).toBeLessThan(NEAR);
    expect(off(sound.agent, later(agent, PLAYOUT))).toBeLessThan(NEAR);
    expect(sound.seconds).toBeCloseTo(10, 1);
    expect(call.problems).toEqual([]);
  });

  it('follows the delay of the loudspeaker as it is measured', async () => {
    const call = start();
    await call.talk(20_000, { agent: [2, 18] }, { playoutDelayMs: (at) => (at < 5_000 ? 50 : 250) });
    await call.recorder.close();
    expect(off(soundOf(call.file).agent, [2.05, 18.25])).toBeLessThan(NEAR);
  });

  it('lacks what was on its way when the client was told to be silent', async () => {
    const call = start();
    const playoutDelayMs = () => 300;
    await call.talk(3_200, { agent: [1, 3.05] }, { playoutDelayMs });
    call.hush();
    await call.talk(6_000, { agent: [4] }, { playoutDelayMs });
    await call.recorder.close();
    expect(off(soundOf(call.file).agent, [1.3, 4.3])).toBeLessThan(NEAR);
  });

  it('is not moved by jitter', async () => {
    const call = start();
    const times = [2, 5, 8, 11];
    // Some pieces come 90 ms late, and those behind them with them; for some seconds everything is 55 ms late.
    const jitter = (at: number) => 30 + (((at / 10) * 7919) % 101 > 92 ? 90 : 0) + (Math.floor(at / 1000) % 3 === 0 ? 55 : 0);
    await call.talk(14_000, { user: times, agent: times }, { microphone: jitter });
    await call.recorder.close();
    const sound = soundOf(call.file);
    expect(off(sound.user, later(times, UPLINK))).toBeLessThan(NEAR);
    // Pieces that come late tear nothing apart: a beep is one sound.
    expect(sound.agent).toHaveLength(times.length);
  });

  it('is not moved where the process stalls and everything comes at once', async () => {
    const call = start();
    const times = [2, 3.1, 3.4, 6];
    await call.talk(8_000, { user: times, agent: times }, { stall: [3_000, 3_600] });
    await call.recorder.close();
    const sound = soundOf(call.file);
    expect(off(sound.user, later(times, UPLINK))).toBeLessThan(NEAR);
  });

  it('has silence where sound of the microphone is missing', async () => {
    const call = start();
    const lost = (at: number) => (at >= 3_000 && at < 3_150) || (at >= 6_000 && at < 12_000);
    const user = [2, 3.15, 5, 12, 14];
    await call.talk(16_000, { user, agent: user }, { microphone: (at) => (lost(at) ? undefined : 30) });
    await call.recorder.close();
    const sound = soundOf(call.file);
    expect(off(sound.user, later(user, UPLINK))).toBeLessThan(NEAR);
    expect(off(sound.agent, later(user, PLAYOUT))).toBeLessThan(NEAR);
  });

  it('has silence while the client is away, however long, and goes on with the next line', async () => {
    const call = start();
    await call.talk(5_000, { user: [2], agent: [3] });
    const before = process.memoryUsage().rss;
    call.pause(3_605_000);
    await call.talk(3_610_000, { user: [3_607], agent: [3_608] });
    const grown = process.memoryUsage().rss - before;
    await expect.poll(() => call.recorder.behindMs(), { timeout: 60_000 }).toBeLessThan(2_000);
    expect(await call.recorder.close()).toEqual({ durationMs: 3_610_000 });
    // An hour of it would be 690 MB.
    expect(grown).toBeLessThan(100_000_000);
    const sound = soundOf(call.file);
    expect(off(sound.user, later([2, 3_607], UPLINK))).toBeLessThan(NEAR);
    expect(off(sound.agent, later([3, 3_608], PLAYOUT))).toBeLessThan(NEAR);
    expect((await stat(call.file)).size).toBeLessThan(1_500_000);
  }, 120_000);

  it('has nothing of what a line still carries after the client was gone', async () => {
    const call = start();
    await call.talk(3_000, { user: [1], agent: [2] });
    call.recorder.pause();
    await call.talk(6_000, { user: [4], agent: [5] });
    expect(await call.recorder.close()).toEqual({ durationMs: 6_000 });
    const sound = soundOf(call.file);
    expect([sound.user.length, sound.agent.length]).toEqual([1, 1]);
  });

  it('keeps its distances for half an hour with clocks that are off by 200 ppm', async () => {
    const call = start();
    const times = Array.from({ length: 60 }, (_, n) => 15 + n * 30);
    await call.talk(1_815_000, { user: times, agent: times }, { clientPpm: 200, linePpm: -200 });
    await call.recorder.close();
    const sound = soundOf(call.file);
    expect(off(sound.user, later(times, UPLINK))).toBeLessThan(NEAR);
    expect(off(sound.agent, later(times, PLAYOUT))).toBeLessThan(NEAR);
  }, 240_000);

  it('passes on everything as it is', async () => {
    const call = start();
    const heard: Int16Array[] = [];
    let microphone: ((samples: Int16Array) => void) | undefined;
    let played: { read(frame: Int16Array): void } | undefined;
    const line = call.recorder.record({ onMicrophone: (next) => (microphone = next), play: (next) => (played = next) }, () => 0);
    line.onMicrophone((samples) => heard.push(samples));
    line.play({ read: (frame) => frame.fill(7) });
    const piece = new Int16Array(480).fill(3);
    microphone?.(piece);
    const frame = new Int16Array(960);
    played?.read(frame);
    expect(heard).toEqual([piece]);
    expect(frame.every((sample) => sample === 7)).toBe(true);
    line.play(undefined);
    expect(played).toBeUndefined();
    await call.recorder.close();
    await call.recorder.close();
    microphone?.(piece);
    expect(heard).toHaveLength(2);
  });

  it('is good up to the last seconds where ffmpeg is killed, and the call is told', async () => {
    const own = startEncoderProcess();
    const file = join(folder, 'killed', '1-1.ogg');
    const problems: string[] = [];
    const call = startRecordedCall({ encoders: own, file, onProblem: (_, problem) => problems.push(problem) });
    await call.talk(20_000, { user: [2, 12] });
    await expect.poll(() => call.recorder.behindMs(), { timeout: 10_000 }).toBeLessThan(1_800);
    process.kill(await ffmpegOf(own.pid), 'SIGKILL');
    await expect.poll(() => problems.length).toBe(1);
    await call.talk(25_000, { user: [22] });
    expect((await call.recorder.close()).durationMs).toBeGreaterThan(10_000);
    const sound = soundOf(file);
    expect(sound.seconds).toBeGreaterThan(15);
    expect(off(sound.user, later([2, 12], UPLINK))).toBeLessThan(NEAR);
    expect(problems).toHaveLength(1);
    await own.stop();
  });

  it('is finished without its worker, and a lost recording process is replaced', async () => {
    const own = startEncoderProcess();
    const problems: string[] = [];
    const begin = (name: string) =>
      startRecordedCall({
        encoders: own,
        file: join(folder, name, '1-1.ogg'),
        onProblem: (_, problem) => problems.push(problem),
      });
    const first = begin('lost');
    await first.talk(10_000, { user: [2, 5] });
    await expect.poll(async () => (await stat(join(folder, 'lost', '1-1.ogg'))).size).toBeGreaterThan(10_000);
    process.kill(own.pid as number, 'SIGKILL');
    await expect.poll(() => problems).toEqual(['the recording process was lost']);
    await first.recorder.close();
    await expect.poll(() => off(soundOf(join(folder, 'lost', '1-1.ogg')).user, later([2, 5], UPLINK))).toBeLessThan(NEAR);

    const second = begin('again');
    await second.talk(5_000, { user: [2] });
    await second.recorder.close();
    expect(soundOf(join(folder, 'again', '1-1.ogg')).user).toHaveLength(1);
    await own.stop();
    expect(problems).toHaveLength(1);
  });

  it('breaks off where the disk is full, is good up to there, and the call goes on', async ({ skip }) => {
    const disk = join(folder, 'disk');
    if (!mounted(disk, '128k')) skip('A small disk cannot be mounted here (root on Linux can)');
    try {
      const file = join(disk, '1', '1-1.ogg');
      const problems: string[] = [];
      const call = startRecordedCall({ encoders, file, onProblem: (_, problem) => problems.push(problem) });
      const times = Array.from({ length: 60 }, (_, n) => 1 + n);
      await call.talk(62_000, { user: times, agent: times });
      await expect.poll(() => problems).toEqual(['disk-full']);
      await call.talk(65_000, { user: [64] });
      await call.recorder.close();
      const found = soundOf(file).user;
      expect(found.length).toBeGreaterThan(5);
      expect(off(found, later(times.slice(0, found.length), UPLINK))).toBeLessThan(NEAR);
      expect(problems).toHaveLength(1);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('that cannot be written says so and leaves the call alone', async () => {
    const file = join(folder, 'taken', '1-1.ogg');
    const problems: string[] = [];
    const options = { encoders, file, onProblem: (_: string, problem: string) => problems.push(problem) };
    const first = startRecordedCall(options);
    await first.talk(3_000, { user: [1] });
    const second = startRecordedCall(options);
    await expect.poll(() => problems).toEqual([expect.stringContaining('EEXIST')]);
    await second.talk(3_000, { user: [1] });
    expect(await second.recorder.close()).toEqual({ durationMs: expect.any(Number) });
    await first.recorder.close();
    expect(soundOf(file).user).toHaveLength(1);
    expect(await readdir(join(folder, 'taken'))).toEqual(['1-1.ogg']);
  });
});

/** Mounts a file system in memory; false where that is not allowed. */
function mounted(path: string, size: string): boolean {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The ffmpeg that a process has started (Linux). */
async function ffmpegOf(pid: number | undefined): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  const names = await Promise.all(children.map((child) => readFile(`/proc/${child}/comm`, 'utf8')));
  return Number(children[names.findIndex((name) => name.trim() === 'ffmpeg')]);
}
