import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The environment variable that names the folder which the files of one run of tests have in common. */
export const SHARED_FOLDER = 'VISAVIS_E2E_SHARED';

/** For vitest's `globalSetup`: the folder is empty at the beginning of a run, and removed at its end. */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-e2e-shared-'));
  process.env[SHARED_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
