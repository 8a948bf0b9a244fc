import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ASSET_VERSION, CAST, characterAsset, writeAsset } from '@visavis/face';
import type { FaceAssets } from './core/calls/face-spec.ts';

/** The faces of the built-in characters, as files in this folder. */
export async function openBuiltInFaces(folder: string): Promise<FaceAssets> {
  await mkdir(folder, { recursive: true });
  const files = await Promise.all(
    CAST.map(async (drawing) => {
      const file = join(folder, `${drawing.name.toLowerCase()}-${ASSET_VERSION}.face`);
      await writeFile(file, writeAsset(characterAsset(drawing)));
      return file;
    }),
  );
  return {
    // The same one each time, so that nobody changes in the middle of a conversation.
    fileFor: async (_user, avatarId) => ({ file: files[(avatarId ?? 0) % files.length] as string, substituted: true }),
  };
}
