import type { ImageStore } from '../core/avatars/image-store.ts';
import { cleanPicture } from './clean-picture.ts';
import { openKeyedFolder } from './keyed-folder.ts';
import { createSlots } from './slots.ts';

const ENDING = '.webp';

/** Pictures as files `<key>.webp` in a folder, which is made if it is not there. */
export async function openImageFolder(folder: string): Promise<ImageStore> {
  const files = await openKeyedFolder(folder, [ENDING]);
  // A picture of 50 megapixels takes up to 200 MB while it is decoded; each one that waits, up to 10 MB.
  const decoding = createSlots({ running: 2, waiting: 20 });
  const { list, remove } = files;

  return {
    async save(bytes) {
      const { webp, width, height } = await decoding(() => cleanPicture(bytes));
      const key = files.newKey();
      await files.write(key, ENDING, webp);
      return { key, width, height };
    },
    read: (key) => files.read(key, ENDING),
    fileOf: (key) => files.fileOf(key, ENDING),
    delete: (key) => files.delete(key),
    list,
    remove,
  };
}
