import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iceServersFor } from '../core/calls/ice-servers.ts';
import { LINE_FRAME } from '../core/calls/transport.ts';
import { connectPeer, loudness } from '../testing/webrtc-peer.ts';
import { createAudioClock } from './audio-clock.ts';
import { createWebRtcTransports } from './webrtc.ts';

const SECRET = 'a secret for tests only';
const missing = spawnSync('turnserver', ['--version']).error ? 'turnserver is not installed (Debian: coturn)' : undefined;

describe.skipIf(missing)(`clients behind a TURN server${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let server: ChildProcess;
  let port: number;
  const folder = mkdtempSync(join(tmpdir(), 'visavis-turn-'));
  const settings = (turnSecret: string) => ({
    iceServers: [],
    turnUrls: [`turn:127.0.0.1:${port}?transport=udp`],
    turnSecret,
    turnTtlMs: 60_000,
    udpPorts: undefined,
    publicIp: undefined,
    ipv6: true,
  });

  beforeAll(async () => {
    port = await freePort();
    const options = [
      '-n',
      '-a',
      '--use-auth-secret',
      `--static-auth-secret=${SECRET}`,
      '--realm=visavis.test',
      `--listening-port=${port}`,
    ];
    const local = [
      '--listening-ip=127.0.0.1',
      '--relay-ip=127.0.0.1',
      '--allow-loopback-peers',
      '--cli-password=x',
      '--no-tls',
      '--no-dtls',
    ];
    const files = ['--log-file=stdout', `--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'db')}`];
    server = spawn('turnserver', [...options, ...local, ...files], { stdio: ['ignore', 'pipe', 'ignore'], cwd: folder });
    let output = '';
    await new Promise<void>((resolve, reject) => {
      server.once('exit', (code) => reject(new Error(`turnserver ended with ${code}: ${output}`)));
      server.stdout?.on('data', (text) => {
        output += text;
        if (/Total General servers|listener opened/i.test(output)) resolve();
      });
    });
  });
  afterAll(() => {
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const clock = createAudioClock(() => undefined);
  const joinThrough = async (secret: string, relayOnly: boolean) => {
    const transport = createWebRtcTransports({ clock, onError: () => undefined })({ iceServers: [] });
    const iceServers = iceServersFor({ settings: settings(secret), sessionId: 7, now: Date.now() });
    let offer = '';
    const peer = connectPeer({
      iceServers: iceServers.map(({ urls, ...rest }) => ({ urls, ...rest })),
      relayOnly,
      answer: (sdp) => {
        offer = sdp;
        return transport.answer(sdp);
      },
    });
    return { transport, peer, offer: () => offer };
  };

  it('speak and hear through it alone', { timeout: 30_000 }, async () => {
    const { transport, peer: connecting, offer } = await joinThrough(SECRET, true);
    const peer = await connecting;
    try {
      const types = [...offer().matchAll(/^a=candidate:.* typ (\S+)/gm)].map(([, type]) => type);
      expect(new Set(types)).toEqual(new Set(['relay']));
      let at = 0;
      transport.line.play({
        read(frame) {
          for (let n = 0; n < LINE_FRAME; n++) frame[n] = 8_000 * Math.sin((2 * Math.PI * 440 * at++) / 48_000);
        },
      });
      await expect
        .poll(() => loudness(peer.heard.at(-1)?.samples ?? new Int16Array(1)), { timeout: 10_000 })
        .toBeGreaterThan(3_000);
    } finally {
      peer.close();
      await transport.close();
    }
  });

  it('are turned away with a password that was not made with its secret', { timeout: 30_000 }, async () => {
    const { transport, peer, offer } = await joinThrough('another secret', true);
    // Without a candidate of its own the client cannot be reached; the offer shows that it has none.
    await expect.poll(offer, { timeout: 15_000 }).not.toBe('');
    expect(offer()).not.toMatch(/^a=candidate/m);
    await transport.close();
    await Promise.race([peer.then((it) => it.close()), new Promise((resolve) => setImmediate(resolve))]).catch(() => undefined);
  });
});

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
