import { cpSync, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED_FOLDER } from './shared-folder.ts';

/**
 * Fills an empty data folder with what a server leaves that has run before: its database and its built-in faces, which take half a minute
 * of both cores to build. `run` has a server do that in a folder, once in a run of tests; outside of one the folder stays empty.
 */
export async function fillDataFolder(folder: string, run: (dataDir: string) => Promise<void>): Promise<void> {
  const shared = process.env[SHARED_FOLDER];
  if (shared === undefined) return;
  const built = join(shared, 'data');
  if (!existsSync(built)) {
    const building = `${built}-${process.pid}`;
    await run(building);
    renameSync(building, built);
  }
  cpSync(built, folder, { recursive: true });
}
