import type { Page } from '../agents/agent.ts';

export interface Avatar {
  id: number;
  userId: number;
  name: string;
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

export interface AvatarStore {
  insert(userId: number, avatar: Omit<Avatar, 'id' | 'userId' | 'createdAt' | 'updatedAt'>, now: number): Promise<Avatar>;
  find(userId: number, id: number): Promise<Avatar | undefined>;
  /** The user's own or a public one. */
  findUsable(userId: number, id: number): Promise<Avatar | undefined>;
  /** Newest first. */
  list(userId: number, page: Page): Promise<Avatar[]>;
  listPublic(page: Page): Promise<Avatar[]>;
}
