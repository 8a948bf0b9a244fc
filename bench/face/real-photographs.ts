import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 180_000;

/** A picture out of a published package, to look at what becomes of it: never part of the repository. */
export interface Photograph {
  readonly name: string;
  /** A face that a face can be made of; or anything else. */
  readonly kind: 'portrait' | 'other';
  readonly bytes: Uint8Array;
}

interface Package {
  readonly fetch: readonly [command: string, ...parameters: string[]];
  readonly unpack: readonly [command: string, ...parameters: string[]];
  /** Folder within it where the files are. */
  readonly folder: string;
  readonly portraits: Readonly<Record<string, string>>;
  readonly others: Readonly<Record<string, string>>;
}

const debian = (name: string) => ({
  fetch: ['apt-get', 'download', name] as const,
  unpack: ['sh', '-c', 'dpkg-deb -x ./*.deb files && rm ./*.deb'] as const,
});
const python = (name: string, version: string) => ({
  fetch: ['pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', `${name}==${version}`] as const,
  unpack: ['sh', '-c', 'mkdir files && tar -xzf ./*.tar.gz -C files --strip-components=1 && rm ./*.tar.gz'] as const,
});

/** Where free pictures are, and what they may be used by. */
const PACKAGES: Readonly<Record<string, Package>> = {
  // Works of the government of the United States: NASA, Navy and White House; in the public domain.
  skimage: {
    ...debian('python3-skimage'),
    folder: 'usr/lib/python3/dist-packages/skimage/data',
    portraits: { collins: 'astronaut.png' },
    others: {
      cat: 'chelsea.png',
      cup: 'coffee.png',
      rocket: 'rocket.jpg',
      profile: 'camera.png',
      'drawn horse': 'horse.png',
      motorcycle: 'motorcycle_left.png',
      moon: 'moon.png',
      coins: 'coins.png',
      stars: 'hubble_deep_field.jpg',
      page: 'page.png',
    },
  },
  matplotlib: {
    ...debian('python-matplotlib-data'),
    folder: 'usr/share/matplotlib/mpl-data/sample_data',
    portraits: { hopper: 'grace_hopper.jpg' },
    others: {},
  },
  face_recognition: {
    ...python('face_recognition', '1.3.0'),
    folder: 'tests/test_images',
    portraits: { obama: 'obama.jpg', 'obama speaking': 'obama2.jpg', 'obama afar': 'obama3.jpg', biden: 'biden.jpg' },
    others: { 'half a face': 'obama_partial_face.jpg', 'cut face': 'obama_partial_face2.jpg' },
  },
  // Portraits from Wikimedia Commons: CC BY-SA 3.0 and 4.0 (Myleen Hollero, Doc Searls, Guillaume Paumier and others).
  thumbor: {
    ...python('thumbor', '6.7.5'),
    folder: 'tests/fixtures',
    portraits: {
      henner: 'images/Christophe_Henner_-_June_2016.jpg',
      guido: 'filters/800px-Guido-portrait-2014.jpg',
      maher: 'filters/800px-Katherine_Maher.jpg',
      filippo: 'images/Giunchedi%2C_Filippo_January_2015_01.jpg',
      'filippo grey': 'images/Giunchedi%2C_Filippo_January_2015_01-grayscale.jpg',
      'filippo cmyk': 'images/Giunchedi%2C_Filippo_January_2015_01-cmyk-orientation-exif.jpg',
      paumier: 'images/10_years_of_Wikipedia_by_Guillaume_Paumier.jpg',
    },
    others: {
      'face in a strip': 'filters/focal.jpg',
      'face squeezed': 'filters/stretch.jpg',
      'blurred away': 'filters/blur3.jpg',
      softened: 'filters/blur2.jpg',
      gradient: 'images/image.jpg',
      'one point': 'images/1x1.png',
      wizard: 'images/no_face.jpg',
      berries: 'filters/800px-Coffee_berries_1.jpg',
    },
  },
  // Leonardo's painting is in the public domain.
  wand: {
    ...python('Wand', '0.6.13'),
    folder: 'tests/assets',
    portraits: { 'mona lisa': 'mona-lisa.jpg' },
    others: { tiger: 'tiger_hd-1920x1080.jpg', beach: 'beach.jpg' },
  },
  // The default pictures of users in GNOME: CC0 and GPL.
  gnome: {
    ...debian('gnome-control-center-data'),
    folder: 'usr/share/pixmaps/faces',
    portraits: {},
    others: {
      'cat from aside': 'cat.jpg',
      'eye of a cat': 'legacy/cat-eye.jpg',
      puppy: 'legacy/puppy.jpg',
      penguin: 'legacy/penguin.jpg',
      fish: 'legacy/fish.jpg',
      'astronaut afar': 'legacy/astronaut.jpg',
      headphones: 'headphones.jpg',
      latte: 'coffee2.jpg',
      dice: 'legacy/dice.jpg',
      gamepad: 'gamepad.jpg',
      surfer: 'surfer.jpg',
      mountain: 'mountain.jpg',
      tree: 'tree.jpg',
      sunflower: 'legacy/sunflower.jpg',
      hummingbird: 'hummingbird.jpg',
    },
  },
};

/**
 * Brings the pictures, 60 MB once for this user, through the clients of Debian and Python; says which packages cannot be had and goes on
 * without them.
 */
export async function realPhotographs(): Promise<Photograph[]> {
  const found: Photograph[] = [];
  for (const [name, wanted] of Object.entries(PACKAGES)) {
    try {
      const folder = path.join(await unpacked(name, wanted), wanted.folder);
      for (const [kind, files] of [
        ['portrait', wanted.portraits],
        ['other', wanted.others],
      ] as const) {
        for (const [title, file] of Object.entries(files)) {
          found.push({ name: title, kind, bytes: await readFile(path.join(folder, file)) });
        }
      }
    } catch (error) {
      console.warn(`Pictures of ${name} cannot be had: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
  }
  return found;
}

async function unpacked(name: string, { fetch, unpack }: Package): Promise<string> {
  const folder = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'visavis', 'bench-photographs', name);
  if (
    await access(folder).then(
      () => true,
      () => false,
    )
  )
    return folder;
  const work = await mkdtemp(path.join(tmpdir(), 'visavis-photographs-'));
  try {
    for (const [command, ...parameters] of [fetch, unpack]) await run(command, parameters, { cwd: work, timeout: PATIENCE_MS });
    await mkdir(path.dirname(folder), { recursive: true });
    const [files] = (await readdir(work)).filter((entry) => entry === 'files');
    if (files === undefined) throw new Error('nothing was unpacked');
    // Within one file system, so that a folder is there whole or not at all.
    await run('cp', ['-r', path.join(work, files), `${folder}.${process.pid}`]);
    await rename(`${folder}.${process.pid}`, folder);
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
