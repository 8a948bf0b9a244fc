import { afterEach, describe, expect, it } from 'vitest';
import { mouthOpening } from '../testing/disc-face.ts';
import { type DriveClient, openSocket, strength, tone, type Watcher, watch } from '../testing/drive-client.ts';
import { createDriveWorld } from '../testing/drive-world.ts';
import { startOpenAiAudioServer } from '../testing/openai-audio-server.ts';
import { connectPeer, loudness } from '../testing/webrtc-peer.ts';

type World = Awaited<ReturnType<typeof createDriveWorld>>;
let world: World;
const open: Array<() => unknown> = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await world.close();
  expect(world.errors).toEqual([]);
});

async function join(url: string): Promise<DriveClient> {
  const client = await openSocket(url);
  open.push(() => client.socket.terminate());
  return client;
}

async function watched(client: DriveClient, id: number): Promise<Watcher> {
  const watcher = await watch(client, id);
  open.push(() => watcher.close());
  return watcher;
}

async function driven(options: Parameters<typeof createDriveWorld>[0] = {}) {
  world = await createDriveWorld(options);
  const session = await world.session();
  const client = await join(session.url);
  const watcher = await watched(client, session.id);
  return { ...session, client, watcher };
}

const LOUD = 2_000;
/** The receiver's jitter buffer begins wide and narrows, for which it shortens what it plays. */
const settled = (watcher: Watcher) => expect.poll(() => watcher.heard.length, { timeout: 20_000 }).toBeGreaterThan(500);
const isLoud = ({ samples }: { samples: Int16Array }) => loudness(samples) > LOUD;
const loudMs = ({ heard }: Watcher) => heard.filter(isLoud).length * 10;
const speak = (client: DriveClient, hz: number, seconds: number, rate = 16_000) =>
  client.send({ type: 'agent.speak', audio: tone({ hz, seconds, rate }), sample_rate: rate });

