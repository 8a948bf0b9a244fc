import { AvatarProblemError } from '../avatars/avatar-problem.ts';
import type { ImageStore } from '../avatars/image-store.ts';
import type { Now } from '../clock.ts';
import { AppError, invalid } from '../errors.ts';
import type { Storage } from '../stores.ts';

interface BackgroundDeps {
  storage: Storage;
  images: ImageStore;
  now: Now;
}

/**
 * Keeps a picture to stand behind an agent's face, in place of the one before; gives its key.
 * @throws AppError `agent-not-found`, and what `ImageStore.save` refuses with
 */
export async function setBackground(deps: BackgroundDeps, userId: number, agentId: number, bytes: Uint8Array): Promise<string> {
  // The file first: a row never points to one that is not there.
  const { key } = await deps.images.save(bytes);
  await exchange(deps, userId, agentId, key).catch(async (error: unknown) => {
    await forgetBackground(deps.images, key);
    throw error;
  });
  return key;
}

/** The same with the picture at an address, which is fetched from the public internet over https. @throws AppError `agent-not-found`, `invalid-request` where it cannot be had */
export async function fetchBackground(
  deps: BackgroundDeps & { fetchPicture: (url: string, signal: AbortSignal) => Promise<Uint8Array> },
  userId: number,
  agentId: number,
  url: string,
  signal: AbortSignal,
): Promise<string> {
  // Nobody makes the server fetch anything for an agent that is not theirs.
  if (!(await deps.storage.read.agents.find(userId, agentId))) throw new AppError('agent-not-found');
  const bytes = await deps.fetchPicture(url, signal).catch((error: unknown) => {
    throw error instanceof AvatarProblemError ? invalid('url', error.message) : error;
  });
  return setBackground(deps, userId, agentId, bytes);
}

/** Takes the picture away, file and all; nothing happens where there is none. @throws AppError `agent-not-found` */
export async function removeBackground(deps: BackgroundDeps, userId: number, agentId: number): Promise<void> {
  await exchange(deps, userId, agentId, null);
}

/** After the commit. A file that cannot be removed now is an orphan that the sweep at the next start takes. */
export async function forgetBackground(images: Pick<ImageStore, 'delete'>, key: string | null): Promise<void> {
  if (key !== null) await images.delete(key).catch(() => undefined);
}

async function exchange({ storage, images, now }: BackgroundDeps, userId: number, agentId: number, key: string | null) {
  const before = await storage.write(async ({ agents }) => {
    const agent = await agents.find(userId, agentId);
    if (!agent) throw new AppError('agent-not-found');
    await agents.update(userId, agentId, { backgroundKey: key }, now());
    return agent.backgroundKey;
  });
  await forgetBackground(images, before);
}
