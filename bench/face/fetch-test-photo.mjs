import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Fetches a portrait to test with: `node bench/face/fetch-test-photo.mjs OUTPUT_FOLDER` on Debian, through apt.
 * astronaut.png of python3-skimage, a NASA photo in the public domain. It shows a real person: for tests only, never shipped.
 */
const output = process.argv[2];
if (!output) throw new Error('Name the folder that the photo is to be put into');
const folder = mkdtempSync(path.join(tmpdir(), 'visavis-photo-'));
try {
  execFileSync('apt-get', ['download', 'python3-skimage'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (!deb) throw new Error('apt-get has downloaded no package');
  execFileSync('dpkg-deb', ['-x', deb, 'files'], { cwd: folder });
  mkdirSync(output, { recursive: true });
  copyFileSync(
    path.join(folder, 'files/usr/lib/python3/dist-packages/skimage/data/astronaut.png'),
    path.join(output, 'astronaut.png'),
  );
  console.log(path.join(output, 'astronaut.png'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
