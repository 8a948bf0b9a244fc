import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MULTIPART, multipartBody, type Part } from '../../testing/multipart-body.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const PUBLIC = 'http://127.0.0.1:3000';

let api: TestApi;
let png: Buffer;
let other: Buffer;
beforeAll(async () => {
  api = await startTestApi();
  const noise = (width: number) =>
    sharp({ create: { width, height: 80, channels: 3, background: 'grey', noise: { type: 'gaussian', mean: 128, sigma: 40 } } });
  png = await noise(60).png().toBuffer();
  other = await noise(61).png().toBuffer();
});
afterAll(() => api.close());

const send = (parts: Part[], headers: Record<string, string> = {}) =>
  api.call('POST', '/avatars/upload', multipartBody(parts), { ...MULTIPART, ...headers });
const portrait = (...more: Part[]): Part[] => [{ name: 'file', file: png }, { name: 'name', value: 'Ada' }, ...more];
const pathOf = (url: string) => url.slice(PUBLIC.length);
const storedFiles = async () => (await api.images.list()).length;
const get = (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  api.app.inject({ method, url: path, headers });

describe('an upload', () => {
  it('answers the documented keys and stores the image', async () => {
    const { status, body } = await send(portrait({ name: 'voice_id', value: 'local/clara' }));
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      name: 'Ada',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:3000\/avatars\/files\/[\w-]{32}\.webp$/),
      voice_id: 'local/clara',
      cloudinary_id: null,
    });
    const avatar = (await api.call('GET', `/avatars/${body.id}`)).body;
    expect(avatar).toMatchObject({ url: body.url, preview_url: body.url, status: 'building', reason: null, consent: false });
    expect(await sharp((await get(pathOf(body.url))).rawPayload).metadata()).toMatchObject({
      format: 'webp',
      width: 60,
      height: 80,
    });
  });

  it('shows in the lists of agents and sessions under the same absolute address', async () => {
    const { body } = await send(portrait());
    const { agent } = (await api.call('POST', '/agents', { name: 'With a face', avatar_id: body.id })).body;
    const list = (await api.call('GET', '/agents')).body.agents as Array<{ agent_id: number; avatar_url: string }>;
    expect(list.find((item) => item.agent_id === agent.agent_id)?.avatar_url).toBe(body.url);
  });

  it('takes its fields before or after the file, and empty ones as absent', async () => {
    const before = await send([
      { name: 'name', value: ' Ada ' },
      { name: 'consent', value: 'true' },
      { name: 'file', file: png },
    ]);
    expect(before).toMatchObject({ status: 201, body: { name: 'Ada', voice_id: null } });
    expect((await api.call('GET', `/avatars/${before.body.id}`)).body.consent).toBe(true);
    expect(await send(portrait({ name: 'voice_id', value: '' }, { name: 'extra', value: 'ignored' }))).toMatchObject({
      status: 201,
      body: { voice_id: null },
    });
  });

  it('goes by the content, whatever the file is called', async () => {
    const jpeg = await sharp(png).jpeg().toBuffer();
    const liar = await send([
      { name: 'file', file: jpeg, fileName: 'a.svg', type: 'image/svg+xml' },
      { name: 'name', value: 'Ada' },
    ]);
    expect(liar.status).toBe(201);
    const text = await send([
      { name: 'file', file: Buffer.from('<svg/>'), fileName: 'a.png', type: 'image/png' },
      { name: 'name', value: 'Ada' },
    ]);
    expect(text).toMatchObject({ status: 415, body: { success: false, code: 'unsupported-image' } });
  });

  it('is refused in words that say what is missing', async () => {
    const before = await storedFiles();
    const noFile = { status: 400, body: { success: false, error: 'No file uploaded' } };
    const noName = { status: 400, body: { success: false, error: 'name required' } };
    expect(await send([])).toMatchObject(noFile);
    expect(await send([{ name: 'name', value: 'Ada' }])).toMatchObject(noFile);
    expect(
      await send([
        { name: 'file', value: 'a text' },
        { name: 'name', value: 'Ada' },
      ]),
    ).toMatchObject(noFile);
    expect(
      await send([
        { name: 'file', file: Buffer.alloc(0) },
        { name: 'name', value: 'Ada' },
      ]),
    ).toMatchObject(noFile);
    expect(await send([{ name: 'file', file: png }])).toMatchObject(noName);
    expect(
      await send([
        { name: 'file', file: png },
        { name: 'name', value: '  ' },
      ]),
    ).toMatchObject(noName);
    expect(await storedFiles()).toBe(before);
  });

  it('is refused with the wrong field named', async () => {
    const refused = async (parts: Part[]) => {
      const answer = await send(parts);
      expect(answer).toMatchObject({ status: 400, body: { success: false, code: 'invalid-request' } });
      return answer.body.details;
    };
    expect(await refused([...portrait(), { name: 'file', file: png }])).toEqual({ file: 'must be one file' });
    expect(
      await refused([
        { name: 'photo', file: png },
        { name: 'name', value: 'Ada' },
      ]),
    ).toEqual({ photo: 'must not be a file' });
    expect(await refused(portrait({ name: 'name', value: 'Eve' }))).toEqual({ name: 'is given twice' });
    expect(
      await refused([
        { name: 'file', file: png },
        { name: 'name', value: 'x'.repeat(201) },
      ]),
    ).toHaveProperty('name');
    expect(
      await refused([
        { name: 'file', file: png },
        { name: 'name', value: 'x'.repeat(5_000) },
      ]),
    ).toEqual({ name: 'must be at most 4 KiB' });
    expect(
      await refused([
        { name: 'file', file: png },
        { name: 'name', value: 'a\0b' },
      ]),
    ).toEqual({ name: 'must not contain the NUL character' });
    expect(await refused(portrait({ name: 'consent', value: 'perhaps' }))).toHaveProperty('consent');
    expect(await refused(portrait({ name: 'voice_id', value: 'v'.repeat(201) }))).toHaveProperty('voice_id');
    expect(await refused(portrait(...Array.from({ length: 30 }, (_, n) => ({ name: `f${n}`, value: '1' }))))).toEqual({
      body: 'has too many fields',
    });
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(await refused(portrait({ name, value: '1' })), name).toHaveProperty('body');
    }
  });

  it('is refused when it is no form, or not a whole one', async () => {
    const whole = multipartBody(portrait());
    const bad = (body: Buffer | string, contentType: string) =>
      api.call('POST', '/avatars/upload', body, { 'content-type': contentType });
    const wrongType = { status: 400, body: { details: { 'content-type': expect.any(String) } } };
    expect(await bad('{"name":"Ada"}', 'application/json')).toMatchObject(wrongType);
    expect(await bad('name=Ada', 'application/x-www-form-urlencoded')).toMatchObject(wrongType);
    expect(await bad(png, 'image/png')).toMatchObject(wrongType);
    expect(await api.call('POST', '/avatars/upload')).toMatchObject(wrongType);

    const type = MULTIPART['content-type'];
    const incomplete = { status: 400, body: { code: 'invalid-request', details: { body: 'is not a complete multipart form' } } };
    for (const length of [10, 100, 300, whole.length - 100, whole.length - 20]) {
      expect(await bad(whole.subarray(0, length), type), `cut to ${length}`).toMatchObject(incomplete);
    }
    expect(await bad(whole, 'multipart/form-data')).toMatchObject(incomplete);
    expect(await bad(whole, 'multipart/form-data; boundary=other')).toMatchObject(incomplete);
    expect(await bad('nothing of the kind', type)).toMatchObject(incomplete);
    expect((await bad('', type)).status).toBe(400);
  });

  it('takes 10 MB and not a byte more', async () => {
    const most = 10 * 1024 * 1024;
    const padded = (bytes: number) => Buffer.concat([png, Buffer.alloc(bytes - png.length)]);
    expect(
      (
        await send([
          { name: 'file', file: padded(most) },
          { name: 'name', value: 'Ada' },
        ])
      ).status,
    ).toBe(201);
    expect(
      await send([
        { name: 'file', file: padded(most + 1) },
        { name: 'name', value: 'Ada' },
      ]),
    ).toMatchObject({
      status: 413,
      body: { code: 'too-large', error: 'file: must be at most 10 MB' },
    });
    expect(
      (
        await send([
          { name: 'name', value: 'Ada' },
          { name: 'file', file: padded(most * 3) },
        ])
      ).status,
    ).toBe(413);
  });

  it('needs a key before a byte of it is read', async () => {
    expect((await send(portrait(), { 'x-api-key': 'ah_live_none' })).status).toBe(401);
  });

  it('happens once per idempotency key, with one file left', async () => {
    const headers = { 'idempotency-key': 'upload-1' };
    const before = await storedFiles();
    const [first, again] = await Promise.all([send(portrait(), headers), send(portrait(), headers)]);
    expect(first.status).toBe(201);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(await storedFiles()).toBe(before + 1);
    expect((await get(pathOf(first.body.url))).statusCode).toBe(200);
    for (const different of [
      [
        { name: 'file', file: other },
        { name: 'name', value: 'Ada' },
      ],
      [
        { name: 'file', file: png },
        { name: 'name', value: 'Eve' },
      ],
    ] as Part[][]) {
      expect(await send(different, headers)).toMatchObject({ status: 409, body: { code: 'idempotency-mismatch' } });
    }
    // Those were written, and taken back when the transaction failed.
    expect(await storedFiles()).toBe(before + 1);
  });

  it('survives a client that stops in the middle or leaves', async () => {
    await api.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.app.server.address() as { port: number };
    const before = await storedFiles();
    const body = multipartBody(portrait());
    const head = `POST /api/v1/avatars/upload HTTP/1.1\r\nhost: x\r\nx-api-key: ${api.apiKey}\r\ncontent-type: ${MULTIPART['content-type']}\r\ncontent-length: ${body.length}\r\n\r\n`;
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) =>
      socket.write(head, () => socket.write(body.subarray(0, body.length - 300), () => resolve())),
    );
    const left = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy();
    await left;
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/avatars/upload`, {
      method: 'POST',
      headers: { 'x-api-key': api.apiKey },
      body: asForm(png),
    });
    expect(answer.status).toBe(201);
    expect(await storedFiles()).toBe(before + 1);
    // The answer to a much too large upload arrives, although the client is still sending.
    const large = await fetch(`http://127.0.0.1:${port}/api/v1/avatars/upload`, {
      method: 'POST',
      headers: { 'x-api-key': api.apiKey },
      body: asForm(Buffer.alloc(30 * 1024 * 1024)),
    });
    expect([large.status, (await large.json()) as object]).toEqual([413, expect.objectContaining({ code: 'too-large' })]);
  });

  it('that is refused early leaves its connection usable', async () => {
    if (!api.app.server.listening) await api.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = api.app.server.address() as { port: number };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (method: string, path: string, headers: object, body?: Buffer) =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request({ agent, port, method, path: `/api/v1${path}`, headers: { 'x-api-key': api.apiKey, ...headers } });
        asked.on('error', reject).on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
        asked.end(body);
      });
    const wrong = multipartBody([{ name: 'photo', file: Buffer.alloc(9 * 1024 * 1024) }]);
    expect(await ask('POST', '/avatars/upload', MULTIPART, wrong)).toBe(400);
    expect(await ask('GET', '/avatars', {})).toBe(200);
    agent.destroy();
  });
});

