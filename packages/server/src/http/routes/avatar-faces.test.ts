import { join } from 'node:path';
import { readAsset } from '@visavis/face';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFaceBuilding, type FaceBuilding } from '../../core/avatars/build-faces.ts';
import { createFaceFiles } from '../../core/avatars/face-assets.ts';
import { createFaceBuilder } from '../../face/building/face-builder.ts';
import { createFetchPicture } from '../../images/fetch-picture.ts';
import { startEngineThread } from '../../providers/engine-process/engine-thread.ts';
import { assertPublicUrl, guardedLookup } from '../../providers/private-network.ts';
import { MULTIPART, multipartBody } from '../../testing/multipart-body.ts';
import { ensurePhotographs } from '../../testing/photographs.ts';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

const { folder } = await ensurePhotographs();
const photograph = (name: string) => sharp(join(folder ?? '', name));
const PUBLIC = 'http://127.0.0.1:3000';

let api: TestApi;
let building: FaceBuilding;
let errors: unknown[];
const builder = createFaceBuilder({ startThread: startEngineThread });
beforeAll(async () => {
  api = await startTestApi({
    faceBuilding(made) {
      building = createFaceBuilding({
        ...made,
        builder,
        fetchPicture: createFetchPicture({ lookup: guardedLookup, assertPublic: assertPublicUrl }),
        now: Date.now,
        onError: (error) => errors.push(error),
      });
      return building;
    },
  });
});
afterAll(async () => {
  await api.close();
  await builder.close();
});
beforeEach(() => {
  errors = [];
});

const read = async (id: number) => (await api.call('GET', `/avatars/${id}`)).body;
const upload = (file: Buffer, fields: Record<string, string> = {}) =>
  api.call(
    'POST',
    '/avatars/upload',
    multipartBody([
      { name: 'file', file },
      { name: 'name', value: 'Ada' },
      ...Object.entries(fields).map(([name, value]) => ({ name, value })),
    ]),
    MULTIPART,
  );
async function built(file: Buffer, fields: Record<string, string> = {}) {
  const { status, body } = await upload(file, fields);
  expect(status).toBe(201);
  expect(Object.keys(body)).toEqual(['id', 'name', 'url', 'voice_id', 'cloudinary_id']);
  await building.idle();
  return read(body.id);
}
const fetched = async (url: string) => api.app.inject({ url: url.slice(PUBLIC.length) });
const portrait = () => photograph('astronaut.png').jpeg({ quality: 92 }).toBuffer();

/** Two of the same portrait, and more of it, beside each other. */
async function crowd(count: number): Promise<Buffer> {
  const one = await photograph('astronaut.png').extract({ left: 90, top: 0, width: 260, height: 260 }).toBuffer();
  const places = Array.from({ length: count }, (_, at) => ({ input: one, left: 270 * (at % 4), top: 270 * Math.floor(at / 4) }));
  const size = { width: 1_080, height: 270 * Math.ceil(count / 4) };
  return sharp({ create: { ...size, channels: 3, background: '#7a8' } })
    .composite(places)
    .png()
    .toBuffer();
}

