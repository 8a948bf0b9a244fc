import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from './harness/browser.ts';
import { cleanUp, type Product, startProduct } from './harness/product.ts';

/** What a page has that drives a face: one socket, one connection without microphone or data channel. */
interface Driven {
  frames: number;
  told: string[];
  loudest: number;
  width: number;
}

/** The built product, and a page of another origin in a real browser. */
describe.skipIf(!existsSync(CHROMIUM))('a page that drives a face', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
  });
  afterAll(cleanUp);

  it('gets pictures and the sound of its speech, and closes when its session ends', { timeout: 120_000 }, async () => {
    const agentId = await product.api.createAgent({ name: 'Face' });
    const { session } = await product.api.ok<{
      session: { session_id: number; session_token: string; realtime: { url: string } };
    }>('POST', 'sessions', { agent_id: agentId, session_type: 'webrtc_video' });
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
    const page = await browser.newPage();
    await page.setContent('<video autoplay playsinline></video>');
    const url = `${product.url.replace('http', 'ws')}/api/v1/webrtc?session_token=${session.session_token}`;
    await page.evaluate(DRIVE, { url, id: session.session_id });
    const driven = () => page.evaluate<Driven>('window.driven');
    await expect
      .poll(async () => (await driven()).told, { timeout: 20_000 })
      .toEqual(['connection.established', 'webrtc.answer']);
    await expect.poll(async () => (await driven()).frames, { timeout: 30_000 }).toBeGreaterThan(20);
    await page.evaluate('window.speak(3)');
    await expect.poll(async () => (await driven()).told, { timeout: 30_000 }).toContain('agent.speech.ended');
    const { told, loudest, width } = await driven();
    expect(told.slice(0, 2)).toEqual(['connection.established', 'webrtc.answer']);
    expect(told).toContain('agent.speak.confirmed');
    expect(loudest).toBeGreaterThan(0.05);
    expect(width).toBe(512);
    const screenshot = process.env.VISAVIS_SCREENSHOT;
    if (screenshot !== undefined) await page.screenshot({ path: screenshot });
    await product.api.ok('PUT', `sessions/${session.session_id}/end`, {});
    await expect.poll(async () => (await driven()).told.at(-1)).toBe('closed 4410');
    expect(product.output()).not.toContain(session.session_token);
    await browser.close();
    // Its socket was handed over: nothing of it holds the server up.
    const { milliseconds } = await product.stop();
    expect(milliseconds).toBeLessThan(4_000);
  });
});

/** Runs in the page. */
const DRIVE = ({ url, id }: { url: string; id: number }) => {
  // biome-ignore lint/suspicious/noExplicitAny: the page's globals are not this program's
  const page = globalThis as any;
  const driven: Driven = { frames: 0, told: [], loudest: 0, width: 0 };
  page.driven = driven;
  const socket = new page.WebSocket(url);
  const peer = new page.RTCPeerConnection();
  const video = page.document.querySelector('video');
  const stream = new page.MediaStream();
  const send = (message: object) => socket.send(JSON.stringify(message));
  peer.addTransceiver('audio', { direction: 'recvonly' });
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.ontrack = ({ track }: { track: unknown }) => {
    stream.addTrack(track);
    video.srcObject = stream;
  };
  peer.onicecandidate = ({ candidate }: { candidate: unknown }) => {
    if (candidate) send({ type: 'webrtc.ice_candidate', session_id: id, candidate });
  };
  const count = () => {
    driven.frames++;
    driven.width = video.videoWidth;
    video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
  const listen = async () => {
    for (const report of (await peer.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'audio')
        driven.loudest = Math.max(driven.loudest, report.audioLevel ?? 0);
    }
  };
  setInterval(listen, 100);
  socket.onopen = async () => {
    const offer = await peer.createOffer();
    send({ type: 'webrtc.offer', session_id: id, sdp: offer.sdp });
    await peer.setLocalDescription(offer);
  };
  socket.onmessage = async ({ data }: { data: string }) => {
    const message = JSON.parse(data);
    driven.told.push(message.type);
    if (message.type === 'webrtc.answer') await peer.setRemoteDescription({ type: 'answer', sdp: message.sdp });
  };
  socket.onclose = ({ code }: { code: number }) => driven.told.push(`closed ${code}`);
  page.speak = (seconds: number) => {
    const samples = Int16Array.from({ length: 16_000 * seconds }, (_, n) => {
      const isLoud = (n / 16) % 350 < 200;
      return isLoud ? 9_000 * Math.sin((2 * Math.PI * 220 * n) / 16_000) : 0;
    });
    let bytes = '';
    for (const byte of new Uint8Array(samples.buffer)) bytes += String.fromCharCode(byte);
    send({ type: 'agent.speak', audio: page.btoa(bytes) });
  };
};
