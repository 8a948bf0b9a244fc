import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFaceFolder } from '../../images/face-folder.ts';
import { openImageFolder } from '../../images/image-folder.ts';
import { type TemporaryStorage, temporaryStorage } from '../../testing/temporary-storage.ts';
import type { User } from '../users/user.ts';
import type { Avatar } from './avatar.ts';
import { AvatarProblemError } from './avatar-problem.ts';
import { assetPath } from './avatar-url.ts';
import { createFaceBuilding, type FaceBuilding } from './build-faces.ts';
import { createFaceFiles } from './face-assets.ts';
import type { FaceBuilder } from './face-builder.ts';
import type { FaceStore } from './face-store.ts';
import { createGivingWay, type GivingWay } from './giving-way.ts';
import type { ImageStore } from './image-store.ts';
import { createAvatar, createAvatarOfImage, deleteAvatar, updateAvatar } from './manage-avatars.ts';
import { sweepFaces } from './sweep-images.ts';

const PUBLIC = 'http://127.0.0.1:3000';
let png: Buffer;
beforeAll(async () => {
  png = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
});

let temporary: TemporaryStorage;
let folder: string;
let images: ImageStore;
let faces: FaceStore;
let user: User;
/** What the builder does with a picture; by default it gives bytes that say which of its works they are. */
let work: () => Promise<Uint8Array>;
let works: number;
let fetchPicture: (url: string) => Promise<Uint8Array>;
let errors: unknown[];
let version: number;
let running: FaceBuilding[];

beforeEach(async () => {
  temporary = await temporaryStorage();
  folder = await mkdtemp(join(tmpdir(), 'visavis-faces-'));
  images = await openImageFolder(join(folder, 'images'));
  faces = await openFaceFolder(join(folder, 'faces'));
  const member = { role: 'member', email: null, name: null, limits: {} } as const;
  user = await temporary.storage.write((stores) => stores.users.insert(member, 1));
  works = 0;
  errors = [];
  version = 1;
  running = [];
  work = async () => Buffer.from(`face ${++works}`);
  fetchPicture = async () => png;
});
afterEach(async () => {
  await Promise.all(running.map((building) => building.stop()));
  await temporary.remove();
  await rm(folder, { recursive: true });
});

function start(givingWay?: GivingWay): FaceBuilding {
  const preview = async () => ({ still: Buffer.from('still'), clip: Buffer.from('clip') });
  const builder: FaceBuilder = {
    assetVersion: version,
    ofPicture: () => work(),
    ofCharacter: () => work(),
    pictureOfCharacter: () => work(),
    preview,
  };
  const deps = { storage: temporary.storage, images, faces, builder, now: () => 5 };
  const building = createFaceBuilding({
    ...deps,
    fetchPicture: (url) => fetchPicture(url),
    onError: (error) => errors.push(error),
    ...(givingWay && { givingWay }),
  });
  running.push(building);
  return building;
}
async function built(): Promise<void> {
  const building = start();
  building.wake();
  await building.idle();
}

const deps = () => ({ storage: temporary.storage, images, faces, now: () => 5, publicUrl: PUBLIC });
const naming = { name: 'Ada', voiceId: null, consent: false };
const ofImage = async (more: { consent?: boolean; character?: string } = {}) => {
  const { key } = await images.save(png);
  return temporary.storage.write((stores) =>
    createAvatarOfImage({ stores, now: () => 5 }, user.id, { ...naming, ...more, imageKey: key }),
  );
};
const ofUrl = () =>
  temporary.storage.write((stores) =>
    createAvatar({ stores, now: () => 5 }, user.id, { ...naming, url: 'https://example.com/ada.jpg' }),
  );
const read = async ({ id }: { id: number }) => (await temporary.storage.read.avatars.find(user.id, id)) as Avatar;
const assetOf = async (avatar: Avatar) => (await faces.readAsset(avatar.assetKey ?? ''))?.toString();
const update = (avatar: Avatar, edits: Parameters<typeof updateAvatar>[3]) =>
  updateAvatar(deps(), { user, scopes: [] } as never, avatar.id, edits);
const files = async () => (await readdir(join(folder, 'faces'))).map((name) => name.slice(32)).sort();

/** Work that waits until it is let go. */
function held(result: () => Promise<Uint8Array> = work) {
  let letGo: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  work = async () => {
    begin();
    await gate;
    return result();
  };
  return { begun, letGo: () => letGo() };
}