describe.skipIf(!folder)('a portrait', () => {
  it('becomes a face: asset, still and clip, all of them gone with it', async () => {
    const avatar = await built(await portrait(), { consent: 'true' });
    expect(errors).toEqual([]);
    expect(avatar).toMatchObject({ status: 'ready', reason: null, reason_text: null, consent: true });
    const [still, clip] = await Promise.all([fetched(avatar.preview_url), fetched(avatar.preview_clip_url)]);
    expect(await sharp(still.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 });
    expect(await sharp(clip.rawPayload).metadata()).toMatchObject({ format: 'webp', pages: 75, width: 320 });
    expect(clip.headers).toMatchObject({ 'content-type': 'image/webp', 'cache-control': 'public, max-age=300, immutable' });
    const drawn = await fetched(avatar.face_url);
    expect(readAsset(drawn.rawPayload).kind).toBe('portrait');
    const kept = await api.storage.read.avatars.find(api.user.id, avatar.id);
    const asset = await api.faces.readAsset(kept?.assetKey ?? '');
    expect(readAsset(asset ?? new Uint8Array()).kind).toBe('portrait');
    const files = createFaceFiles({ stores: api.storage.read, faces: api.faces, assetVersion: builder.assetVersion });
    expect(await files.fileFor(api.user, avatar.id)).toMatchObject({ substituted: false });

    await api.call('DELETE', `/avatars/${avatar.id}`);
    for (const url of [avatar.url, avatar.preview_url, avatar.preview_clip_url, avatar.face_url]) {
      expect((await fetched(url)).statusCode).toBe(404);
    }
    expect(await api.faces.list()).toEqual([]);
  });

  it('is not animated without consent, and is from then on when it is given', async () => {
    const avatar = await built(await portrait());
    expect(avatar).toMatchObject({
      status: 'ready',
      consent: false,
      preview_url: avatar.url,
      preview_clip_url: null,
      face_url: null,
    });
    const files = createFaceFiles({ stores: api.storage.read, faces: api.faces, assetVersion: builder.assetVersion });
    await expect(files.fileFor(api.user, avatar.id)).rejects.toMatchObject({ code: 'no-capacity' });

    await api.call('PUT', `/avatars/${avatar.id}`, { consent: true });
    await building.idle();
    const { preview_url, preview_clip_url } = await read(avatar.id);
    expect(preview_url).toMatch(/\/avatars\/previews\/[\w-]{32}\.still\.webp$/);
    expect((await fetched(preview_clip_url)).statusCode).toBe(200);
    expect(await files.fileFor(api.user, avatar.id)).toMatchObject({ substituted: false });

    await api.call('PUT', `/avatars/${avatar.id}`, { consent: false });
    await building.idle();
    expect(await read(avatar.id)).toMatchObject({ status: 'ready', preview_url: avatar.url, preview_clip_url: null });
    expect((await fetched(preview_clip_url)).statusCode).toBe(404);
    await expect(files.fileFor(api.user, avatar.id)).rejects.toMatchObject({ code: 'no-capacity' });
  });
});

type Bad = [what: string, make: () => Promise<Buffer>, expected: string | { status: number; code: string }];
const png = (image: Sharp) => image.png().toBuffer();
const plain = (width: number, height: number, background = 'teal') =>
  sharp({ create: { width, height, channels: 3, background } });

/** The files that are sent to see what happens, and what does. */
const BAD_PHOTOS: Bad[] = [
  ['a cat', () => png(photograph('chelsea.png')), 'no-face'],
  ['a landscape', () => png(photograph('rocket.jpg')), 'no-face'],
  ['a pair', () => crowd(2), 'several-faces'],
  ['a crowd', () => crowd(8), 'several-faces'],
  ['a profile', () => png(photograph('camera.png')), 'face-turned-away'],
  ['one pixel', () => png(plain(1, 1)), 'no-face'],
  ['a line', () => png(plain(2_000, 1)), 'no-face'],
  ['a thumbnail', () => png(photograph('astronaut.png').resize(180)), 'face-too-small'],
  ['a blur', () => png(photograph('astronaut.png').blur(4)), 'too-blurred'],
  [
    'a torn picture',
    () => png(photograph('astronaut.png').extract({ left: 0, top: 105, width: 512, height: 400 })),
    'face-cut-off',
  ],
  ['50 megapixels of nothing', () => plain(10_000, 5_000).jpeg().toBuffer(), 'no-face'],
  ['a portrait of 49 megapixels', () => photograph('astronaut.png').resize(7_000).jpeg({ quality: 60 }).toBuffer(), 'ready'],
  ['a portrait in CMYK', () => photograph('astronaut.png').toColourspace('cmyk').jpeg({ quality: 92 }).toBuffer(), 'ready'],
  ['a portrait without colors', () => photograph('astronaut.png').greyscale().jpeg().toBuffer(), 'ready'],
  ['a portrait of 16 bits', () => photograph('astronaut.png').toColourspace('rgb16').png().toBuffer(), 'ready'],
  [
    'a portrait that lies on its side by EXIF',
    () => photograph('astronaut.png').rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 92 }).toBuffer(),
    'ready',
  ],
  ['a portrait that lies on its side', () => photograph('astronaut.png').rotate(90).jpeg({ quality: 92 }).toBuffer(), 'ready'],
  [
    'a moving picture that begins with a portrait',
    async () => {
      const first = await photograph('astronaut.png').ensureAlpha().raw().toBuffer();
      const frames = Buffer.concat([first, Buffer.alloc(first.length, 90)]);
      const raw = { width: 512, height: 1_024, channels: 4, pageHeight: 512 } as const;
      return sharp(frames, { raw })
        .gif({ loop: 0, delay: [40, 40] })
        .toBuffer();
    },
    'ready',
  ],
  ['half a portrait', async () => (await portrait()).subarray(0, 20_000), { status: 415, code: 'unsupported-image' }],
  [
    'a drawing with a script',
    async () =>
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg"><script href="http://127.0.0.1/"/><image href="file:///etc/passwd"/></svg>',
      ),
    { status: 415, code: 'unsupported-image' },
  ],
  [
    'a PNG that is a bomb',
    () => plain(12_000, 12_000).png({ compressionLevel: 9 }).toBuffer(),
    { status: 413, code: 'too-large' },
  ],
];

