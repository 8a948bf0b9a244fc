import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './product.ts';

/** A disk that is easily full. */
export interface SmallDisk {
  path: string;
  /** Leaves so many bytes free. */
  fill(leave?: number): void;
  /** Takes back what `fill` has filled. */
  free(): void;
  unmount(): void;
}

/** Mounts a file system of this size in memory; a string says why it cannot be done here. */
export function mountSmallDisk(size: string): SmallDisk | string {
  const path = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return 'A small disk cannot be mounted here (root on Linux can)';
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill(leave = 0) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
    },
    free: () => rmSync(filler, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', path], { stdio: 'ignore' }),
  };
}