describe('a driven face', () => {
  it('answers over its socket and says what it is given, at every rate, at the right pitch and length', async () => {
    const { client, watcher, id } = await driven();
    expect(client.told[0]).toEqual({ type: 'connection.established', session_id: id });
    await settled(watcher);
    let hz = 500;
    for (const rate of [8_000, 16_000, 22_050, 44_100, 48_000]) {
      hz += 70;
      const from = watcher.heard.length;
      speak(client, hz, 0.8, rate);
      expect(await client.next('agent.speak.confirmed')).toMatchObject({ audio_samples: 12_800 });
      await client.next('agent.speech.started');
      expect(await client.next('agent.speech.ended')).toMatchObject({ played_ms: 800, interrupted: false });
      const loud = watcher.heard.slice(from).filter(isLoud);
      expect(Math.abs(loud.length - 80)).toBeLessThanOrEqual(8);
      const middle = Int16Array.from(loud.slice(20, 60).flatMap(({ samples }) => [...samples]));
      expect(strength(middle, hz) / 12_000).toBeGreaterThan(0.7);
      expect(strength(middle, hz * 1.03) / 12_000).toBeLessThan(0.1);
    }
  });

  it('plays what comes faster than real time in its order, without gaps', async () => {
    const { client, watcher } = await driven();
    await settled(watcher);
    // 4 s, sent at once.
    for (let n = 0; n < 40; n++) speak(client, n < 20 ? 600 : 900, 0.1, 16_000);
    const ended = await client.next('agent.speech.ended');
    expect(ended).toMatchObject({ played_ms: 4_000, interrupted: false });
    const first = watcher.heard.findIndex(isLoud);
    const last = watcher.heard.findLastIndex(isLoud);
    expect(Math.abs(last - first - 400)).toBeLessThanOrEqual(16);
    // A tone of the next piece begins at any phase: but for that it is one sound.
    expect(watcher.heard.slice(first + 1, last).filter((piece) => !isLoud(piece)).length).toBeLessThanOrEqual(4);
    const stretch = (from: number) =>
      Int16Array.from(watcher.heard.slice(first + from, first + from + 100).flatMap(({ samples }) => [...samples]));
    expect(strength(stretch(50), 600)).toBeGreaterThan(strength(stretch(50), 900) * 4);
    expect(strength(stretch(250), 900)).toBeGreaterThan(strength(stretch(250), 600) * 4);
    expect(client.told.filter(({ type }) => type === 'agent.speech.started')).toHaveLength(1);
  });

  it('is silent at once when it is interrupted, drops what waits, and speaks again', async () => {
    const { client, watcher } = await driven();
    for (let n = 0; n < 5; n++) speak(client, 700, 2);
    await expect.poll(() => loudMs(watcher), { timeout: 10_000 }).toBeGreaterThan(500);
    const at = performance.now();
    client.send({ type: 'agent.interrupt' });
    await client.next('agent.interrupt.confirmed');
    const ended = await client.next('agent.speech.ended');
    expect(ended.interrupted).toBe(true);
    expect(ended.played_ms).toBeLessThan(3_000);
    await expect.poll(() => watcher.heard.at(-1)?.at ?? 0).toBeGreaterThan(at + 800);
    const lastLoud = watcher.heard.findLast(isLoud)?.at ?? 0;
    // What was handed over is on its way: the encoder, the network, the client's jitter buffer.
    expect(lastLoud - at).toBeLessThan(400);
    speak(client, 500, 0.5);
    await client.next('agent.speech.started');
    expect(await client.next('agent.speech.ended')).toMatchObject({ played_ms: 500, interrupted: false });
    // Nothing is being said: confirmed all the same.
    client.send({ type: 'agent.interrupt' });
    await client.next('agent.interrupt.confirmed');
  });

  it('moves its mouth while it speaks, and takes a pause of the sender for a pause', async () => {
    const { client, watcher } = await driven();
    const seen: Array<{ at: number; open: number }> = [];
    watcher.onSeen((picture) => seen.push({ at: picture.at, open: mouthOpening(picture) }));
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(Math.max(...seen.map(({ open: opening }) => opening))).toBeLessThan(0.05);
    speak(client, 300, 1);
    await client.next('agent.speech.started');
    await expect.poll(() => loudMs(watcher), { timeout: 10_000 }).toBeGreaterThan(950);
    speak(client, 300, 1);
    expect(await client.next('agent.speech.ended')).toMatchObject({ played_ms: 2_000 });
    const loudAt = watcher.heard.filter(isLoud).map(({ at }) => at);
    const during = seen.filter(({ at }) => at > loudAt[20]! && at < loudAt[90]!);
    expect(during.length).toBeGreaterThan(8);
    expect(Math.min(...during.slice(3).map(({ open: opening }) => opening))).toBeGreaterThan(0.2);
    const last = seen.at(-1)?.at ?? 0;
    await expect.poll(() => seen.at(-1)?.at ?? 0, { timeout: 5_000 }).toBeGreaterThan(last + 200);
    expect(seen.at(-1)?.open).toBeLessThan(0.05);
  });

  it('keeps what waits for a client that is away, and goes on where it was', async () => {
    world = await createDriveWorld();
    const { url, id } = await world.session();
    const client = await join(url);
    // Before anybody hears it.
    speak(client, 600, 3);
    await client.next('agent.speak.confirmed');
    const first = await watched(client, id);
    await expect.poll(() => loudMs(first), { timeout: 10_000 }).toBeGreaterThan(800);
    client.close();
    first.close();
    const again = await join(url);
    expect((await again.next('connection.established')).session_id).toBe(id);
    const second = await watched(again, id);
    const { played_ms: playedMs, interrupted } = await again.next('agent.speech.ended');
    expect([playedMs, interrupted]).toEqual([3_000, false]);
    expect(loudMs(second)).toBeGreaterThan(500);
  });

  it('is driven by the newest socket of its session only', async () => {
    world = await createDriveWorld();
    const { url, id } = await world.session();
    const one = await join(url);
    const watcher = await watched(one, id);
    const two = await join(url);
    await two.next('connection.established');
    expect(await one.closed).toMatchObject({ code: 4409 });
    // The connection for sound and pictures stays.
    speak(two, 600, 0.5);
    await two.next('agent.speech.ended');
    expect(loudMs(watcher)).toBeGreaterThan(400);
  });

  it('closes its socket with 4410 when its session ends, and refuses another one so', async () => {
    const { client, id, url } = await driven();
    await world.api.call('PUT', `/sessions/${id}/end`, {});
    expect(await client.closed).toMatchObject({ code: 4410, reason: 'session ended: ended-by-client' });
    const late = await join(url);
    expect(await late.next('error')).toMatchObject({ code: 'session-ended', error: 'The session has ended' });
    expect(await late.closed).toMatchObject({ code: 4410 });
  });

  it('tells what is wrong with a message and goes on', async () => {
    const { client, id } = await driven();
    const cases: Array<[message: object | string, code: string]> = [
      ['', 'event-invalid'],
      ['{', 'event-invalid'],
      ['null', 'event-invalid'],
      ['[]', 'event-invalid'],
      [{}, 'event-invalid'],
      [{ type: 'agent.fly' }, 'event-invalid'],
      [{ type: 'agent.speak' }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 5 }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 'AAA=' }, 'confirmed'],
      [{ type: 'agent.speak', audio: 'AA==' }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 'data:audio/wav;base64,AAAA' }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 'AA A' }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 'AAAA', sample_rate: 7_999 }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 'AAAA', sample_rate: 96_000 }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 'AAAA', sample_rate: '16000' }, 'audio-invalid'],
      [{ type: 'agent.speak', audio: 'AAAA', sample_rate: 16_000.5 }, 'audio-invalid'],
      [{ type: 'agent.say', text: '' }, 'event-invalid'],
      [{ type: 'agent.say', text: 'x'.repeat(5_001) }, 'event-invalid'],
      [{ type: 'agent.say', text: 'Hello.' }, 'no-speech-model'],
      [{ type: 'webrtc.offer', session_id: id }, 'event-invalid'],
      [{ type: 'webrtc.offer', session_id: id + 1, sdp: 'v=0' }, 'event-invalid'],
      [{ type: 'webrtc.offer', session_id: id, sdp: 'v=0' }, 'offer-invalid'],
      [{ type: 'webrtc.ice_candidate', session_id: id }, 'event-invalid'],
      [{ type: 'webrtc.ice_candidate', session_id: id, candidate: { candidate: 'x', sdpMid: '0' } }, 'offer-invalid'],
    ];
    for (const [message, code] of cases) {
      client.sendRaw(typeof message === 'string' ? message : JSON.stringify(message));
      if (code === 'confirmed') await client.next('agent.speak.confirmed');
      else expect([message, (await client.next('error')).code]).toEqual([message, code]);
    }
    speak(client, 600, 0.3);
    expect((await client.next('agent.speak.confirmed')).audio_samples).toBe(4_800);
  });

  it('takes ten minutes of speech and no more', async () => {
    world = await createDriveWorld();
    const client = await join((await world.session()).url);
    const minute = Buffer.alloc(2 * 8_000 * 60).toString('base64');
    for (let n = 0; n < 10; n++) {
      client.send({ type: 'agent.speak', audio: minute, sample_rate: 8_000 });
      await client.next('agent.speak.confirmed');
    }
    speak(client, 600, 0.1);
    expect(await client.next('error')).toMatchObject({ code: 'speech-queue-full' });
    client.send({ type: 'agent.interrupt' });
    await client.next('agent.interrupt.confirmed');
    // What comes after a long message is done after it.
    for (let n = 0; n < 3; n++) client.send({ type: 'agent.speak', audio: minute, sample_rate: 8_000 });
    client.send({ type: 'agent.interrupt' });
    await client.next('agent.interrupt.confirmed');
    const lately = client.told.slice(-4).map(({ type }) => type);
    expect(lately).toEqual([...Array(3).fill('agent.speak.confirmed'), 'agent.interrupt.confirmed']);
    for (let n = 0; n < 3; n++) await client.next('agent.speak.confirmed');
    speak(client, 600, 0.1);
    await client.next('agent.speak.confirmed');
  });

  it('closes a socket for a binary frame with 1003 and for one over 10 MB with 1009', async () => {
    world = await createDriveWorld();
    const { url } = await world.session();
    const binary = await join(url);
    binary.sendRaw(Buffer.from([1, 2, 3]));
    expect(await binary.closed).toMatchObject({ code: 1003 });
    const long = await join(url);
    long.sendRaw('x'.repeat(10 * 1024 * 1024 + 1));
    expect(await long.closed).toMatchObject({ code: 1009 });
  });

  it('tells that no more faces can be shown, and shows this one later', async () => {
    world = await createDriveWorld({ mostFaces: 1 });
    const one = await world.session();
    const busy = await join(one.url);
    await watched(busy, one.id);
    const two = await world.session();
    const client = await join(two.url);
    client.send({ type: 'webrtc.offer', session_id: two.id, sdp: 'v=0' });
    expect(await client.next('error')).toMatchObject({ code: 'no-capacity' });
    await world.api.call('PUT', `/sessions/${one.id}/end`, {});
    await watched(client, two.id);
  });
});

