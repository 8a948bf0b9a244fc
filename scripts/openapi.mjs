// `npm run openapi`: writes openapi.json from the running routes.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = ['--import', 'tsx', '--conditions=source', 'packages/server/src/testing/write-openapi.ts'];
const { status } = spawnSync(process.execPath, [...source, 'openapi.json'], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
