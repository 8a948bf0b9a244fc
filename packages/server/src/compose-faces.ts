import type { Logger } from 'pino';
import { createFaceBuilding, type FaceBuilding } from './core/avatars/build-faces.ts';
import { createFaceFiles, type FaceFiles } from './core/avatars/face-assets.ts';
import type { FaceStore } from './core/avatars/face-store.ts';
import { createGivingWay } from './core/avatars/giving-way.ts';
import type { ImageStore } from './core/avatars/image-store.ts';
import type { Now } from './core/clock.ts';
import type { Storage } from './core/stores.ts';
import { createFaceBuilder } from './face/building/face-builder.ts';
import { createFetchPicture } from './images/fetch-picture.ts';
import { startEngineThread } from './providers/engine-process/engine-thread.ts';
import { assertPublicUrl, guardedLookup } from './providers/private-network.ts';

/** What builds the faces of this server's avatars, and where calls find them. */
export function createFaces(deps: {
  storage: Storage;
  images: ImageStore;
  faces: FaceStore;
  now: Now;
  log: Logger;
  /** Faces that are shown in calls at present. */
  facesShown: () => number;
  stopping: AbortSignal;
}): {
  building: FaceBuilding;
  files: FaceFiles;
  fetchPicture: ReturnType<typeof createFetchPicture>;
  /** See `BuiltInAvatarDeps`. */
  drawCharacter: (name: string) => Promise<Uint8Array>;
} {
  const { log, facesShown, stopping, ...rest } = deps;
  const isBusy = () => facesShown() > 0;
  const drawing = createGivingWay({ isBusy });
  const builder = createFaceBuilder({ startThread: startEngineThread });
  const fetchPicture = createFetchPicture({ lookup: guardedLookup, assertPublic: assertPublicUrl });
  const building = createFaceBuilding({
    ...rest,
    builder,
    fetchPicture,
    givingWay: createGivingWay({ isBusy }),
    onError: (error, avatarId) => log.error({ err: error, avatarId }, 'face could not be built'),
    onBuilt: ({ avatarId, ms, problem }) => log.info({ avatarId, ms: Math.round(ms), problem }, 'face built'),
  });
  return {
    building: {
      ...building,
      async stop() {
        // The thread first: it does not listen while it works.
        const stopped = building.stop();
        await builder.close();
        await stopped;
      },
    },
    fetchPicture,
    async drawCharacter(name) {
      while (await drawing.waited(stopping)) stopping.throwIfAborted();
      return builder.pictureOfCharacter(name, { signal: AbortSignal.timeout(60_000) });
    },
    files: createFaceFiles({ stores: deps.storage.read, faces: deps.faces, assetVersion: builder.assetVersion }),
  };
}