describe('a driven session', () => {
  it('says texts by a voice, between what it is given', async () => {
    const vendor = await startOpenAiAudioServer();
    open.push(() => vendor.close());
    const voice = { kind: 'openai', provider: 'openai', baseUrl: vendor.url, apiKey: vendor.apiKey, voice: 'alloy' } as const;
    const { client, watcher } = await driven({ voices: [{ ...voice, model: 'tts-1', speed: 1, privateNetwork: true }] });
    speak(client, 600, 0.3);
    client.send({ type: 'agent.say', text: 'Four words are here.' });
    speak(client, 600, 0.4);
    const ends = [];
    for (let n = 0; n < 3; n++) {
      await client.next('agent.speech.started');
      ends.push((await client.next('agent.speech.ended')).played_ms);
    }
    expect([ends[0], ends[2]]).toEqual([300, 400]);
    expect(ends[1]).toBeGreaterThanOrEqual(1_000);
    expect(vendor.texts.join('')).toContain('Four words');
    expect(loudMs(watcher)).toBeGreaterThan(1_400);
    client.send({ type: 'agent.say', text: Array.from({ length: 60 }, () => 'word').join(' ') });
    await client.next('agent.speech.started');
    client.send({ type: 'agent.interrupt' });
    expect(await client.next('agent.speech.ended')).toMatchObject({ interrupted: true });
    vendor.fault({ how: 'error' });
    client.send({ type: 'agent.say', text: 'This fails.' });
    expect(await client.next('error')).toMatchObject({ code: 'voice-failed' });
    speak(client, 600, 0.3);
    expect(await client.next('agent.speech.ended')).toMatchObject({ played_ms: 300 });
  });

  it('is driven over the event channel as well', async () => {
    world = await createDriveWorld();
    const { id } = await world.session();
    const peer = await connectPeer({
      video: true,
      async answer(sdp) {
        const { status, body } = await world.api.call('POST', `/sessions/${id}/connect`, { sdp });
        expect(status).toBe(200);
        return body.sdp;
      },
    });
    open.push(() => peer.close());
    let pictures = 0;
    peer.onSeen(() => pictures++);
    peer.send({ type: 'agent.speak', audio: tone({ hz: 500, seconds: 0.3, rate: 16_000 }) });
    peer.send({ type: 'agent.speak', audio: 'AA==', sample_rate: 16_000 });
    peer.send({ type: 'agent.say', text: 'Hello.' });
    peer.send({ type: 'agent.interrupt' });
    peer.send({ type: 'agent.speak', audio: tone({ hz: 500, seconds: 0.3, rate: 16_000 }) });
    const told: string[] = [];
    for await (const event of peer.events) {
      if (event.type === 'error') told.push(event.code);
      else if (event.type.startsWith('agent.s') && event.type !== 'agent.state') told.push(event.type);
      else if (event.type.startsWith('agent.interrupt')) told.push(event.type);
      if (event.type === 'session.joined') expect(event.session_type).toBe('webrtc_video');
      if (event.type === 'agent.speech.ended' && !event.interrupted) break;
    }
    expect(told).toEqual([
      'agent.speak.confirmed',
      'audio-invalid',
      'no-speech-model',
      'agent.interrupt.confirmed',
      'agent.speak.confirmed',
      'agent.speech.started',
      'agent.speech.ended',
    ]);
    await expect.poll(() => pictures, { timeout: 10_000 }).toBeGreaterThan(10);
  });

  it('waits for a client that is gone without a word, and ends for silence', async () => {
    world = await createDriveWorld();
    const { url, id } = await world.session('webrtc_video', { turn: { silence: { end_after_seconds: 8 } } });
    const read = async () => (await world.api.storage.read.sessions.find(world.api.user.id, id))!;
    const client = await join(url);
    const first = await watched(client, id);
    await expect.poll(async () => (await read()).connectedSince, { timeout: 5_000 }).not.toBeNull();
    first.close();
    // Nothing of it arrives any more: it has no event channel that could be closed.
    await expect.poll(async () => (await read()).connectedSince, { timeout: 10_000 }).toBeNull();
    expect(await read()).toMatchObject({ status: 'active', deadlineReason: 'client-gone' });
    await watched(client, id);
    await expect.poll(async () => (await read()).connectedSince, { timeout: 5_000 }).not.toBeNull();
    speak(client, 600, 0.5);
    await client.next('agent.speech.ended');
    expect(await client.closed).toMatchObject({ code: 4410, reason: 'session ended: silence' });
    expect(await read()).toMatchObject({ status: 'completed', endReason: 'silence' });
    expect((await read()).connectedMs).toBeGreaterThan(5_000);
  });
});