describe('the face of an avatar', () => {
  it('is built of its picture, one after the other', async () => {
    const [one, two] = [await ofImage(), await ofImage()];
    await built();
    expect(await read(one)).toMatchObject({ status: 'ready', reason: null, assetVersion: 1, previewKey: null });
    expect([await assetOf(await read(one)), await assetOf(await read(two))]).toEqual(['face 1', 'face 2']);
    expect(errors).toEqual([]);
  });

  it('is previewed only with consent; when that is taken back its previews go, and its file is another one', async () => {
    const avatar = await ofImage();
    await built();
    expect(await files()).toEqual(['.face']);
    await update(avatar, { consent: true });
    await built();
    const { previewKey, assetKey } = await read(avatar);
    expect((await faces.readPreview(previewKey ?? '', 'clip'))?.toString()).toBe('clip');
    expect(works).toBe(1);
    await update(avatar, { consent: false });
    expect(await files()).toEqual([]);
    await built();
    expect(await read(avatar)).toMatchObject({ status: 'ready', previewKey: null });
    expect((await read(avatar)).assetKey).not.toBe(assetKey);
    expect(await files()).toEqual(['.face']);
  });

  it('is built while somebody calls, and previewed after that, or when it has waited long enough', async () => {
    const previewed = async (avatar: Avatar) => (await read(avatar)).previewKey !== null;
    let busy = true;
    const one = await ofImage({ consent: true });
    const building = start(createGivingWay({ isBusy: () => busy, stepMs: 1, mostMs: Number.POSITIVE_INFINITY }));
    building.wake();
    await expect.poll(async () => (await read(one)).status).toBe('ready');
    // What is uploaded meanwhile is not kept waiting by a preview.
    const other = await ofImage({ consent: true });
    building.wake();
    await expect.poll(async () => (await read(other)).status).toBe('ready');
    expect([await previewed(one), await previewed(other)]).toEqual([false, false]);
    busy = false;
    await building.idle();
    expect([await previewed(one), await previewed(other)]).toEqual([true, true]);
    const late = await ofImage({ consent: true });
    const patient = start(createGivingWay({ isBusy: () => true, stepMs: 1, mostMs: 20 }));
    patient.wake();
    await patient.idle();
    expect(await previewed(late)).toBe(true);
  });

  it('is not there for a stated reason', async () => {
    const avatar = await ofImage();
    work = () => Promise.reject(new AvatarProblemError('mouth-hidden'));
    await built();
    expect(await read(avatar)).toMatchObject({ status: 'failed', reason: 'mouth-hidden', assetKey: null });
    expect(errors).toEqual([]);
    expect(await files()).toEqual([]);
  });

  it('is tried again at the next start where the server was to blame', async () => {
    const [one, two] = [await ofImage(), await ofImage()];
    const honest = work;
    work = () => {
      work = honest;
      return Promise.reject(new Error('A bug'));
    };
    await built();
    expect(await read(one)).toMatchObject({ status: 'failed', reason: 'building-failed' });
    expect(await read(two)).toMatchObject({ status: 'ready' });
    expect(errors).toMatchObject([{ message: 'A bug' }]);
    await built();
    expect(await read(one)).toMatchObject({ status: 'ready', reason: null });
  });

  it('is built after a stop or a crash in the middle', async () => {
    const avatar = await ofImage();
    const honest = work;
    const { begun, letGo } = held();
    const first = start();
    first.wake();
    await begun;
    const stopped = first.stop();
    letGo();
    await stopped;
    expect(['building', 'ready']).toContain((await read(avatar)).status);
    work = honest;
    await built();
    expect(await read(avatar)).toMatchObject({ status: 'ready' });
    expect(await files()).toEqual(['.face']);
  });

  it('is built anew for another version of assets, and the old one goes', async () => {
    const avatar = await ofImage({ consent: true });
    await built();
    const { assetKey, previewKey } = await read(avatar);
    version = 2;
    await built();
    const now = await read(avatar);
    expect(now).toMatchObject({ status: 'ready', assetVersion: 2 });
    expect(now.assetKey).not.toBe(assetKey);
    expect(now.previewKey).not.toBe(previewKey);
    expect(await files()).toEqual(['.clip.webp', '.face', '.still.webp']);
  });

  it.each<[string, (avatar: Avatar) => Promise<void>]>([
    ['deleted', (avatar) => deleteAvatar(deps(), user.id, avatar.id)],
    ['given another picture', (avatar) => update(avatar, { url: 'https://example.com/other.jpg' })],
  ])('is thrown away when its avatar is %s meanwhile', async (_what, change) => {
    const avatar = await ofImage();
    const honest = work;
    const { begun, letGo } = held();
    const building = start();
    building.wake();
    await begun;
    await change(avatar);
    work = honest;
    letGo();
    await building.idle();
    const left = await temporary.storage.read.avatars.find(user.id, avatar.id);
    expect(await files()).toEqual(left ? ['.face'] : []);
    if (left) expect(await assetOf(left)).toBe('face 2');
  });

  it('and everything else goes with the avatar', async () => {
    const avatar = await ofImage({ consent: true });
    await built();
    expect(await files()).toHaveLength(3);
    await deleteAvatar(deps(), user.id, avatar.id);
    expect(await files()).toEqual([]);
    expect(await images.list()).toEqual([]);
  });

  it('goes when its avatar gets another picture, which needs a consent of its own', async () => {
    const avatar = await ofImage({ consent: true });
    await built();
    await update(avatar, { url: 'https://example.com/other.jpg' });
    expect(await read(avatar)).toMatchObject({ status: 'building', consent: false, assetKey: null, previewKey: null });
    expect(await files()).toEqual([]);
    await built();
    expect(await files()).toEqual(['.face']);
  });

  it('is built anew when the largest of several people is wanted', async () => {
    const avatar = await ofImage();
    const honest = work;
    work = () => Promise.reject(new AvatarProblemError('several-faces'));
    await built();
    work = honest;
    await update(avatar, { takeLargest: true });
    await built();
    expect(await read(avatar)).toMatchObject({ status: 'ready', takeLargest: true, reason: null });
  });

  it('is no orphan; what nobody has is swept', async () => {
    await ofImage({ consent: true });
    await built();
    await faces.saveAsset(Buffer.from('left by a crash'));
    const later = Date.now() + 2 * 60 * 60_000;
    expect(await sweepFaces({ stores: temporary.storage.read, faces, now: Date.now })).toBe(0);
    expect(await sweepFaces({ stores: temporary.storage.read, faces, now: () => later })).toBe(1);
    expect(await files()).toHaveLength(3);
  });
});

