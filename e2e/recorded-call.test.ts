import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegProgram } from '../packages/server/src/providers/ffmpeg-program.ts';
import { loudness } from '../packages/server/src/testing/webrtc-peer.ts';
import { createCall, joinCall } from './harness/caller.ts';
import { cleanUp, type Product, temporaryFolder } from './harness/product.ts';
import { startVendorWorld, type VendorWorld } from './harness/vendors.ts';

const RATE = 8_000;
/** Of 32768: the root mean square of 20 ms in which somebody speaks. */
const LOUD = 300;
/** A pause between two things that are said is longer than one within them, in ms. */
const PAUSE_MS = 800;
/** How far from its place a message may be found, in ms: what a listener takes for the beginning of what is said. */
const NEAR_MS = 700;

interface Said {
  role: 'user' | 'assistant';
  content: string;
  said_at_ms?: number;
}

describe('the recording of a real call', () => {
  let world: VendorWorld;
  let product: Product;

  beforeAll(async () => {
    world = await startVendorWorld(({ body }) => ({
      tokens: `That is answer number ${body.messages?.length}, and it is over now.`,
    }));
    ({ product } = world);
  });
  afterAll(async () => {
    await world?.close();
    await cleanUp();
  });

  it('has every message where the message says', async () => {
    const agentId = await product.api.createAgent({
      name: 'Recorded',
      properties: {
        recording: { enabled: true },
        speech: { listen: { provider: 'deepgram' }, speak: { provider: 'elevenlabs', voice: '21m00Tcm4TlvDq8ikWAM' } },
        turn: { min_endpointing_ms: 800, max_endpointing_ms: 800 },
      },
    });
    const { session_id } = await createCall(product, agentId);
    const caller = await joinCall(product, session_id);
    const ends = () => caller.events.filter((event) => event.type === 'reply.end').length;
    await caller.event('reply.end');
    for (const question of [
      'When does the museum open on Monday?',
      'And how much is a ticket for two?',
      'Thank you very much.',
    ]) {
      const before = ends();
      await caller.peer.speak(await world.spoken(question));
      await expect.poll(ends, { timeout: 20_000 }).toBe(before + 1);
      await expect
        .poll(() => caller.peer.heard.slice(-80).every(({ samples }) => loudness(samples) < 50), { timeout: 20_000 })
        .toBe(true);
    }
    await product.api.endSession(session_id);
    caller.peer.close();

    const { messages } = await product.api.ok<{ messages: Said[] }>('GET', `sessions/${session_id}/messages`);
    const { startedAt, user, assistant } = await recordingOf(product, session_id);
    expect(messages.map(({ role }) => role)).toEqual([
      'assistant',
      'user',
      'assistant',
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
    for (const [role, heard] of Object.entries({ user, assistant })) {
      const told = messages.filter((message) => message.role === role).map(({ said_at_ms = 0 }) => said_at_ms - startedAt);
      expect(heard).toHaveLength(told.length);
      for (const [n, at] of told.entries()) expect(Math.abs(at - (heard[n] ?? Number.NaN)), `${role} ${n}`).toBeLessThan(NEAR_MS);
    }
  });
});

/** When somebody begins to speak on each side of a recording, in ms from its start; and when that was. */
async function recordingOf({ url, apiKey }: Product, sessionId: number) {
  const answer = await fetch(`${url}/api/v1/sessions/${sessionId}/recording`, { headers: { 'x-api-key': apiKey } });
  expect(answer.status).toBe(200);
  const file = join(temporaryFolder(), 'recording.ogg');
  writeFileSync(file, new Uint8Array(await answer.arrayBuffer()));
  const args = ['-hide_banner', '-loglevel', 'error', '-i', file, '-ar', String(RATE), '-ac', '2', '-f', 's16le', 'pipe:1'];
  const bytes = execFileSync(ffmpegProgram(), args, { maxBuffer: 1 << 28 });
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const side = (channel: 0 | 1) => beginnings(samples.filter((_, n) => n % 2 === channel));
  return { startedAt: Number(answer.headers.get('x-recording-started-at')), user: side(0), assistant: side(1) };
}

function beginnings(samples: Int16Array): number[] {
  const piece = RATE / 50;
  const found: number[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let at = 0; at + piece <= samples.length; at += piece) {
    if (loudness(samples.subarray(at, at + piece)) < LOUD) continue;
    const ms = (at * 1_000) / RATE;
    if (ms - lastMs > PAUSE_MS) found.push(ms);
    lastMs = ms;
  }
  return found;
}
