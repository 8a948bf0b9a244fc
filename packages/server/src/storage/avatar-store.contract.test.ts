import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Avatar, NewAvatar } from '../core/avatars/avatar.ts';
import type { Storage } from '../core/stores.ts';
import { type TemporaryStorage, testEngines } from '../testing/temporary-storage.ts';

const PICTURE: NewAvatar = {
  name: 'Ada',
  url: '/avatars/files/a.webp',
  voiceId: null,
  isFavorite: false,
  isPublic: false,
  status: 'building',
  reason: null,
  imageKey: null,
  consent: false,
};

for (const engine of await testEngines()) {
  afterAll(() => engine.stop());
  describe.skipIf(engine.missing)(`faces in ${engine.engine}`, () => {
    let temporary: TemporaryStorage;
    let storage: Storage;
    let users: number[];
    beforeEach(async () => {
      temporary = await engine.open();
      storage = temporary.storage;
      users = await Promise.all(
        [1, 2].map(async () => {
          const user = { role: 'member', email: null, name: null, limits: {} } as const;
          return (await storage.write((stores) => stores.users.insert(user, 1))).id;
        }),
      );
    });
    afterEach(() => temporary.remove());

    const insert = (user: number, avatar: Partial<NewAvatar> = {}): Promise<Avatar> =>
      storage.write(({ avatars }) => avatars.insert(users[user] ?? 0, { ...PICTURE, ...avatar }, 1));
    const update = (avatar: Avatar, changes: Partial<NewAvatar>) =>
      storage.write(({ avatars }) => avatars.update(avatar.userId, avatar.id, changes, 2));

    it('are kept with everything that is known of them', async () => {
      const avatar = await insert(0);
      expect(avatar).toMatchObject({
        character: null,
        assetKey: null,
        assetVersion: null,
        previewKey: null,
        takeLargest: false,
      });
      const built = { status: 'ready', assetKey: 'asset', assetVersion: 3, previewKey: 'preview', takeLargest: true } as const;
      await update(avatar, { ...built, character: 'robot' });
      expect(await storage.read.avatars.find(avatar.userId, avatar.id)).toEqual({
        ...avatar,
        ...built,
        character: 'robot',
        updatedAt: 2,
      });
      await update(avatar, { assetKey: null, assetVersion: null, previewKey: null, character: null, takeLargest: false });
      expect(await storage.read.avatars.find(avatar.userId, avatar.id)).toEqual({ ...avatar, status: 'ready', updatedAt: 2 });
    });

    it('are built in the order of their making, of all users, and renewed afterwards', async () => {
      await insert(0, { assetKey: 'of an older version', consent: true, name: 'Last' });
      const [first, second] = [await insert(1), await insert(0)];
      await insert(0, { status: 'failed', reason: 'no-face' });
      await insert(0, { status: 'ready' });
      const { nextToBuild } = storage.read.avatars;
      expect((await nextToBuild([]))?.id).toBe(first.id);
      expect((await nextToBuild([first.id]))?.id).toBe(second.id);
      const last = await nextToBuild([first.id, second.id]);
      expect(last?.name).toBe('Last');
      expect(await nextToBuild([first.id, second.id, last?.id ?? 0])).toBeUndefined();
    });

    it('get previews when they are ready, with consent, and have none', async () => {
      await insert(0, { consent: true });
      await insert(0, { status: 'ready' });
      await insert(0, { status: 'ready', consent: true, previewKey: 'there' });
      const wanted = await insert(1, { status: 'ready', consent: true });
      const { nextToPreview } = storage.read.avatars;
      expect((await nextToPreview([]))?.id).toBe(wanted.id);
      expect(await nextToPreview([wanted.id])).toBeUndefined();
    });

    it('are built anew for another version, or where a reason may be gone', async () => {
      const current = await insert(0, { status: 'ready', assetVersion: 2 });
      const older = await insert(0, { status: 'ready', assetVersion: 1 });
      const before = await insert(1, { status: 'ready' });
      const crashed = await insert(1, { status: 'failed', reason: 'building-failed' });
      const refused = await insert(1, { status: 'failed', reason: 'no-face' });
      expect(await storage.write(({ avatars }) => avatars.rebuild(2, ['building-failed']))).toBe(3);
      const statusOf = async ({ userId, id }: Avatar) => (await storage.read.avatars.find(userId, id))?.status;
      expect(await Promise.all([current, older, before, crashed, refused].map(statusOf))).toEqual([
        'ready',
        'building',
        'building',
        'building',
        'failed',
      ]);
      expect(await storage.write(({ avatars }) => avatars.rebuild(2, []))).toBe(0);
    });

    it('name the files that are in use, and the characters that can be shown', async () => {
      await insert(0, { assetKey: 'one', previewKey: 'two' });
      await insert(1, { assetKey: 'three' });
      await insert(1);
      expect((await storage.read.avatars.faceKeys()).sort()).toEqual(['one', 'three', 'two']);
      const ready = await insert(1, { character: 'robot', status: 'ready', assetKey: 'robot' });
      await insert(1, { character: 'fox' });
      expect((await storage.read.avatars.readyCharacters()).map(({ id }) => id)).toEqual([ready.id]);
    });
  });
}
