import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordingStore } from '../core/recordings/recording-store.ts';
import { segmentName } from '../core/recordings/segment-name.ts';
import { ffmpegProgram } from '../providers/ffmpeg-program.ts';
import { startRecordedCall } from '../testing/recorded-call.ts';
import { soundOf } from '../testing/recorded-sound.ts';
import { startEncoderProcess } from './encoder-process.ts';
import { openRecordingFolder } from './recording-folder.ts';

const START = 1_700_000_000_000;

let folder: string;
let store: RecordingStore;
/** 8 s; the user beeps after 1 s and 6 s, the agent after 2 s: on the left at 1.03 and 6.03, on the right at 2.08. */
let segment: string;
let sessionId = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-recordings-'));
  store = await openRecordingFolder(join(folder, 'recordings'));
  segment = join(folder, 'segment.ogg');
  const encoders = startEncoderProcess();
  const call = startRecordedCall({ encoders, file: segment, onProblem: (_, problem) => expect.unreachable(problem) });
  await call.talk(8_000, { user: [1, 6], agent: [2] });
  await call.recorder.close();
  await encoders.stop();
});
afterAll(() => rm(folder, { recursive: true }));

const pathOf = (name = '') => join(folder, 'recordings', String(sessionId), name);

/** The name of a segment: what is recorded begins 0.7 s after the worker is asked to. */
const nameOf = (epoch: number, time: number) => segmentName({ epoch, startedAt: START + time - 700 });

/** A session with segments that begin at these times, in ms from the first. */
async function recorded(...times: number[]): Promise<number> {
  sessionId++;
  await mkdir(pathOf());
  for (const [index, time] of times.entries()) {
    const told = ['-metadata:s:a:0', `VISAVIS_STARTED_AT=${START + time}`];
    execFileSync(ffmpegProgram(), ['-loglevel', 'error', '-i', segment, '-c', 'copy', ...told, pathOf(nameOf(index + 1, time))]);
  }
  return sessionId;
}

async function wholeOf(id: number): Promise<Buffer> {
  const recording = await store.open(id);
  if (!recording) return Buffer.alloc(0);
  const parts: Uint8Array[] = [];
  for await (const part of recording.read({ first: 0, last: recording.bytes - 1 })) parts.push(part);
  await recording.close();
  return Buffer.concat(parts);
}

function expectTimes(found: number[], wanted: number[]): void {
  expect(found).toEqual(wanted.map((time) => expect.closeTo(time, 1)));
  for (const [n, time] of found.entries()) expect(Math.abs(time - (wanted[n] as number))).toBeLessThan(0.04);
}

describe('the segments of a recording', () => {
  it('are joined with silence between them, each at its time', { timeout: 180_000 }, async () => {
    const id = await recorded(0, 15_333, 3_600_000);
    expect(await store.list(id)).toMatchObject([
      { epoch: 1, startedAt: START - 700 },
      { epoch: 2, startedAt: START + 14_633 },
      { epoch: 3, startedAt: START + 3_599_300 },
    ]);
    await store.finish(id);
    expect(await readdir(pathOf())).toEqual(['recording.ogg']);
    expect(await store.list(id)).toEqual([]);
    const sound = soundOf(pathOf('recording.ogg'));
    expectTimes(sound.user, [1.03, 6.03, 16.363, 21.363, 3601.03, 3606.03]);
    expectTimes(sound.agent, [2.08, 17.413, 3602.08]);
    expect(sound.seconds).toBeCloseTo(3608, 0);
    expect((await stat(pathOf('recording.ogg'))).size).toBeLessThan(1_000_000);
  });

  it('say when they began, also when they are joined', async () => {
    const recording = await store.open(await recorded(0, 10_000));
    expect(recording?.startedAt).toBe(START);
    await recording?.close();
    await recording?.close();
  });

  it('make room for the next one where they overlap', async () => {
    await store.finish(await recorded(0, 5_000));
    const sound = soundOf(pathOf('recording.ogg'));
    expectTimes(sound.user, [1.03, 6.03, 11.03]);
    expectTimes(sound.agent, [2.08, 7.08]);
  });

  it('sound as before: a single one is what it was', async () => {
    await store.finish(await recorded(0));
    const [before, after] = [soundOf(segment), soundOf(pathOf('recording.ogg'))];
    expect(after.user).toEqual(before.user);
    expect(after.seconds).toBeCloseTo(before.seconds, 1);
  });

  it('are joined as far as they are whole', async () => {
    const id = await recorded(0, 20_000, 40_000, 60_000);
    const { size } = await stat(segment);
    const broken = await readFile(pathOf(nameOf(2, 20_000)));
    broken.fill(0x55, Math.round(size * 0.6), Math.round(size * 0.62));
    await truncate(pathOf(nameOf(1, 0)), Math.round(size * 0.6));
    await writeFile(pathOf(nameOf(2, 20_000)), broken);
    await writeFile(pathOf(nameOf(3, 40_000)), '');
    await store.finish(id);
    const sound = soundOf(pathOf('recording.ogg'));
    expectTimes(sound.user, [1.03, 21.03, 61.03, 66.03]);
    expectTimes(sound.agent, [2.08, 22.08, 62.08]);
  });

  it('are waited for while their worker writes their end', async () => {
    const id = await recorded(0);
    const file = pathOf(nameOf(1, 0));
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    const finished = store.finish(id);
    await expect.poll(async () => (await readdir(pathOf())).length).toBe(1);
    await writeFile(file, whole);
    await finished;
    expect(soundOf(pathOf('recording.ogg')).user).toHaveLength(2);
  });

  it('without sound are no recording', async () => {
    const id = await recorded();
    await writeFile(pathOf(nameOf(1, 0)), '');
    await writeFile(pathOf('something else'), 'mine');
    expect(await store.open(id)).toBeUndefined();
    expect(await readdir(pathOf())).toEqual(['something else']);
    expect(await store.open(99_999)).toBeUndefined();
    await store.finish(99_999);
  });
});

