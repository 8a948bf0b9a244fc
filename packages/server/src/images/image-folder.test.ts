import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageStore } from '../core/avatars/image-store.ts';
import { sweepImages } from '../core/avatars/sweep-images.ts';
import { type TemporaryStorage, temporaryStorage } from '../testing/temporary-storage.ts';
import { openImageFolder } from './image-folder.ts';

let folder: string;
let images: ImageStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'visavis-images-'));
  images = await openImageFolder(folder);
});
afterAll(() => rm(folder, { recursive: true }));

type Color = [red: number, green: number, blue: number];
const RED: Color = [220, 30, 30];
const BLUE: Color = [30, 30, 220];

/** 40 x 20: red on the left, blue on the right. */
function twoColors() {
  const half = { create: { width: 20, height: 20, channels: 3 as const, background: { r: RED[0], g: RED[1], b: RED[2] } } };
  return sharp({ create: { ...half.create, width: 40, background: { r: BLUE[0], g: BLUE[1], b: BLUE[2] } } }).composite([
    { input: half, left: 0, top: 0 },
  ]);
}

/** Something with detail: 320 x 240 pixels of noise. */
const noise = () =>
  sharp({
    create: { width: 320, height: 240, channels: 3, background: 'grey', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
  });

const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: 'teal' } });

/** A small picture whose header speaks of a large one. */
async function claiming(width: number, height: number, format: 'jpeg' | 'webp' | 'gif'): Promise<Buffer> {
  const bytes = Buffer.from(await plain(8, 8).toFormat(format).toBuffer());
  if (format === 'jpeg') {
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
    bytes.writeUInt16BE(height, frame + 5);
    bytes.writeUInt16BE(width, frame + 7);
  } else {
    // The size of the GIF's first frame: its screen's own is not believed.
    const at = format === 'gif' ? bytes.indexOf(0x2c, 13) + 5 : 26;
    bytes.writeUInt16LE(width, at);
    bytes.writeUInt16LE(height, at + 2);
  }
  return bytes;
}

async function kept(bytes: Buffer) {
  const image = await images.save(bytes);
  const file = (await images.read(image.key)) as Buffer;
  return { ...image, file, metadata: await sharp(file).metadata() };
}

async function colorAt(file: Buffer, x: number, y: number): Promise<Color> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
}

function expectColor(color: Color, wanted: Color) {
  for (const [index, value] of color.entries()) expect(Math.abs(value - (wanted[index] ?? 0))).toBeLessThan(25);
}

const refused = async (bytes: Buffer) => images.save(bytes).then(String, (error: { code?: string; message: string }) => error);

