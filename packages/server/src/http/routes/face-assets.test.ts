import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetPath } from '../../core/avatars/avatar-url.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const get = (url: string, headers = {}) => api.app.inject({ url, headers });

describe('the asset of a face', () => {
  it('is served to pages of any origin that know its address, kept for minutes, and not sent twice', async () => {
    const asset = Uint8Array.from({ length: 1_000 }, (_, n) => n % 251);
    const path = assetPath(await api.faces.saveAsset(asset));
    const answer = await get(path);
    expect([answer.statusCode, Buffer.compare(answer.rawPayload, asset)]).toEqual([200, 0]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=300, immutable',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    const again = await get(path, { 'if-none-match': String(answer.headers.etag) });
    expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
  });

  it('is found by its whole key only, and gone when it is deleted', async () => {
    const key = await api.faces.saveAsset(new Uint8Array(10));
    const others = [assetPath('a'), assetPath('a'.repeat(32)), assetPath(key).replace('.face', '.webp'), `${assetPath('..%2f')}`];
    for (const path of others) expect([path, (await get(path)).statusCode]).toEqual([path, 404]);
    await api.faces.delete(key);
    const gone = await get(assetPath(key));
    expect([gone.statusCode, gone.headers['cache-control']]).toEqual([404, 'no-store']);
  });
});