describe('the request for a driven socket', () => {
  it('is refused with the reason, and its token is in no log', async () => {
    world = await createDriveWorld();
    const { url, token } = await world.session();
    const bad = await join(`${url}x`);
    expect(await bad.next('error')).toEqual({ type: 'error', error: 'Invalid or expired token', code: 'invalid-token' });
    expect(await bad.closed).toMatchObject({ code: 1008 });
    const voice = await join((await world.session('agent_voice')).url);
    expect(await voice.next('error')).toMatchObject({ code: 'session-type-conflict' });
    expect(await voice.closed).toMatchObject({ code: 1008 });
    const good = await join(url.replace('/api/v1/', '/'));
    await good.next('connection.established');
    expect(world.logged.length).toBeGreaterThan(0);
    expect(world.logged.filter((line) => line.includes(token.slice(-20)))).toEqual([]);
  });

  it('is not found elsewhere, and another protocol than WebSocket is not spoken', async () => {
    world = await createDriveWorld();
    const { address } = world;
    await expect(openSocket(`${address.replace('http', 'ws')}/api/v1/other`)).rejects.toThrow('404');
    const { request } = await import('node:http');
    const body = JSON.stringify({ name: 'Made over h2c' });
    const status = await new Promise((resolve, reject) => {
      const asking = request(`${address}/api/v1/agents`, {
        method: 'POST',
        headers: {
          connection: 'Upgrade, HTTP2-Settings',
          upgrade: 'h2c',
          'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'x-api-key': world.api.apiKey,
        },
      });
      asking.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asking.on('error', reject);
      asking.end(body);
    });
    expect(status).toBe(201);
  });
});