describe('stored images', () => {
  it.each([
    ['PNG', () => twoColors().png().toBuffer()],
    ['palette PNG', () => twoColors().png({ palette: true }).toBuffer()],
    ['16-bit PNG', () => twoColors().toColourspace('rgb16').png().toBuffer()],
    ['interlaced PNG', () => twoColors().png({ progressive: true }).toBuffer()],
    ['JPEG', () => twoColors().jpeg({ quality: 95 }).toBuffer()],
    ['progressive JPEG', () => twoColors().jpeg({ quality: 95, progressive: true }).toBuffer()],
    ['CMYK JPEG', () => twoColors().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()],
    ['WebP', () => twoColors().webp({ quality: 95 }).toBuffer()],
    ['GIF', () => twoColors().gif().toBuffer()],
  ])('are made of a %s as it looks', async (format, make) => {
    const sent = await make();
    const { file, metadata, width, height } = await kept(sent);
    expect(metadata).toMatchObject({ format: 'webp', width: 40, height: 20, space: 'srgb', depth: 'uchar' });
    expect([width, height]).toEqual([40, 20]);
    const { space, depth } = await sharp(sent).metadata();
    expect([space === 'cmyk', depth === 'ushort']).toEqual([format === 'CMYK JPEG', format === '16-bit PNG']);
    // What CMYK can say of red and blue is duller: the order of the channels tells enough.
    const [left, right] = [await colorAt(file, 5, 10), await colorAt(file, 35, 10)];
    expect(left[0]).toBeGreaterThan(left[2] + 80);
    expect(right[2]).toBeGreaterThan(right[0] + 60);
  });

  it('keep what is transparent', async () => {
    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer();
    expect((await kept(clear)).metadata.hasAlpha).toBe(true);
  });

  it('are made of grey and of single pixels too', async () => {
    expect((await kept(await noise().toColourspace('b-w').png().toBuffer())).metadata.width).toBe(320);
    expect(await kept(await plain(1, 1).png().toBuffer())).toMatchObject({ width: 1, height: 1 });
    expect(await kept(await plain(6_000, 1).png().toBuffer())).toMatchObject({ width: 2_048, height: 1 });
  });

  it('hold only the first frame of a moving picture', async () => {
    const frames = Buffer.alloc(20 * 20 * 4 * 3);
    for (let frame = 0; frame < 3; frame++) {
      const color = [RED, BLUE, [30, 220, 30]][frame] as Color;
      for (let pixel = 0; pixel < 400; pixel++) frames.set([...color, 255], (frame * 400 + pixel) * 4);
    }
    const strip = sharp(frames, { raw: { width: 20, height: 60, channels: 4, pageHeight: 20 } });
    for (const moving of [
      await strip
        .clone()
        .gif({ loop: 0, delay: [50, 50, 50] })
        .toBuffer(),
      await strip.clone().webp({ quality: 95 }).toBuffer(),
    ]) {
      expect((await sharp(moving).metadata()).pages).toBe(3);
      const { file, metadata } = await kept(moving);
      expect(metadata).toMatchObject({ width: 20, height: 20 });
      expect(metadata.pages ?? 1).toBe(1);
      expectColor(await colorAt(file, 10, 10), RED);
    }
  });

  // Where the upper left corner of an upright 40 x 20 picture (red left, blue right) lies for each EXIF orientation.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('stand upright whatever the EXIF orientation (%i)', async (orientation) => {
    const lying = await twoColors().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const { file, metadata } = await kept(lying);
    expect(metadata.orientation).toBeUndefined();
    const turned = orientation >= 5;
    expect([metadata.width, metadata.height]).toEqual(turned ? [20, 40] : [40, 20]);
    const first = await colorAt(file, turned ? 10 : 5, turned ? 5 : 10);
    expectColor(first, [2, 3, 7, 8].includes(orientation) ? BLUE : RED);
  });

  it('hold no metadata: no camera, no place, no profile, no comment', async () => {
    const told = await noise()
      .jpeg()
      .withExif({
        IFD0: { Copyright: 'SECRET-OWNER', Make: 'SECRET-CAMERA' },
        IFD3: { GPSLatitude: '51/1 30/1 3230/100', GPSLatitudeRef: 'N' },
      })
      .withXmp(
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET-XMP</x:xmpmeta><?xpacket end="w"?>',
      )
      .withIccProfile('p3', { attach: true })
      .toBuffer();
    const before = await sharp(told).metadata();
    expect(before.exif?.includes('SECRET-OWNER')).toBe(true);
    expect(before.xmp?.includes('SECRET-XMP')).toBe(true);
    expect(before.hasProfile).toBe(true);

    const { file, metadata } = await kept(told);
    expect(metadata).toMatchObject({ hasProfile: false });
    for (const field of ['exif', 'xmp', 'iptc', 'icc', 'tifftagPhotoshop', 'comments', 'orientation'] as const) {
      expect(metadata[field], field).toBeUndefined();
    }
    expect(file.includes('SECRET')).toBe(false);
    expect(file.includes('EXIF')).toBe(false);
  });

  it('are scaled down to 2048 pixels, never up', async () => {
    expect(await kept(await plain(4_000, 3_000).jpeg().toBuffer())).toMatchObject({ width: 2_048, height: 1_536 });
    expect(await kept(await plain(300, 200).jpeg().toBuffer())).toMatchObject({ width: 300, height: 200 });
  });

  it('are never made of other formats, whatever the decoder could read', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>');
    const others = [
      svg,
      Buffer.concat([Buffer.from('\ufeff'), svg]),
      Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      await noise().tiff().toBuffer(),
      await noise().avif({ effort: 0 }).toBuffer(),
      Buffer.from('%PDF-1.7\n%âãÏÓ\n'),
      Buffer.from('<!doctype html><script>alert(1)</script>'),
      Buffer.from('hello'),
      Buffer.alloc(0),
    ];
    for (const other of others) {
      expect(await refused(other)).toMatchObject({
        code: 'unsupported-image',
        status: 415,
        message: 'The file is not a PNG, JPEG, WebP or GIF image',
      });
    }
  });

  it.each(['png', 'jpeg', 'webp', 'gif'] as const)('are never made of half a %s or of its first bytes', async (format) => {
    const whole = await noise().toFormat(format).toBuffer();
    for (const length of [Math.floor(whole.length / 2), whole.length - 200, 20]) {
      expect(await refused(whole.subarray(0, length)), `${format} cut to ${length}`).toMatchObject({
        code: 'unsupported-image',
        message: 'The image is broken or incomplete',
      });
    }
  });

  it('are never made of rubbish behind an honest beginning', async () => {
    const png = await noise().png().toBuffer();
    const broken = Buffer.from(png);
    broken.fill(0x55, 200, 400);
    expect(await refused(broken)).toMatchObject({ code: 'unsupported-image' });
    for (const start of ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', 'GIF89a', 'RIFF\x10\0\0\0WEBP']) {
      const rubbish = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(500, 0x37)]);
      expect(await refused(rubbish), start).toMatchObject({ code: 'unsupported-image' });
    }
  });

  it('are made of the JPEGs of phones that write a few bytes too many', async () => {
    const jpeg = await noise().jpeg().toBuffer();
    const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const sloppy = Buffer.concat([jpeg.subarray(0, scan), Buffer.from([1, 2, 3, 4]), jpeg.subarray(scan)]);
    await expect(sharp(sloppy).png().toBuffer()).rejects.toThrow('extraneous bytes');
    expect(await kept(sloppy)).toMatchObject({ width: 320, height: 240 });
  });

  it('are refused by their header when they would unpack to more than 50 megapixels', async () => {
    const bombs = [
      await plain(9_000, 6_000).png({ compressionLevel: 1 }).toBuffer(),
      await claiming(9_000, 6_000, 'jpeg'),
      await claiming(16_000, 4_000, 'webp'),
      await claiming(60_000, 60_000, 'gif'),
    ];
    for (const bomb of bombs) {
      expect(bomb.length).toBeLessThan(2_000_000);
      const began = performance.now();
      const error = await refused(bomb);
      expect(error).toMatchObject({
        code: 'too-large',
        status: 413,
        details: { file: expect.stringContaining('50 megapixels') },
      });
      // Decoding them takes far longer than that.
      expect(performance.now() - began).toBeLessThan(200);
    }
    expect(await kept(await plain(10_000, 5_000).jpeg().toBuffer())).toMatchObject({ width: 2_048, height: 1_024 });
  });

  it('are refused beyond 10 MB before anything reads them', async () => {
    const bytes = Buffer.concat([await plain(8, 8).png().toBuffer(), Buffer.alloc(10 * 1024 * 1024)]);
    expect(await refused(bytes)).toMatchObject({ code: 'too-large', message: 'file: must be at most 10 MB' });
  });

  it('leave the event loop free while they are decoded', async () => {
    const large = await sharp({ create: { width: 6_000, height: 4_000, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    let longestMs = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
    }, 1);
    await Promise.all(Array.from({ length: 4 }, () => images.save(large)));
    clearInterval(watch);
    // Each of them takes twice as long to decode and encode.
    expect(longestMs).toBeLessThan(250);
  });

  it('make the sender wait in line, and beyond that come again', async () => {
    const picture = await noise().png().toBuffer();
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => images.save(picture)));
    const refusals = results.filter((result) => result.status === 'rejected');
    expect(results.length - refusals.length).toBe(22);
    for (const { reason } of refusals) expect(reason).toMatchObject({ code: 'server-busy', status: 503, retryAfterSeconds: 5 });
    expect(await kept(picture)).toMatchObject({ width: 320 });
  });

  it('have keys that nobody can guess, and no other way leads out of the folder', async () => {
    const { key } = await kept(await noise().png().toBuffer());
    expect(key).toMatch(/^[\w-]{32}$/);
    await writeFile(join(folder, 'private.txt'), 'private');
    for (const name of ['../private', 'private.txt', '', '../../../../etc/passwd', `${key}.webp`, `${key}\0`]) {
      expect(await images.read(name)).toBeUndefined();
      await images.delete(name);
    }
    expect(await readdir(folder)).toContain('private.txt');
  });

  it('are gone when deleted, as often as one likes', async () => {
    const { key } = await kept(await noise().png().toBuffer());
    await images.delete(key);
    await images.delete(key);
    expect(await images.read(key)).toBeUndefined();
  });

  it('leave nothing half written behind', async () => {
    await refused(Buffer.from('no image'));
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('the sweep', () => {
  let temporary: TemporaryStorage;
  beforeAll(async () => {
    temporary = await temporaryStorage();
  });
  afterAll(() => temporary.remove());

  it('removes old files that no avatar has, and nothing else', async () => {
    const own = await mkdtemp(join(tmpdir(), 'visavis-sweep-'));
    const store = await openImageFolder(own);
    const picture = await noise().png().toBuffer();
    const [used, orphan, young] = [await store.save(picture), await store.save(picture), await store.save(picture)];
    const halfWritten = `${'a'.repeat(32)}.webp.part`;
    await writeFile(join(own, halfWritten), 'half');
    await writeFile(join(own, 'README.txt'), 'somebody else’s');
    const yesterday = new Date(Date.now() - 86_400_000);
    for (const name of [`${used.key}.webp`, `${orphan.key}.webp`, halfWritten, 'README.txt'])
      await utimes(join(own, name), yesterday, yesterday);
    await temporary.storage.write(async (stores) => {
      const user = await stores.users.insert({ role: 'member', email: null, name: null, limits: {} }, 1);
      const rest = {
        name: 'A',
        voiceId: null,
        isFavorite: false,
        isPublic: false,
        status: 'ready',
        reason: null,
        consent: false,
      } as const;
      await stores.avatars.insert(user.id, { ...rest, url: `/avatars/files/${used.key}.webp`, imageKey: used.key }, 1);
    });

    const removed = await sweepImages({ stores: temporary.storage.read, images: store, now: Date.now });
    expect(removed).toBe(2);
    expect((await readdir(own)).sort()).toEqual([`${used.key}.webp`, `${young.key}.webp`, 'README.txt'].sort());
    await rm(own, { recursive: true });
  });
});
