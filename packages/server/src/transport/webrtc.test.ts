import { afterEach, describe, expect, it } from 'vitest';
import { LINE_FRAME, type Transport, type TransportState } from '../core/calls/transport.ts';
import { BROWSER_OFFER } from '../testing/browser-offer.ts';
import { connectPeer, loudness, type WebRtcPeer } from '../testing/webrtc-peer.ts';
import { createAudioClock } from './audio-clock.ts';
import { createWebRtcTransports, type WebRtcSettings } from './webrtc.ts';

const errors: unknown[] = [];
const open: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
  expect(errors.splice(0)).toEqual([]);
});

const onError = (error: unknown) => errors.push(error);
const clock = createAudioClock(onError);
const transports = (settings: Partial<WebRtcSettings> = {}) => createWebRtcTransports({ clock, onError, ...settings });

/** Both ends of a connection. */
async function connection(settings: Partial<WebRtcSettings> = {}, options: { video?: boolean; sends?: boolean } = {}) {
  const { video = false, sends = video } = options;
  const transport = transports(settings)({ iceServers: [] });
  const states: TransportState[] = [];
  const texts: string[] = [];
  transport.onState((state) => states.push(state));
  transport.onText((text) => texts.push(text));
  open.push(() => transport.close());
  let answer = '';
  const wish = { sends };
  const peer = await connectPeer({
    video,
    answer: async (offer) => {
      answer = await transport.answer(offer, { video: wish.sends ? { kilobitsPerSecond: 500 } : undefined });
      return answer;
    },
  });
  open.push(() => peer.close());
  await expect.poll(() => transport.state).toBe('connected');
  return { transport, peer, states, texts, answer, wish };
}

/** A tone at 48 kHz. */
function tone(hertz: number, samples: number, from = 0): Int16Array {
  return Int16Array.from({ length: samples }, (_, at) => 8_000 * Math.sin((2 * Math.PI * hertz * (at + from)) / 48_000));
}

/** The frequency of a tone: half the changes of its sign, in Hz. */
function frequency(samples: Int16Array): number {
  let changes = 0;
  for (let at = 1; at < samples.length; at++) if (Math.sign(samples[at] ?? 0) !== Math.sign(samples[at - 1] ?? 0)) changes++;
  return (changes / 2 / samples.length) * 48_000;
}