describe.skipIf(!folder)('what people send', () => {
  it.each(BAD_PHOTOS)(
    'is refused, or handled, with the right reason: %s',
    async (_what, make, expected) => {
      const file = await make();
      if (typeof expected === 'object') {
        expect(await upload(file)).toMatchObject({ status: expected.status, body: { success: false, code: expected.code } });
        return;
      }
      const avatar = await built(file);
      expect(errors).toEqual([]);
      if (expected === 'ready') {
        expect(avatar).toMatchObject({ status: 'ready', reason: null, reason_text: null });
      } else {
        expect(avatar).toMatchObject({ status: 'failed', reason: expected, reason_text: expect.stringMatching(/\. .+\.$/) });
      }
    },
    60_000,
  );

  it('with several people in it becomes the largest, where that is wanted from the start or later', async () => {
    const small = await photograph('astronaut.png').extract({ left: 90, top: 0, width: 260, height: 260 }).resize(200).toBuffer();
    const large = await photograph('astronaut.png').extract({ left: 90, top: 0, width: 260, height: 260 }).resize(400).toBuffer();
    const picture = await plain(700, 420)
      .composite([
        { input: small, left: 10, top: 10 },
        { input: large, left: 280, top: 10 },
      ])
      .png()
      .toBuffer();
    expect(await built(picture, { take_largest: '1' })).toMatchObject({ status: 'ready' });
    const refused = await built(picture);
    expect(refused.reason).toBe('several-faces');
    await api.call('PUT', `/avatars/${refused.id}`, { take_largest: true });
    await building.idle();
    expect(await read(refused.id)).toMatchObject({ status: 'ready', reason: null });
  });
});

describe('an address of a picture', () => {
  it.each([
    ['http://example.com/ada.jpg', 'address-not-https'],
    ['https://127.0.0.1/ada.jpg', 'address-not-public'],
    ['https://[::1]/ada.jpg', 'address-not-public'],
    ['https://localhost/ada.jpg', 'address-not-public'],
    ['https://169.254.169.254/latest/meta-data/', 'address-not-public'],
    ['https://[::ffff:10.0.0.1]/ada.jpg', 'address-not-public'],
    ['https://0x7f000001/ada.jpg', 'address-not-public'],
    ['https://name.invalid/ada.jpg', 'address-unreachable'],
  ])('is answered at once, and refused afterwards: %s', async (url, reason) => {
    const { status, body } = await api.call('POST', '/avatars', { name: 'Ada', url });
    expect([status, body]).toEqual([201, { id: expect.any(Number), message: 'Avatar created' }]);
    await building.idle();
    expect(await read(body.id)).toMatchObject({
      status: 'failed',
      reason,
      url,
      reason_text: expect.any(String),
      preview_url: null,
    });
    expect(errors).toEqual([]);
  });
});
