import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { segmentName } from '../../core/recordings/segment-name.ts';
import { sweepRecordings } from '../../core/recordings/sweep-recordings.ts';
import { written } from '../../testing/audio-samples.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';
import { closeApp } from '../app.ts';

const START = 1_700_000_000_123;

let api: TestApi;
let agentId: number;
let url: string;
beforeAll(async () => {
  api = await startTestApi();
  agentId = (await api.call('POST', '/agents', { name: 'Recorder' })).body.agent.agent_id;
  url = await api.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await closeApp(api.app);
  await api.close();
});

interface Started {
  id: number;
  token: string;
}

async function start(apiKey = api.apiKey, agent = agentId): Promise<Started> {
  const wish = { agent_id: agent, session_type: 'agent_chat' };
  const { session } = (await api.call('POST', '/sessions', wish, { 'x-api-key': apiKey })).body;
  return { id: session.session_id, token: session.session_token };
}

/** A session of which a worker has recorded two seconds. */
async function recorded({ ended = true } = {}): Promise<Started> {
  const session = await start();
  await mkdir(join(api.recordingFolder, String(session.id)));
  const file = join(api.recordingFolder, String(session.id), segmentName({ epoch: 1, startedAt: START }));
  await writeFile(file, written('ogg', 2));
  if (ended) await api.call('PUT', `/sessions/${session.id}/end`, {});
  return session;
}

