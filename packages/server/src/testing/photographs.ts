import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import type { Picture } from '../face/building/picture.ts';
import { decodePicture } from '../face/building/read-picture.ts';

const run = promisify(execFile);
const PATIENCE_MS = 120_000;
/** Where an installed `python3-skimage` has its pictures. */
const INSTALLED = '/usr/lib/python3/dist-packages/skimage/data';

/** Free photographs for tests, or why there are none: `describe.skipIf(!photographs.folder)(…)`. */
export type Photographs = { folder: string; reason?: undefined } | { folder: undefined; reason: string };

/**
 * Brings the pictures of Debian's `python3-skimage`, 20 MB, once for all tests of this user: `astronaut.png` (a portrait by NASA, in the public
 * domain), `camera.png` (a man in profile), `chelsea.png` (a cat), `coffee.png`, `rocket.jpg`. They are never committed.
 */
export async function ensurePhotographs(): Promise<Photographs> {
  const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'visavis', 'test-photographs');
  for (const place of [INSTALLED, folder]) {
    if (await there(place)) return { folder: place };
  }
  const work = await mkdtemp(join(tmpdir(), 'visavis-photographs-'));
  try {
    await run('apt-get', ['download', 'python3-skimage'], { cwd: work, timeout: PATIENCE_MS });
    const [file] = (await readdir(work)).filter((name) => name.endsWith('.deb'));
    await run('dpkg-deb', ['-x', join(work, file ?? ''), join(work, 'files')], { timeout: PATIENCE_MS });
    await mkdir(join(folder, '..'), { recursive: true });
    await run('cp', ['-r', join(work, 'files', INSTALLED), `${folder}.${process.pid}`]);
    // Another test may have brought them meanwhile.
    await rename(`${folder}.${process.pid}`, folder).catch(() => rm(`${folder}.${process.pid}`, { recursive: true }));
    return { folder };
  } catch (error) {
    const reason = `Debian's python3-skimage cannot be had: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
    console.warn(`Tests with photographs are skipped: ${reason}`);
    return { folder: undefined, reason };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const there = (folder: string) =>
  access(join(folder, 'astronaut.png')).then(
    () => true,
    () => false,
  );

/** What sharp reads or makes, as a picture is read for building. */
export async function pictureOf(image: string | Buffer | Sharp): Promise<Picture> {
  const pixels = typeof image === 'string' || Buffer.isBuffer(image) ? sharp(image) : image;
  return decodePicture(await pixels.png().toBuffer());
}