describe('a remote picture', () => {
  it('is fetched and kept, under its own address', async () => {
    const avatar = await ofUrl();
    await built();
    const now = await read(avatar);
    expect(now).toMatchObject({ status: 'ready', url: 'https://example.com/ada.jpg' });
    expect(await images.read(now.imageKey ?? '')).toBeDefined();
    fetchPicture = () => Promise.reject(new Error('fetched again'));
    version = 2;
    await built();
    expect(await read(avatar)).toMatchObject({ status: 'ready', assetVersion: 2, imageKey: now.imageKey });
  });

  it('that is none, or not to be had, is told as the reason', async () => {
    const bomb = await sharp({ create: { width: 9_000, height: 6_000, channels: 3, background: 'teal' } })
      .png({ compressionLevel: 9 })
      .toBuffer();
    for (const [fetched, reason] of [
      [async () => Buffer.from('<svg onload="alert(1)"/>'), 'not-a-picture'],
      [async () => png.subarray(0, 60), 'not-a-picture'],
      [async () => bomb, 'picture-too-large'],
      [() => Promise.reject(new AvatarProblemError('address-not-public')), 'address-not-public'],
    ] as const) {
      fetchPicture = fetched;
      const avatar = await ofUrl();
      await built();
      expect(await read(avatar)).toMatchObject({ status: 'failed', reason, imageKey: null });
    }
    expect(await images.list()).toEqual([]);
    expect(works).toBe(0);
  });

  it('is fetched once more when its address is sent again', async () => {
    const avatar = await ofUrl();
    const honest = fetchPicture;
    fetchPicture = () => Promise.reject(new AvatarProblemError('address-unreachable'));
    await built();
    expect(await read(avatar)).toMatchObject({ status: 'failed', reason: 'address-unreachable' });
    fetchPicture = honest;
    await update(avatar, { url: avatar.url, consent: true });
    await built();
    expect(await read(avatar)).toMatchObject({ status: 'ready', reason: null, consent: true });
  });

  it('that was fetched is kept although no face is in it', async () => {
    const avatar = await ofUrl();
    work = () => Promise.reject(new AvatarProblemError('no-face'));
    await built();
    const { imageKey, reason } = await read(avatar);
    expect(reason).toBe('no-face');
    expect(await images.read(imageKey ?? '')).toBeDefined();
  });
});

describe('the face of a call', () => {
  const fileFor = (avatarId: number | null) =>
    createFaceFiles({ stores: temporary.storage.read, faces, assetVersion: version }).fileFor(user, avatarId);

  it('is the avatar’s own when it is ready and may be animated, else a character’s with the reason', async () => {
    const [silent, willing] = [await ofImage(), await ofImage({ consent: true })];
    await expect(fileFor(willing.id)).rejects.toMatchObject({ code: 'no-capacity' });
    const character = await ofImage({ consent: true, character: 'robot' });
    await built();
    const [own, robot] = [await read(willing), await read(character)];
    expect(await fileFor(willing.id)).toEqual({
      file: faces.assetFile(own.assetKey ?? ''),
      path: assetPath(own.assetKey ?? ''),
      substituted: false,
    });
    const instead = { file: faces.assetFile(robot.assetKey ?? ''), path: assetPath(robot.assetKey ?? ''), substituted: true };
    expect(await fileFor(silent.id)).toEqual({ ...instead, warning: 'consent-missing' });
    expect(await fileFor(null)).toEqual({ ...instead, warning: 'avatar-missing' });
    expect(await fileFor(9_999)).toEqual({ ...instead, warning: 'avatar-missing' });
    const late = await ofImage({ consent: true });
    expect(await fileFor(late.id)).toEqual({ ...instead, warning: 'avatar-not-ready' });
  });
});