function asForm(file: Buffer): FormData {
  const form = new FormData();
  form.append('name', 'Ada');
  form.append('file', new Blob([new Uint8Array(file)]), 'ada.png');
  return form;
}

describe('a stored image', () => {
  it('is served to anybody who knows its address, to be kept for ever', async () => {
    const { body } = await send(portrait());
    const answer = await get(pathOf(body.url));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-length': String(answer.rawPayload.length),
      etag: expect.stringMatching(/^"[\w-]+"$/),
    });
    expect(answer.headers).not.toHaveProperty('x-ratelimit-limit');

    const head = await get(pathOf(body.url), {}, 'HEAD');
    expect([head.statusCode, head.rawPayload.length]).toEqual([200, 0]);
    expect(head.headers).toMatchObject({ 'content-length': String(answer.rawPayload.length), etag: answer.headers.etag });
  });

  it('is not sent again to those who have it', async () => {
    const { body } = await send(portrait());
    const etag = String((await get(pathOf(body.url))).headers.etag);
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get(pathOf(body.url), { 'if-none-match': tags });
      expect([answer.statusCode, answer.rawPayload.length, answer.headers.etag]).toEqual([304, 0, etag]);
      expect(answer.headers['cache-control']).toContain('immutable');
    }
    expect((await get(pathOf(body.url), { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('is missing everywhere else', async () => {
    for (const name of ['a', `${'a'.repeat(32)}.webp`, `${'a'.repeat(32)}.png`, '..%2f..%2fvisavis.db', '%00', '']) {
      const answer = await get(`/avatars/files/${name}`);
      expect(answer.statusCode, name).toBe(404);
      expect(answer.json()).toMatchObject({ success: false });
    }
  });

  it('goes with its avatar', async () => {
    const { body } = await send(portrait());
    await api.call('DELETE', `/avatars/${body.id}`);
    const gone = await get(pathOf(body.url), { 'if-none-match': '*' });
    expect([gone.statusCode, gone.headers['cache-control']]).toEqual([404, 'no-store']);
  });

  it('goes when its avatar gets another picture, and stays when it is only sent back', async () => {
    const { body } = await send(portrait({ name: 'consent', value: '1' }));
    await api.call('PUT', `/avatars/${body.id}`, { name: 'Ada II', url: body.url });
    expect((await api.call('GET', `/avatars/${body.id}`)).body).toMatchObject({
      name: 'Ada II',
      url: body.url,
      status: 'building',
      consent: true,
    });
    expect((await get(pathOf(body.url))).statusCode).toBe(200);

    await api.call('PUT', `/avatars/${body.id}`, { url: 'https://example.com/a.png' });
    expect((await api.call('GET', `/avatars/${body.id}`)).body).toMatchObject({
      url: 'https://example.com/a.png',
      preview_url: null,
      consent: false,
    });
    expect((await get(pathOf(body.url))).statusCode).toBe(404);
  });
});
