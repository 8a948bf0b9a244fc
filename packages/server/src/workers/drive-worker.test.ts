import { once } from 'node:events';
import { connect } from 'node:net';
import { CAST, characterAsset, writeAsset } from '@visavis/face';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSocket, syllables, tone, watch } from '../testing/drive-client.ts';
import { createDriveWorld } from '../testing/drive-world.ts';
import { loudness } from '../testing/webrtc-peer.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { createWorkerHost } from './worker-host.ts';

let world: Awaited<ReturnType<typeof createDriveWorld>>;
let supervisor: Supervisor;

/** A worker in a process of its own, as in the product: sockets cross into it. */
beforeAll(async () => {
  const host = createWorkerHost({ pick: (wish) => supervisor.pick(wish), anyReady: () => supervisor.anyReady() });
  supervisor = createSupervisor({
    workers: 1,
    settings: { logLevel: 'warn', residentIdleMs: 60_000, mostResident: 10, mostFaces: 4 },
    events: host.events,
    log: pino({ level: 'silent' }),
  });
  world = await createDriveWorld({ host, asset: writeAsset(characterAsset(CAST[0]!)) });
});
afterAll(async () => {
  await world?.close();
  await supervisor?.stop();
});

const isLoud = ({ samples }: { samples: Int16Array }) => loudness(samples) > 2_000;
const speak = (seconds: number) => ({
  type: 'agent.speak',
  audio: tone({ hz: 440, seconds, rate: 24_000 }),
  sample_rate: 24_000,
});

/** A short text frame as a client sends it (RFC 6455, 5.2), masked with zeros. */
function maskedText(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length > 125) throw new RangeError('A longer frame has another header');
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** Mean of luma in the lower middle of a picture, where the mouth is. */
function mouthLight({ data, width, height }: { data: Uint8Array; width: number; height: number }): number {
  let [sum, count] = [0, 0];
  for (let y = Math.round(height * 0.5); y < height * 0.85; y++) {
    for (let x = Math.round(width * 0.35); x < width * 0.65; x++, count++) sum += data[y * width + x]!;
  }
  return sum / count;
}

/** How much changes from one picture to one some later; a head sways more slowly than that. */
const quickness = (values: number[], later: number) =>
  values.slice(later).reduce((sum, value, n) => sum + Math.abs(value - values[n]!), 0) / (values.length - later);

it('drives a face in a worker process, and again after that is lost', { timeout: 40_000 }, async () => {
  await expect.poll(() => supervisor.readyCount(), { timeout: 30_000 }).toBe(1);
  const { url, id } = await world.session();
  const client = await openSocket(url);
  expect(await client.next('connection.established')).toMatchObject({ session_id: id });
  const watcher = await watch(client, id);
  const pictures: Array<{ at: number; light: number }> = [];
  watcher.onSeen((picture) => pictures.push({ at: picture.at, light: mouthLight(picture) }));
  await expect.poll(() => pictures.length, { timeout: 20_000 }).toBeGreaterThan(25);
  const speechAt = pictures.length;
  client.send({ type: 'agent.speak', audio: syllables({ seconds: 3, rate: 22_050 }), sample_rate: 22_050 });
  expect(await client.next('agent.speak.confirmed')).toMatchObject({ audio_samples: 48_000 });
  expect(await client.next('agent.speech.ended')).toMatchObject({ played_ms: 3_000, interrupted: false });
  expect(watcher.heard.filter(isLoud).length).toBeGreaterThan(140);
  const lights = pictures.map(({ light }) => light);
  // 120 ms of a speaking face, and 160 of an idle one, which has half the pictures.
  const speaking = quickness(lights.slice(speechAt + 8, -10), 3);
  expect(speaking).toBeGreaterThan(1.5 * quickness(lights.slice(8, speechAt), 2));

  const [lost] = supervisor.processIds();
  process.kill(lost!, 'SIGKILL');
  expect((await client.closed).code).toBe(1006);
  watcher.close();
  // It may be sent to the dying worker: then it is cut off, never left alone. Otherwise it waits for the next one.
  const early = await openSocket(url).then(
    (it) => Promise.race([it.closed.then(({ code }) => code), it.next('connection.established').then(() => 'established')]),
    () => 'refused',
  );
  expect([1006, 1013, 'established', 'refused']).toContain(early);
  await expect.poll(() => supervisor.processIds().includes(lost!) || supervisor.readyCount(), { timeout: 30_000 }).toBe(1);
  const again = await openSocket(url);
  expect(await again.next('connection.established')).toMatchObject({ session_id: id });
  const second = await watch(again, id);
  again.send(speak(1));
  await again.next('agent.speech.ended');
  expect(second.heard.filter(isLoud).length).toBeGreaterThan(70);
  await world.api.call('PUT', `/sessions/${id}/end`, {});
  expect(await again.closed).toMatchObject({ code: 4410 });
  second.close();
});

it('loses nothing of what a client says before it is answered', { timeout: 40_000 }, async () => {
  await expect.poll(() => supervisor.readyCount(), { timeout: 30_000 }).toBe(1);
  const { url } = await world.session();
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const lines = [`GET ${pathname}${search} HTTP/1.1`, `Host: ${hostname}:${port}`, 'Connection: Upgrade', 'Upgrade: websocket'];
  lines.push('Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', '');
  let told = '';
  socket.on('data', (bytes) => {
    told += bytes.toString('latin1');
  });
  await once(socket, 'connect');
  socket.write(lines.join('\r\n'));
  // One after the other while the connection passes from process to process, some time after it, too.
  const frame = maskedText(
    JSON.stringify({ type: 'agent.speak', audio: tone({ hz: 440, seconds: 0.001, rate: 8_000 }), sample_rate: 8_000 }),
  );
  let sent = 0;
  while (sent < 200 || !told.includes('connection.established')) {
    socket.write(frame);
    sent++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await expect.poll(() => told.split('agent.speak.confirmed').length - 1, { timeout: 10_000 }).toBe(sent);
  socket.destroy();
});

it('waits for a worker that starts anew, and tells where none comes', { timeout: 40_000 }, async () => {
  for (const processId of supervisor.processIds()) process.kill(processId, 'SIGKILL');
  await expect.poll(() => supervisor.readyCount()).toBe(0);
  const { id, url } = await world.session();
  const client = await openSocket(url);
  expect(await client.next('connection.established')).toMatchObject({ session_id: id });

  await supervisor.stop();
  const late = await openSocket((await world.session()).url);
  expect(await late.next('error')).toMatchObject({ code: 'no-capacity' });
  expect(await late.closed).toMatchObject({ code: 1013 });
});
