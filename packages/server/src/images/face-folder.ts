import type { FaceStore } from '../core/avatars/face-store.ts';
import { openKeyedFolder } from './keyed-folder.ts';

const ASSET = '.face';
const PREVIEWS = { still: '.still.webp', clip: '.clip.webp' } as const;

/** Built faces and their previews as files in a folder, which is made if it is not there. */
export async function openFaceFolder(folder: string): Promise<FaceStore> {
  const files = await openKeyedFolder(folder, [ASSET, PREVIEWS.still, PREVIEWS.clip]);
  const { list, remove } = files;

  return {
    async saveAsset(asset) {
      const key = files.newKey();
      await files.write(key, ASSET, asset);
      return key;
    },
    assetFile(key) {
      const file = files.fileOf(key, ASSET);
      if (file === undefined) throw new Error('This is no key of a face');
      return file;
    },
    readAsset: (key) => files.read(key, ASSET),
    async savePreviews({ still, clip }) {
      const key = files.newKey();
      await files.write(key, PREVIEWS.still, still);
      await files.write(key, PREVIEWS.clip, clip);
      return key;
    },
    readPreview: (key, kind) => files.read(key, PREVIEWS[kind]),
    delete: (key) => files.delete(key),
    list,
    remove,
  };
}
