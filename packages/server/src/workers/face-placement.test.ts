import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CAST, characterAsset, writeAsset } from '@visavis/face';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ConnectRequest, JoinTerms } from '../core/calls/call-host.ts';
import { connectPeer } from '../testing/webrtc-peer.ts';
import { createSupervisor, pickWorker, type Supervisor, shareOfFaces, type Worker } from './supervisor.ts';
import { createWorkerHost } from './worker-host.ts';

const NOBODY: ReadonlySet<Worker> = new Set();
const worker = (id: number, state: Partial<Worker> = {}) =>
  ({
    id,
    sessions: 0,
    faces: 0,
    mostFaces: 2,
    ready: true,
    ...state,
    load: { calls: 0, latenessMs: 0, faceRoom: true, ...state.load },
  }) as Worker;
const pick = (workers: Worker[], wish = {}) =>
  pickWorker(workers, { forCall: true, withFace: true, except: NOBODY, ...wish })?.id;

describe('a face goes to the worker', () => {
  it('with the fewest faces, whoever has more sessions', () => {
    expect(pick([worker(1, { faces: 1 }), worker(2, { sessions: 5 }), worker(3, { sessions: 6 })])).toBe(2);
    expect(pick([worker(1, { faces: 1 }), worker(2, { sessions: 5 })], { withFace: false })).toBe(1);
  });

  it('that is not full, by its share or by what it tells', () => {
    const busy = worker(1, { load: { calls: 1, latenessMs: 0, faceRoom: false } });
    expect(pick([busy, worker(2, { faces: 1 })])).toBe(2);
    expect(pick([worker(1, { mostFaces: 0 }), worker(2, { faces: 1 })])).toBe(2);
    // Where all seem to be full, one of them says so itself.
    expect(pick([busy, worker(2, { faces: 2 })])).toBe(1);
    expect(pick([busy], { except: new Set([busy]) })).toBeUndefined();
  });

  it('whose share is whole, and all shares together as many as are allowed', () => {
    expect([0, 1, 2].map((place) => shareOfFaces(7, 3, place))).toEqual([3, 2, 2]);
    expect([0, 1].map((place) => shareOfFaces(1, 2, place))).toEqual([1, 0]);
  });
});

describe('two workers with room for a face each', () => {
  let folder: string;
  let supervisor: Supervisor;
  let terms: JoinTerms;
  let choose: Supervisor['pick'];
  let hosted: number[];
  const host = createWorkerHost({ pick: (wish) => choose(wish), anyReady: () => supervisor.anyReady() });
  const peers: Array<{ close(): void }> = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-placement-'));
    const assetFile = join(folder, 'k.face');
    const [drawing] = CAST;
    if (!drawing) throw new Error('There is no character');
    writeFileSync(assetFile, writeAsset(characterAsset(drawing)));
    const picture = { width: 128, height: 128, background: { type: 'own' as const } };
    terms = { sessionType: 'webrtc_video', face: { assetFile, picture, seed: 1, kilobitsPerSecond: 300 } };
    supervisor = createSupervisor({
      workers: 2,
      settings: { logLevel: 'warn', residentIdleMs: 60_000, mostResident: 10, mostFaces: 2 },
      events: host.events,
      log: pino({ level: 'silent' }),
    });
    await vi.waitFor(() => expect(supervisor.readyCount()).toBe(2), { timeout: 30_000 });
  }, 40_000);
  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.close();
    await Promise.all(host.calls().map((sessionId) => host.hangUp(sessionId, undefined)));
  });
  afterAll(async () => {
    await supervisor.stop();
    rmSync(folder, { recursive: true });
  });

  const request = (sessionId: number, offer: string, wanted = terms): ConnectRequest => ({
    sessionId,
    offer,
    terms: wanted,
    async host() {
      hosted.push(sessionId);
      const driven = { sessionId, endAfterSilenceMs: null };
      return { epoch: hosted.length, call: { resumed: false, recordIn: undefined, iceServers: [], driven } };
    },
  });
  const enter = async (sessionId: number, wanted = terms) => {
    const video = wanted.face !== undefined;
    peers.push(await connectPeer({ video, answer: (offer) => host.connect(request(sessionId, offer, wanted)) }));
  };

  it.each([
    ['told apart by what is known of them', false],
    ['asked one after the other, where nothing is known', true],
  ])('carry two faces, %s, and refuse the third', { timeout: 60_000 }, async (_how, blind) => {
    hosted = [];
    let first: Worker | undefined;
    choose = (wish) => {
      const informed = supervisor.pick(wish);
      first ??= informed;
      return blind && first && !wish.except.has(first) ? first : informed;
    };
    await enter(1);
    await enter(2);
    await expect(enter(3)).rejects.toMatchObject({ code: 'no-capacity', retryAfterSeconds: 5 });
    // Nothing is left of it, and a voice has room.
    expect(host.calls().sort()).toEqual([1, 2]);
    await enter(4, { sessionType: 'webrtc_video', face: undefined });
    await host.hangUp(1, undefined);
    await enter(5);
    // However many were asked, each session was claimed once.
    expect(hosted).toEqual([1, 2, 3, 4, 5]);
  });

  it('tell of a voice whether the other one would show its face', { timeout: 60_000 }, async () => {
    hosted = [];
    choose = supervisor.pick;
    await enter(1);
    // Beside nobody; then a face comes there.
    await enter(2, { sessionType: 'webrtc_video', face: undefined });
    await enter(3);
    expect([1, 2, 3, 4].map(host.isSeenBetterElsewhere)).toEqual([false, false, false, false]);
    await host.hangUp(1, undefined);
    expect([2, 3].map(host.isSeenBetterElsewhere)).toEqual([true, false]);
    await host.hangUp(2, undefined);
    await enter(2);
    expect(host.isSeenBetterElsewhere(2)).toBe(false);
    expect(hosted).toEqual([1, 2, 3, 2]);
  });
});