const fetched = (id: number, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${url}/api/v1/sessions/${id}/recording`, { method, headers: { 'x-api-key': api.apiKey, ...headers } });
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('the recording of a session', () => {
  it('is an Ogg file that a browser can play from any place', async () => {
    const { id } = await recorded();
    const answer = await fetched(id);
    const bytes = await bytesOf(answer);
    expect(answer.status).toBe(200);
    expect(bytes.toString('latin1', 0, 4)).toBe('OggS');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'audio/ogg',
      'accept-ranges': 'bytes',
      'content-length': String(bytes.length),
      'content-disposition': `inline; filename="session-${id}.ogg"`,
      'cache-control': 'private, no-cache',
      'x-recording-started-at': String(START),
      etag: expect.stringMatching(/^"[\w-]+"$/),
    });
    expect(answer.headers.has('content-range')).toBe(false);
  });

  it('is given in single ranges', async () => {
    const { id } = await recorded();
    const whole = await bytesOf(await fetched(id));
    const ranges: Array<[string, number, number]> = [
      ['bytes=0-0', 0, 0],
      ['bytes=100-199', 100, 199],
      ['bytes=100-', 100, whole.length - 1],
      ['bytes=-50', whole.length - 50, whole.length - 1],
    ];
    for (const [range, first, last] of ranges) {
      const answer = await fetched(id, { range });
      expect([answer.status, answer.headers.get('content-range'), answer.headers.get('content-length')]).toEqual([
        206,
        `bytes ${first}-${last}/${whole.length}`,
        String(last + 1 - first),
      ]);
      expect((await bytesOf(answer)).equals(whole.subarray(first, last + 1))).toBe(true);
    }
    const beyond = await fetched(id, { range: `bytes=${whole.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.length}`]);
    expect(await beyond.json()).toMatchObject({ success: false, code: 'range-not-satisfiable' });
    for (const range of ['bytes=0-1,5-6', 'bytes=9-1', 'seconds=0-1']) {
      expect((await bytesOf(await fetched(id, { range }))).length).toBe(whole.length);
    }
  });

  it('is given in a range only of what the client has the rest of, and not again where it has it all', async () => {
    const { id } = await recorded();
    const tag = (await fetched(id)).headers.get('etag') ?? '';
    const statusOf = async (headers: Record<string, string>) => (await fetched(id, headers)).status;
    expect(await statusOf({ range: 'bytes=0-9', 'if-range': tag })).toBe(206);
    expect(await statusOf({ range: 'bytes=0-9', 'if-range': '"another"' })).toBe(200);
    expect(await statusOf({ range: 'bytes=0-9', 'if-range': `W/${tag}` })).toBe(200);
    expect(await statusOf({ 'if-none-match': tag })).toBe(304);
    expect(await statusOf({ 'if-none-match': '"another"' })).toBe(200);
  });

  it('tells its length to HEAD', async () => {
    const { id } = await recorded();
    const whole = await bytesOf(await fetched(id));
    const head = await fetched(id, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([
      200,
      String(whole.length),
      'audio/ogg',
    ]);
    expect((await bytesOf(head)).length).toBe(0);
  });

  it('is there when the session has ended, and says so before', async () => {
    const { id, token } = await recorded({ ended: false });
    const active = { status: 409, body: { code: 'session-active' } };
    expect(await api.call('GET', `/sessions/${id}/recording`)).toMatchObject(active);
    expect(await api.call('GET', `/sessions/${id}/recording`, undefined, { authorization: `Bearer ${token}` })).toMatchObject(
      active,
    );
    await api.call('PUT', `/sessions/${id}/end`, {});
    expect((await api.call('GET', `/sessions/${id}/recording`)).status).toBe(200);
  });

  it('is nobody else’s, and where there is none it says so', async () => {
    const { id } = await recorded();
    const other = await api.anotherUser();
    const foreign = await api.call('GET', `/sessions/${id}/recording`, undefined, { 'x-api-key': other.apiKey });
    const missing = await api.call('GET', '/sessions/999999/recording');
    expect([foreign.status, foreign.body]).toEqual([404, missing.body]);
    expect(missing.body).toMatchObject({ code: 'session-not-found' });
    const stranger = await recorded();
    const elsewhere = await api.call('GET', `/sessions/${id}/recording`, undefined, {
      authorization: `Bearer ${stranger.token}`,
    });
    expect(elsewhere.status).toBe(401);
    const silent = await start();
    await api.call('PUT', `/sessions/${silent.id}/end`, {});
    expect(await api.call('GET', `/sessions/${silent.id}/recording`)).toMatchObject({
      status: 404,
      body: { code: 'recording-not-found' },
    });
  });

  it('is deleted with its session', async () => {
    const { id } = await recorded();
    await fetched(id).then(bytesOf);
    expect(await api.recordings.has(id)).toBe(true);
    await api.call('DELETE', `/sessions/${id}`);
    expect(await api.recordings.has(id)).toBe(false);
    expect(await readdir(api.recordingFolder)).not.toContain(String(id));
  });

  it('is deleted with its user, or joined where a crash has left segments, when the server tidies up', async () => {
    const ended = await recorded();
    const live = await recorded({ ended: false });
    const gone = 888_888;
    await mkdir(join(api.recordingFolder, String(gone)));
    await sweepRecordings({
      stores: api.storage.read,
      recordings: api.recordings,
      onError: (error) => expect.unreachable(String(error)),
    });
    const names = await readdir(api.recordingFolder);
    expect(names).not.toContain(String(gone));
    expect(await readdir(join(api.recordingFolder, String(ended.id)))).toEqual(['recording.ogg']);
    expect(await readdir(join(api.recordingFolder, String(live.id)))).toEqual([segmentName({ epoch: 1, startedAt: START })]);
  });

  it('leaves no file open where clients go away in the middle', async () => {
    const { id } = await recorded();
    const open = async () => (await readdir('/proc/self/fd')).length;
    await fetched(id).then(bytesOf);
    const before = await open();
    for (let n = 0; n < 20; n++) {
      const gone = new AbortController();
      const answer = await fetch(`${url}/api/v1/sessions/${id}/recording`, {
        headers: { 'x-api-key': api.apiKey },
        signal: gone.signal,
      });
      expect(answer.status).toBe(200);
      gone.abort();
    }
    await expect.poll(open).toBeLessThan(before + 10);
  });
});
