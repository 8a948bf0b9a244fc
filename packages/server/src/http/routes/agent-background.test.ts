import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AvatarProblemError } from '../../core/avatars/avatar-problem.ts';
import { sweepImages } from '../../core/avatars/sweep-images.ts';
import { MULTIPART, multipartBody } from '../../testing/multipart-body.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const PUBLIC = 'http://127.0.0.1:3000';

let api: TestApi;
let picture: Buffer;
let agentId: number;
let fetchPicture: (url: string) => Promise<Uint8Array>;
beforeAll(async () => {
  api = await startTestApi({ fetchPicture: (url) => fetchPicture(url) });
  picture = await sharp({ create: { width: 90, height: 60, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
});
afterAll(() => api.close());
beforeEach(async () => {
  agentId = (await api.call('POST', '/agents', { name: 'A' })).body.agent.agent_id;
});

const upload = (file: Buffer, headers: Record<string, string> = {}) =>
  api.call('POST', `/agents/${agentId}/background`, multipartBody([{ name: 'file', file }]), { ...MULTIPART, ...headers });
const shown = async () => (await api.call('GET', `/agents/${agentId}/background`)).body.background_url as string | null;
const answerOf = async (url: string) => (await api.app.inject(url.slice(PUBLIC.length))).statusCode;

describe('the picture behind an agent’s face', () => {
  it('is kept as it was uploaded, until another takes its place, or it is taken away', async () => {
    expect(await shown()).toBeNull();
    const first = await upload(picture);
    expect(first).toMatchObject({ status: 200, body: { success: true } });
    expect(await shown()).toBe(first.body.background_url);
    const served = await api.app.inject(first.body.background_url.slice(PUBLIC.length));
    expect(await sharp(served.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 90, height: 60 });

    const second = await upload(picture);
    expect(await shown()).toBe(second.body.background_url);
    expect([await answerOf(first.body.background_url), await answerOf(second.body.background_url)]).toEqual([404, 200]);

    for (let n = 0; n < 2; n++) expect((await api.call('DELETE', `/agents/${agentId}/background`)).status).toBe(200);
    expect([await shown(), await answerOf(second.body.background_url)]).toEqual([null, 404]);
  });

  it('is fetched from an address, or it is said why not', async () => {
    fetchPicture = async () => picture;
    const put = (url: unknown) => api.call('PUT', `/agents/${agentId}/background`, { url });
    const { body } = await put('https://pictures.test/office.jpg');
    expect(await shown()).toBe(body.background_url);
    fetchPicture = async () => Promise.reject(new AvatarProblemError('address-not-public'));
    expect(await put('https://10.0.0.1/a.png')).toMatchObject({
      status: 400,
      body: { details: { url: expect.stringContaining('private network') } },
    });
    fetchPicture = async () => Buffer.from('<svg onload="alert(1)"/>');
    expect((await put('https://pictures.test/a.svg')).status).toBe(415);
    expect((await put('file:///etc/passwd')).status).toBe(400);
    // What was there stays.
    expect(await shown()).toBe(body.background_url);
  });

  it('is refused where it is none, and belongs to the agent’s user alone', async () => {
    expect((await upload(Buffer.from('no picture'))).status).toBe(415);
    expect((await upload(Buffer.alloc(0))).status).toBe(400);
    const other = { 'x-api-key': (await api.anotherUser()).apiKey };
    expect((await upload(picture, other)).status).toBe(404);
    expect((await api.call('DELETE', `/agents/${agentId}/background`, undefined, other)).status).toBe(404);
    expect(await shown()).toBeNull();
  });

  it('goes with its agent, and stays as long as that in every sweep', async () => {
    const { background_url } = (await upload(picture)).body;
    const later = () => Date.now() + 24 * 3_600_000;
    await sweepImages({ stores: api.storage.read, images: api.images, now: later });
    expect(await answerOf(background_url)).toBe(200);
    await api.call('DELETE', `/agents/${agentId}`);
    expect(await answerOf(background_url)).toBe(404);
  });
});