describe('a crash', () => {
  it('before the joined file had its name leaves segments, which are joined at the first read', async () => {
    const id = await recorded(0);
    await writeFile(pathOf('recording.ogg.1234.part'), 'half');
    expect((await wholeOf(id)).toString('latin1', 0, 4)).toBe('OggS');
    expect(await readdir(pathOf())).toEqual(['recording.ogg']);
  });

  it('before the segments were removed leaves both, and the joined file counts', async () => {
    const id = await recorded(0);
    await store.finish(id);
    const joined = await wholeOf(id);
    await cp(segment, pathOf(nameOf(1, 0)));
    expect((await wholeOf(id)).equals(joined)).toBe(true);
    expect(await readdir(pathOf())).toEqual(['recording.ogg']);
  });
});

describe('a recording', () => {
  it('is read in any range', async () => {
    const id = await recorded(0, 10_000);
    const whole = await wholeOf(id);
    const recording = await store.open(id);
    expect(recording?.bytes).toBe(whole.length);
    for (const [first, last] of [
      [0, 0],
      [17, 70_000],
      [whole.length - 1, whole.length - 1],
    ] as const) {
      const parts: Uint8Array[] = [];
      for await (const part of recording?.read({ first, last: Math.min(last, whole.length - 1) }) ?? []) parts.push(part);
      expect(Buffer.concat(parts).equals(whole.subarray(first, last + 1))).toBe(true);
    }
    await recording?.close();
  });

  it('is joined once, however many ask at the same time', async () => {
    const id = await recorded(0, 10_000);
    const all = await Promise.all([wholeOf(id), store.finish(id), wholeOf(id), wholeOf(id)]);
    expect(all[0].length).toBeGreaterThan(10_000);
    expect(all[2].equals(all[0]) && all[3].equals(all[0])).toBe(true);
  });

  it('is deleted with everything of its session, also while it is read and while it is joined', async () => {
    const id = await recorded(0);
    const recording = await store.open(id);
    await store.delete(id);
    await store.delete(id);
    expect(await store.sessions()).not.toContain(id);
    let bytes = 0;
    for await (const part of recording?.read({ first: 0, last: recording.bytes - 1 }) ?? []) bytes += part.length;
    expect(bytes).toBe(recording?.bytes);
    await recording?.close();

    const other = await recorded(0, 10_000);
    await Promise.all([store.finish(other), store.delete(other)]);
    expect(await store.sessions()).not.toContain(other);
  });

  it('lists the sessions it has, and nothing that somebody else has put there', async () => {
    const id = await recorded(0);
    await writeFile(join(folder, 'recordings', 'notes.txt'), 'mine');
    expect(await store.sessions()).toContain(id);
    expect((await store.sessions()).every(Number.isSafeInteger)).toBe(true);
  });
});
