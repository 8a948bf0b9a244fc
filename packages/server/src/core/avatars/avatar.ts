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
  status: 'building' | 'ready' | 'failed';
  reason: string | null;
  /** Name of the stored image; null where `url` is a remote one. */
  imageKey: string | null;
  /** Whether the pictured person's consent to being animated was confirmed. */
  consent: boolean;
  createdAt: number;
  updatedAt: number;
}

export type AvatarChanges = Partial<Omit<Avatar, 'id' | 'userId' | 'createdAt' | 'updatedAt'>>;

export interface AvatarStore {
  insert(userId: number, avatar: Omit<Avatar, 'id' | 'userId' | 'createdAt' | 'updatedAt'>, now: number): Promise<Avatar>;
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
}
