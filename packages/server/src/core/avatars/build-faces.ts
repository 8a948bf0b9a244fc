import type { Now } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Storage } from '../stores.ts';
import type { Avatar, AvatarChanges } from './avatar.ts';
import { type AvatarProblem, AvatarProblemError } from './avatar-problem.ts';
import type { FaceBuilder } from './face-builder.ts';
import type { FaceStore } from './face-store.ts';
import type { GivingWay } from './giving-way.ts';
import type { ImageStore } from './image-store.ts';
import { forgetFaces } from './manage-avatars.ts';

export interface FaceBuildingDeps {
  storage: Storage;
  images: ImageStore;
  faces: FaceStore;
  builder: FaceBuilder;
  /** @throws AvatarProblemError where the picture is not to be had */
  fetchPicture: (url: string, signal: AbortSignal) => Promise<Uint8Array>;
  /** Asked before each preview, which nobody waits for. */
  givingWay?: GivingWay;
  now: Now;
  onError: (error: unknown, avatarId: number) => void;
  /** Called with every face that was built or refused, for the log. */
  onBuilt?: (built: { avatarId: number; ms: number; problem: AvatarProblem | undefined }) => void;
}

export interface FaceBuilding {
  /** Looks for work, soon. */
  wake(): void;
  /** Resolves when nothing is left to be done, or can be done now. */
  idle(): Promise<void>;
  /** Lets go of the work in hand, which is begun anew at the next start. */
  stop(): Promise<void>;
}

/** Reasons that may be gone at the next start: a bug, a machine that was too busy. */
const TRIED_AGAIN: readonly AvatarProblem[] = ['building-failed', 'took-too-long'];

/**
 * Builds the faces of avatars, one after the other. Whatever is `building` in storage is to be done, so that nothing is forgotten when the
 * server stops or dies. At the start faces of other versions are built anew.
 */
export function createFaceBuilding(deps: FaceBuildingDeps): FaceBuilding {
  const stopping = new AbortController();
  /** What failed for reasons of this server: not before its next start. */
  const putOff = { build: new Set<number>(), preview: new Set<number>() };
  let running: Promise<void> | undefined;
  let woken = false;
  let reopened = false;

  async function work(): Promise<void> {
    if (!reopened) {
      await deps.storage.write(({ avatars }) => avatars.rebuild(deps.builder.assetVersion, TRIED_AGAIN));
      reopened = true;
    }
    do {
      woken = false;
      while (!stopping.signal.aborted && (await doNext())) {
        // Each round is one avatar.
      }
    } while (woken && !stopping.signal.aborted);
  }

  async function doNext(): Promise<boolean> {
    const { avatars } = deps.storage.read;
    const toBuild = await avatars.nextToBuild([...putOff.build]);
    if (toBuild) {
      await attempt(toBuild, putOff.build, () => buildOne(deps, toBuild, stopping.signal));
      return true;
    }
    const toPreview = await avatars.nextToPreview([...putOff.preview]);
    if (!toPreview) return false;
    if (await deps.givingWay?.waited(stopping.signal)) return true;
    await attempt(toPreview, putOff.preview, () => previewOne(deps, toPreview, stopping.signal));
    return true;
  }

  async function attempt(avatar: Avatar, failed: Set<number>, job: () => Promise<void>): Promise<void> {
    await job().catch((error: unknown) => {
      if (stopping.signal.aborted) return;
      failed.add(avatar.id);
      deps.onError(error, avatar.id);
    });
  }

  function run(): Promise<void> {
    running ??= work()
      .catch((error: unknown) => deps.onError(error, 0))
      .finally(() => {
        running = undefined;
        if (woken && !stopping.signal.aborted) void run();
      });
    return running;
  }

  return {
    wake() {
      if (stopping.signal.aborted) return;
      woken = true;
      void run();
    },
    async idle() {
      while (running) await running;
    },
    async stop() {
      stopping.abort(new Error('The server stops'));
      await running;
    },
  };
}

