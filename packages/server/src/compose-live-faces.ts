import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ASSET_VERSION, CAST, characterAsset, writeAsset } from '@visavis/face';
import type { FaceFiles } from './core/avatars/face-assets.ts';
import type { FaceAssets } from './core/calls/face-spec.ts';
import { AppError } from './core/errors.ts';

/** The faces of avatars; where not even the avatars of the built-in characters are ready, a character from a file in this folder. */
export async function createFaceAssets({ files, folder }: { files: FaceFiles; folder: string }): Promise<FaceAssets> {
  await mkdir(folder, { recursive: true });
  const characters = await Promise.all(
    CAST.map(async (drawing) => {
      const file = join(folder, `${drawing.name.toLowerCase()}-${ASSET_VERSION}.face`);
      await writeFile(file, writeAsset(characterAsset(drawing)));
      return file;
    }),
  );
  return {
    async fileFor(user, avatarId) {
      try {
        return await files.fileFor(user, avatarId);
      } catch (error) {
        const file = characters[(avatarId ?? 0) % characters.length];
        if (!(error instanceof AppError && error.code === 'no-capacity') || file === undefined) throw error;
        return { file, substituted: true };
      }
    },
  };
}