function joined(pieces: Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const heardTone = (peer: WebRtcPeer) => joined(peer.heard.slice(-50).map(({ samples }) => samples));

function playTone(transport: Transport, hertz: number): void {
  let played = 0;
  transport.line.play({
    read(frame) {
      frame.set(tone(hertz, LINE_FRAME, played));
      played += LINE_FRAME;
    },
  });
}

/** Flat pictures, one brighter than the one before. */
function brighter(width: number, height: number) {
  let shown = 0;
  return {
    count: () => shown,
    next() {
      const data = new Uint8ClampedArray(width * height * 1.5).fill(128);
      data.fill(40 + (shown++ % 160), 0, width * height);
      return { width, height, data };
    },
  };
}

describe('a WebRTC connection', () => {
  it('carries sound both ways', async () => {
    const { transport, peer } = await connection();
    playTone(transport, 440);
    const microphone: Int16Array[] = [];
    transport.line.onMicrophone((samples) => microphone.push(new Int16Array(samples)));
    void peer.speak(tone(880, 48_000 * 3));
    await expect.poll(() => loudness(heardTone(peer)), { timeout: 5_000 }).toBeGreaterThan(3_000);
    await expect.poll(() => loudness(joined(microphone.slice(-50))), { timeout: 5_000 }).toBeGreaterThan(3_000);
    expect(new Set(microphone.map(({ length }) => length))).toEqual(new Set([480]));
    await expect.poll(() => Math.abs(frequency(heardTone(peer)) - 440), { timeout: 5_000 }).toBeLessThan(10);
    await expect.poll(() => Math.abs(frequency(joined(microphone.slice(-50))) - 880), { timeout: 5_000 }).toBeLessThan(20);
  });

  it('carries events both ways in order, those first that came before it stood', async () => {
    const transport = transports()({ iceServers: [] });
    open.push(() => transport.close());
    const notice = (code: string) => ({ type: 'notice', code, text: '' }) as const;
    transport.send(JSON.stringify(notice('early')));
    const texts: string[] = [];
    transport.onText((text) => texts.push(text));
    const peer = await connectPeer({ answer: (offer) => transport.answer(offer) });
    open.push(() => peer.close());
    for (let n = 0; n < 100; n++) {
      transport.send(JSON.stringify(notice(String(n))));
      peer.sendRaw(`text ${n}`);
    }
    const codes: string[] = [];
    for await (const event of peer.events) {
      if (event.type === 'notice') codes.push(event.code);
      if (codes.length === 101) break;
    }
    expect(codes).toEqual(['early', ...Array.from({ length: 100 }, (_, n) => String(n))]);
    await expect.poll(() => texts, { timeout: 10_000 }).toEqual(Array.from({ length: 100 }, (_, n) => `text ${n}`));
  });

  it('refuses events that are too large or no text, and stays', async () => {
    const { transport, peer, texts } = await connection();
    peer.sendRaw('x'.repeat(20_000));
    peer.sendRaw(new Uint8Array([1, 2, 3]));
    peer.sendRaw('{"type":"interrupt"}');
    const codes: string[] = [];
    for await (const event of peer.events) {
      if (event.type === 'error') codes.push(event.code);
      if (codes.length === 2) break;
    }
    expect(codes).toEqual(['event-too-large', 'event-not-text']);
    await expect.poll(() => texts).toEqual(['{"type":"interrupt"}']);
    expect(transport.state).toBe('connected');
  });

  it('is lost when nothing is heard for some seconds, and back when it is', { timeout: 30_000 }, async () => {
    const { peer, states } = await connection();
    peer.freeze();
    await expect.poll(() => states, { timeout: 15_000 }).toEqual(['connected', 'lost']);
    peer.wake();
    await expect.poll(() => states, { timeout: 15_000 }).toEqual(['connected', 'lost', 'connected']);
  });

  it('is closed as soon as the page is', async () => {
    const { peer, states } = await connection();
    peer.close();
    await expect.poll(() => states, { timeout: 5_000 }).toEqual(['connected', 'closed']);
  });

  it('says what was told last before it closes', async () => {
    const { transport, peer } = await connection();
    transport.send(JSON.stringify({ type: 'session.ended', reason: 'silence' }));
    await transport.close();
    const types: string[] = [];
    for await (const event of peer.events) types.push(event.type);
    expect(types).toEqual(['session.ended']);
  });

  it('is fed all the time, also while nothing is said, and by a speaker that throws', async () => {
    const { transport, peer } = await connection();
    const begin = peer.heard.length;
    const startedAt = performance.now();
    transport.line.play({
      read() {
        throw new Error('broken');
      },
    });
    await expect.poll(() => peer.heard.length - begin, { timeout: 10_000 }).toBeGreaterThan(200);
    const seconds = (performance.now() - startedAt) / 1_000;
    expect((peer.heard.length - begin) / seconds).toBeGreaterThan(80);
    // Told once, not fifty times a second.
    expect(errors.splice(0)).toEqual([new Error('broken')]);
  });

  it('uses the ports it was given', async () => {
    const { answer } = await connection({ udpPorts: [47_100, 47_140] });
    const ports = [...answer.matchAll(/^a=candidate:\S+ \d+ udp \d+ \S+ (\d+) typ host/gim)].map(([, port]) => Number(port));
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port >= 47_100 && port <= 47_140).toBe(true);
  });

  it('names the public address besides its own', async () => {
    const { answer } = await connection({ publicIp: '203.0.113.7' });
    const candidates = [...answer.matchAll(/^a=candidate:\S+ \d+ udp (\d+) (\S+) \d+ typ host/gim)].map(
      ([, , address]) => address,
    );
    expect(candidates).toContain('203.0.113.7');
    expect(candidates.some((address) => address !== '203.0.113.7')).toBe(true);
  });

  it('shows pictures to who takes them, one with every second piece of sound', async () => {
    const { transport, peer, answer } = await connection({}, { video: true });
    expect(answer).toMatch(/^m=video [1-9][\s\S]*a=sendonly/m);
    // Both tracks in one stream: a browser plays them in step.
    expect(new Set([...answer.matchAll(/^a=msid:(\S+) /gm)].map(([, stream]) => stream)).size).toBe(1);
    let reads = 0;
    transport.line.play({ read: (frame) => void [frame.fill(0), reads++] });
    const pictures = brighter(128, 96);
    const seen: number[] = [];
    peer.onSeen(({ width, height, data }) => {
      expect([width, height]).toEqual([128, 96]);
      seen.push(data[5_000] ?? 0);
    });
    transport.video?.show(pictures);
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(50);
    expect(Math.abs(reads / pictures.count() - 2)).toBeLessThan(0.1);
    const rising = seen.slice(1).filter((value, n) => value >= (seen[n] ?? 0));
    expect(rising.length).toBeGreaterThan(seen.length * 0.9);
    transport.video?.show(undefined);
    const before = pictures.count();
    await expect.poll(() => reads).toBeGreaterThan(reads + 5);
    expect(pictures.count()).toBe(before);
  });

  it('declines video where none is sent, and takes it up and drops it while the sound goes on', async () => {
    const { transport, peer, answer, wish } = await connection({}, { video: true, sends: false });
    expect(answer).toMatch(/^m=video [\s\S]*a=inactive/m);
    expect(transport.video).toBeUndefined();
    playTone(transport, 440);
    await expect.poll(() => loudness(heardTone(peer)), { timeout: 5_000 }).toBeGreaterThan(3_000);
    const from = peer.heard.length;

    wish.sends = true;
    let seen = 0;
    peer.onSeen(() => seen++);
    expect(await peer.takePictures(true)).toMatch(/^m=video [\s\S]*a=sendonly/m);
    transport.video?.show(brighter(128, 96));
    await expect.poll(() => seen, { timeout: 10_000 }).toBeGreaterThan(10);
    expect(await peer.takePictures(false)).toMatch(/^m=video [\s\S]*a=inactive/m);
    expect(transport.video).toBeUndefined();
    expect(await peer.takePictures(true)).toMatch(/^m=video [\s\S]*a=sendonly/m);
    const again = seen;
    await expect.poll(() => seen, { timeout: 10_000 }).toBeGreaterThan(again + 10);

    const quiet = peer.heard.slice(from).filter(({ samples }) => loudness(samples) < 1_000);
    expect(quiet).toEqual([]);
    expect(transport.state).toBe('connected');
  });

  it('takes another offer only of the client that it has', async () => {
    const { transport } = await connection();
    await expect(transport.answer(BROWSER_OFFER)).rejects.toMatchObject({ code: 'offer-invalid' });
    expect(transport.renews(BROWSER_OFFER)).toBe(false);
    expect(transport.state).toBe('connected');
  });
});
