import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { ModelError, systemCode } from './model-error.ts';

/** After this long without a sign of life a lock counts as left behind by a dead process. */
const STALE_MS = 10_000;
const POLL_MS = 250;

/** A held lock: `lost` fires if it was taken away (the process was suspended for long), `release` gives it back. */
export interface ModelLock {
  lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Takes the lock of one model in a models folder, across processes; waits as long as another holds it.
 * `onWait` is called at every look. A lock of a process that died is taken over after 10 s.
 */
export async function lockModel(
  modelsDir: string,
  name: string,
  options: { signal: AbortSignal; onWait?: () => void },
): Promise<ModelLock> {
  for (;;) {
    const held = await tryLockModel(modelsDir, name);
    if (held) return held;
    options.onWait?.();
    await pause(POLL_MS, undefined, { signal: options.signal });
  }
}

/** Takes the lock if it is free at this moment. Throws what the file system throws. */
export async function tryLockModel(modelsDir: string, name: string): Promise<ModelLock | undefined> {
  await mkdir(modelsDir, { recursive: true });
  const lost = new AbortController();
  try {
    const release = await lock(join(modelsDir, name), {
      lockfilePath: join(modelsDir, `.${name}.lock`),
      realpath: false,
      stale: STALE_MS,
      update: STALE_MS / 4,
      onCompromised: (cause) =>
        lost.abort(new ModelError('lock-lost', `The lock of model ${name} was lost; try again`, { cause })),
    });
    // Releasing a lock that was lost throws; there is nothing left to release then.
    return { lost: lost.signal, release: () => release().catch(() => undefined) };
  } catch (error) {
    if (systemCode(error) === 'ELOCKED') return undefined;
    throw error;
  }
}