describe('the socket of an embed’s session', () => {
  it('opens on the pages of its embed only; that of any other session on every page', async () => {
    world = await createDriveWorld();
    const { api, address } = world;
    const { agent_id } = (await api.call('POST', '/agents', { name: 'Face' })).body.agent;
    const allowed = { allowed_origins: ['https://shop.example'], session_types: ['webrtc_video'] };
    const { embed } = (await api.call('POST', '/embeds', { agent_id, name: 'Shop', ...allowed })).body;
    const page = { authorization: '', origin: 'https://shop.example' };
    const { session } = (await api.call('POST', `/embeds/${embed.embed_id}/sessions`, {}, page)).body;
    const url = `${address.replace('http', 'ws')}/api/v1/webrtc?session_token=${session.session_token}`;
    const elsewhere = await openSocket(url, 'https://evil.example');
    expect(await elsewhere.next('error')).toMatchObject({ code: 'origin-not-allowed' });
    expect(await elsewhere.closed).toEqual({ code: 1008, reason: 'origin-not-allowed' });
    const there = await openSocket(url, 'https://shop.example');
    expect(await there.next('connection.established')).toEqual({
      type: 'connection.established',
      session_id: session.session_id,
    });
    there.close();
    const own = await world.session();
    const anywhere = await openSocket(own.url, 'https://evil.example');
    await anywhere.next('connection.established');
    anywhere.close();
  });
});
