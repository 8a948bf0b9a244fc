import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { ensurePhotographs } from '../packages/server/src/testing/photographs.ts';
import { gone } from './harness/processes.ts';
import { API_KEY, cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';
import { until } from './harness/until.ts';

const { folder } = await ensurePhotographs();
afterEach(cleanUp);

interface AvatarBody {
  id: number;
  status: string;
  reason: string | null;
  preview_url: string;
  preview_clip_url: string | null;
}

const headers = { 'x-api-key': API_KEY };
const at = (product: Product, path: string) => `${product.url}/api/v1${path}`;

async function upload(product: Product, picture: Buffer): Promise<number> {
  const form = new FormData();
  form.set('file', new File([new Uint8Array(picture)], 'ada.jpg'));
  form.set('name', 'Ada');
  form.set('consent', 'true');
  const answer = await fetch(at(product, '/avatars/upload'), { method: 'POST', headers, body: form });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: number }).id;
}

async function read(product: Product, id: number): Promise<AvatarBody> {
  return (await (await fetch(at(product, `/avatars/${id}`), { headers })).json()) as AvatarBody;
}

describe.skipIf(!folder)('faces', () => {
  it('are built in the end, although the server is killed with -9 while it builds them', async () => {
    const picture = await sharp(join(folder ?? '', 'astronaut.png'))
      .resize(1_600)
      .jpeg()
      .toBuffer();
    const dataDir = temporaryFolder();
    const first = await startProduct({ dataDir });
    const ids = [await upload(first, picture), await upload(first, picture), await upload(first, picture)];
    await until('the first face', async () => (await read(first, ids[0] ?? 0)).status === 'ready');
    const workers = first.workers();
    await first.kill9();
    await gone(workers, 2_000);

    const second = await startProduct({ dataDir });
    for (const id of ids) {
      await until(`the previews of ${id}`, async () => (await read(second, id)).preview_clip_url !== null, 60_000);
      const avatar = await read(second, id);
      expect(avatar).toMatchObject({ status: 'ready', reason: null });
      for (const url of [avatar.preview_url, avatar.preview_clip_url ?? '']) {
        expect((await fetch(new URL(new URL(url).pathname, second.url))).headers.get('content-type')).toBe('image/webp');
      }
    }
    for (const id of ids) {
      expect((await fetch(at(second, `/avatars/${id}`), { method: 'DELETE', headers })).status).toBe(200);
    }
    await until('nothing but the built-in faces', async () => {
      const kept = await fetch(at(second, '/avatars/public'), { headers });
      return readdirSync(join(dataDir, 'faces')).length <= 3 * ((await kept.json()) as unknown[]).length;
    });
  }, 180_000);
});