async function buildOne(deps: FaceBuildingDeps, avatar: Avatar, signal: AbortSignal): Promise<void> {
  const { images, faces, builder, now } = deps;
  const began = now();
  const made: { imageKey?: string; assetKey?: string } = {};
  let problem: AvatarProblem | undefined;
  let changes: AvatarChanges;
  try {
    const asset = await assetOf(deps, avatar, made, signal);
    made.assetKey = await faces.saveAsset(asset);
    changes = { status: 'ready', reason: null, assetKey: made.assetKey, assetVersion: builder.assetVersion };
  } catch (error) {
    signal.throwIfAborted();
    problem = error instanceof AvatarProblemError ? error.problem : 'building-failed';
    if (problem === 'building-failed') deps.onError(error, avatar.id);
    changes = { status: 'failed', reason: problem, assetKey: null, assetVersion: null };
  }
  const imageKey = made.imageKey;
  const kept = await settle(deps, avatar, { ...changes, previewKey: null, ...(imageKey !== undefined && { imageKey }) }).catch(
    async (error: unknown) => {
      await forget();
      throw error;
    },
  );
  if (!kept) return forget();
  await forgetFaces(faces, avatar);
  deps.onBuilt?.({ avatarId: avatar.id, ms: now() - began, problem });

  async function forget(): Promise<void> {
    if (made.imageKey !== undefined) await images.delete(made.imageKey).catch(() => undefined);
    if (made.assetKey !== undefined) await faces.delete(made.assetKey).catch(() => undefined);
  }
}

async function assetOf(
  deps: FaceBuildingDeps,
  avatar: Avatar,
  made: { imageKey?: string },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { images, builder } = deps;
  if (avatar.character !== null) return builder.ofCharacter(avatar.character, { signal });
  if (avatar.imageKey === null) made.imageKey = await fetchImage(deps, avatar.url, signal);
  const imageKey = avatar.imageKey ?? made.imageKey ?? '';
  const picture = await images.read(imageKey);
  if (!picture) throw new Error(`The picture of avatar ${avatar.id} is not there`);
  return builder.ofPicture(picture, { takeLargest: avatar.takeLargest, signal });
}

/** Keeps a copy, of which the face is built anew when that becomes necessary. */
async function fetchImage({ images, fetchPicture }: FaceBuildingDeps, url: string, signal: AbortSignal): Promise<string> {
  const bytes = await fetchPicture(url, signal);
  try {
    return (await images.save(bytes)).key;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'unsupported-image') throw new AvatarProblemError('not-a-picture', { cause: error });
    if (error.code === 'too-large') throw new AvatarProblemError('picture-too-large', { cause: error });
    throw error;
  }
}

async function previewOne(deps: FaceBuildingDeps, avatar: Avatar, signal: AbortSignal): Promise<void> {
  const { faces, builder } = deps;
  const asset = avatar.assetKey === null ? undefined : await faces.readAsset(avatar.assetKey);
  if (!asset) throw new Error(`The face of avatar ${avatar.id} is not there`);
  const previewKey = await faces.savePreviews(await builder.preview(asset, { signal }));
  const kept = await settle(deps, avatar, { previewKey }).catch(() => false);
  if (!kept) await faces.delete(previewKey).catch(() => undefined);
}

/** Stores what became of an avatar, unless it was changed meanwhile in a way that matters for it; then false. */
function settle({ storage, now }: FaceBuildingDeps, before: Avatar, changes: AvatarChanges): Promise<boolean> {
  return storage.write(async ({ avatars }) => {
    const avatar = await avatars.find(before.userId, before.id);
    const same = (['url', 'imageKey', 'status', 'assetKey', 'takeLargest'] as const).every(
      (key) => avatar?.[key] === before[key],
    );
    if (!avatar || !same) return false;
    if (changes.status === undefined && !avatar.consent) return false;
    return avatars.update(avatar.userId, avatar.id, changes, now());
  });
}
