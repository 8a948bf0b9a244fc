import { AppError } from '../errors.ts';
import type { Stores } from '../stores.ts';
import type { Avatar } from './avatar.ts';
import { assetPath } from './avatar-url.ts';
import type { FaceStore } from './face-store.ts';

/** Why a built-in character is shown instead of an avatar. */
export type FaceWarning = 'avatar-missing' | 'avatar-not-ready' | 'consent-missing';

/** The file that a face is drawn from; `warning` where it is not the avatar's own (`substituted`). */
export interface FaceFile {
  file: string;
  /** Where it is served, under the server's public address. */
  path: string;
  substituted: boolean;
  warning?: FaceWarning;
}

/** Where calls find the faces of avatars. */
export interface FaceFiles {
  /**
   * The face of an avatar that the user may use, if it may be animated; else that of a built-in character.
   * @throws AppError `no-capacity` while there is no character either
   */
  fileFor(user: { id: number }, avatarId: number | null): Promise<FaceFile>;
}

export function createFaceFiles(deps: {
  stores: Pick<Stores, 'avatars'>;
  faces: Pick<FaceStore, 'assetFile'>;
  assetVersion: number;
}): FaceFiles {
  const { stores, faces, assetVersion } = deps;
  const usable = (avatar: Avatar) =>
    avatar.status === 'ready' && avatar.assetKey !== null && avatar.assetVersion === assetVersion;
  const fileOf = ({ assetKey }: Avatar) => ({ file: faces.assetFile(assetKey ?? ''), path: assetPath(assetKey ?? '') });

  return {
    async fileFor(user, avatarId) {
      const avatar = avatarId === null ? undefined : await stores.avatars.findUsable(user.id, avatarId);
      if (avatar?.consent && usable(avatar)) return { ...fileOf(avatar), substituted: false };
      const characters = (await stores.avatars.readyCharacters()).filter(usable);
      // The same one each time, so that nobody changes in the middle of a conversation.
      const character = characters[(avatarId ?? 0) % characters.length];
      if (!character) throw new AppError('no-capacity', 'No face can be shown yet: the built-in characters are being drawn');
      return { ...fileOf(character), substituted: true, warning: warningOf(avatar) };
    },
  };
}

function warningOf(avatar: Avatar | undefined): FaceWarning {
  if (!avatar) return 'avatar-missing';
  return avatar.consent ? 'avatar-not-ready' : 'consent-missing';
}
