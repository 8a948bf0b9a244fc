import type { Page } from '../agents/agent.ts';

export interface Avatar {
  id: number;
  userId: number;
  name: string;
  /** A remote address, or the path under which a stored image is served: see `absoluteAvatarUrl`. */
  url: string;
  voiceId: string | null;
  isFavorite: boolean;
  isPublic: boolean;
  /** Whether a face was made of the picture. Everything that is `building` is a job of `build-faces.ts`. */
  status: 'building' | 'ready' | 'failed';
  /** Why it `failed`: see `AvatarProblem`. */
  reason: string | null;
  /** Name of the stored image; null while a remote `url` was not fetched. */
  imageKey: string | null;
  /** Of the built-in characters: which one. Its face is drawn, not taken from a picture. */
  character: string | null;
  /** Name of the stored face; null unless `ready`. */
  assetKey: string | null;
  /** With which version of this program's assets it was built. */
  assetVersion: number | null;
  /** Name of the stored previews; null until they are made, and without consent. */
  previewKey: string | null;
  /** Of several people in the picture, the one with the largest face is meant. */
  takeLargest: boolean;
  /** Whether the pictured person's consent to being animated was confirmed. */
  consent: boolean;
  createdAt: number;
  updatedAt: number;
}

type Built = 'character' | 'assetKey' | 'assetVersion' | 'previewKey' | 'takeLargest';
type Fields = Omit<Avatar, 'id' | 'userId' | 'createdAt' | 'updatedAt'>;

/** What has not been built yet may be left out. */
export type NewAvatar = Omit<Fields, Built> & Partial<Pick<Fields, Built>>;
export type AvatarChanges = Partial<Fields>;

export interface AvatarStore {
  insert(userId: number, avatar: NewAvatar, now: number): Promise<Avatar>;
  find(userId: number, id: number): Promise<Avatar | undefined>;
  /** The user's own or a public one. */
  findUsable(userId: number, id: number): Promise<Avatar | undefined>;
  /** Newest first. */
  list(userId: number, page: Page): Promise<Avatar[]>;
  listPublic(page: Page): Promise<Avatar[]>;
  /** False where there is no such avatar. */
  update(userId: number, id: number, changes: AvatarChanges, now: number): Promise<boolean>;
  /** Clears the reference in the agents of every other user: the avatar is not public any more. */
  takeFromOthers(userId: number, id: number): Promise<void>;
  /** Gives what was deleted; agents that used it lose the reference. */
  delete(userId: number, id: number): Promise<Avatar | undefined>;
  /** The keys of all stored images, of all users. */
  imageKeys(): Promise<string[]>;
  /** The keys of all stored faces and their previews, of all users. */
  faceKeys(): Promise<string[]>;
  /** The oldest avatar, of all users, whose face is to be built, but for some; those whose face is only to be renewed come last. */
  nextToBuild(except: readonly number[]): Promise<Avatar | undefined>;
  /** The oldest avatar, of all users, whose previews are to be made, but for some. */
  nextToPreview(except: readonly number[]): Promise<Avatar | undefined>;
  /** The built-in characters whose faces are ready; oldest first. */
  readyCharacters(): Promise<Avatar[]>;
  /** Has faces of another version built anew, and those that failed for one of the reasons; gives their number. */
  rebuild(version: number, reasons: readonly string[]): Promise<number>;
}
