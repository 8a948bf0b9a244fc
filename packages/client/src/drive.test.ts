import wrtc from '@roamhq/wrtc';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createDriveWorld } from '../../server/src/testing/drive-world.ts';
import { createClient, DriveError, driveFace } from './index.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
const RATE = 16_000;
const tone = (seconds: number) =>
  Int16Array.from({ length: RATE * seconds }, (_, n) => 12_000 * Math.sin((2 * Math.PI * 440 * n) / RATE));

describe('a face that a program drives', () => {
  let world: Awaited<ReturnType<typeof createDriveWorld>>;
  beforeAll(async () => {
    world = await createDriveWorld();
  });
  afterAll(() => world.close());

  const open = async () => {
    const { id, token } = await world.session();
    const url = `${world.address}/api/v1/webrtc`;
    return { id, driver: await driveFace({ url, sessionToken: token, WebSocket }) };
  };

  it('speaks, is seen and heard, and is silent when it is interrupted', async () => {
    const { id, driver } = await open();
    expect(driver.sessionId).toBe(id);
    const peer = new wrtc.RTCPeerConnection();
    let frames = 0;
    let loudest = 0;
    const stops: Array<() => void> = [];
    peer.ontrack = ({ track }: { track: { kind: string } }) => {
      if (track.kind === 'video') {
        const sink = new wrtc.nonstandard.RTCVideoSink(track as never);
        sink.onframe = () => {
          frames += 1;
        };
        stops.push(() => sink.stop());
      } else {
        const sink = new wrtc.nonstandard.RTCAudioSink(track as never);
        sink.ondata = ({ samples }: { samples: Int16Array }) => {
          for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
        };
        stops.push(() => sink.stop());
      }
    };
    await driver.connect(peer);
    await vi.waitFor(() => expect(frames).toBeGreaterThan(3), PATIENCE);
    const told: unknown[] = [];
    driver.on('started', () => told.push('started'));
    driver.on('ended', ({ interrupted }) => told.push(interrupted));
    // More than one piece of it, which come in their order.
    expect(await driver.speak(tone(30))).toBe(30 * RATE);
    await vi.waitFor(() => expect(loudest).toBeGreaterThan(3_000), PATIENCE);
    await driver.interrupt();
    await vi.waitFor(() => expect(told).toEqual(['started', true]), PATIENCE);
    for (const stop of stops) stop();
    peer.close();
    driver.close();
  });

  it('says why speech is refused, and goes on', async () => {
    const { driver } = await open();
    await expect(driver.speak(tone(1), 4_000)).rejects.toMatchObject({ name: 'DriveError', code: 'audio-invalid' });
    expect(await driver.speak(tone(1))).toBe(RATE);
    const refused = new Promise((resolve) => driver.on('error', resolve));
    driver.say('Nobody here can say this.');
    expect(await refused).toMatchObject({ code: 'no-speech-model' });
    driver.close();
  });

  it('refuses a bad token, and tells that its session has ended', async () => {
    const url = `${world.address}/api/v1/webrtc`;
    await expect(driveFace({ url, sessionToken: 'none', WebSocket })).rejects.toMatchObject({ code: 'invalid-token' });
    const { id, driver } = await open();
    const closed = new Promise<{ code: number }>((resolve) => driver.on('closed', resolve));
    await createClient({ baseUrl: world.address, credentials: { apiKey: world.api.apiKey } }).sessions.end(id);
    expect((await closed).code).toBe(4410);
    await expect(driver.interrupt()).rejects.toBeInstanceOf(DriveError);
  });
});
