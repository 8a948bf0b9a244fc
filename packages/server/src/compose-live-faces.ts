import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ASSET_VERSION, CAST, characterAsset, writeAsset } from '@visavis/face';
import { assetPath } from './core/avatars/avatar-url.ts';
import type { FaceFiles } from './core/avatars/face-assets.ts';
import type { FaceAssets } from './core/calls/face-spec.ts';
import { AppError } from './core/errors.ts';

/** The faces of avatars; where not even the avatars of the built-in characters are ready, a character from a file in this folder. */
export async function createFaceAssets({ files, folder }: { files: FaceFiles; folder: string }): Promise<FaceAssets> {
  await mkdir(folder, { recursive: true });
  const characters = await Promise.all(
    CAST.map(async (drawing) => {
      const name = `${drawing.name.toLowerCase()}-${ASSET_VERSION}`;
      const file = join(folder, `${name}.face`);
      await writeFile(file, writeAsset(characterAsset(drawing)));
      return { file, path: assetPath(name) };
    }),
  );
  return {
    async fileFor(user, avatarId) {
      try {
        return await files.fileFor(user, avatarId);
      } catch (error) {
        const character = characters[(avatarId ?? 0) % characters.length];
        if (!(error instanceof AppError && error.code === 'no-capacity') || character === undefined) throw error;
        return { ...character, substituted: true };
      }
    },
  };
}
