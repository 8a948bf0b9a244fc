import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

/** The walls of the house style, "Who may import whom", as `biome.json` has them: one file each, with one import. */
const REFUSED: Array<[file: string, code: string]> = [
  ['server/src/core/a.ts', "import '../storage/sqlite.ts';"],
  ['server/src/core/b.ts', "import '../config.ts';"],
  ['server/src/core/sessions/a.ts', "import '../../providers/server-providers.ts';"],
  ['server/src/core/sessions/b.ts', "import 'fastify';"],
  ['server/src/core/sessions/c.ts', "import { readFile } from 'node:fs/promises';\nexport { readFile };"],
  ['server/src/core/sessions/d.ts', "import type { llm } from '@livekit/agents';\nexport type A = llm.LLM;"],
  ['server/src/http/a.ts', "import '../storage/sqlite.ts';"],
  ['server/src/http/routes/a.ts', "import type { A } from '../../providers/server-providers.ts';\nexport type B = A;"],
  ['server/src/http/routes/b.ts', "import '../../transport/webrtc.ts';"],
  ['server/src/http/routes/c.ts', "export const load = () => import('../../storage/sqlite.ts');"],
  ['server/src/audio-files/a.ts', "import '../providers/ffmpeg-program.ts';"],
  ['server/src/storage/a.ts', "import '../config.ts';"],
  ['server/src/storage/migrations/a.ts', "import '../../http/app.ts';"],
  ['server/src/transport/a.ts', "import '../conversation/start-conversation.ts';"],
  ['server/src/workers/a.ts', "import '../conversation/start-conversation.ts';"],
  ['server/src/providers/one/a.ts', "import '../two/b.ts';"],
  ['server/src/providers/one/b.ts', "import '../../conversation/start-conversation.ts';"],
  ['server/src/providers/one/parts/a.ts', "import '../../two/b.ts';"],
  ['server/src/providers/one/parts/b.ts', "import '../../../http/app.ts';"],
  ['server/src/spoken-text/a.ts', "import '../core/errors.ts';"],
  ['server/src/conversation/a.ts', "import '../workers/supervisor.ts';"],
  ['server/src/compose.ts', "import '@livekit/agents';"],
  ['server/src/core/c.ts', 'export const port = process.env.PORT;'],
  ['server/src/main.ts', 'export const port = process.env.PORT;'],
  ['protocol/src/a.ts', "import 'node:crypto';"],
  ['protocol/src/b.ts', "import '@visavis/server';"],
  ['face/src/a.ts', "import 'node:fs';"],
  ['face/src/b.ts', "import '@visavis/protocol';"],
  ['client/src/a.ts', "import type { A } from '../../server/src/core/errors.ts';\nexport type B = A;"],
  ['client/src/b.ts', "import '@visavis/widget';"],
  ['widget/src/a.ts', "import '@visavis/console';"],
  ['console/src/a.ts', "import '@visavis/server';"],
];

const ALLOWED: Array<[file: string, code: string]> = [
  ['server/src/core/sessions/y.ts', "import '../providers/provider.ts';\nimport './turn.ts';\nimport '@visavis/protocol';"],
  ['server/src/http/routes/y.ts', "import '../../core/access/caller.ts';\nimport '../errors.ts';\nimport 'fastify';"],
  ['server/src/storage/migrations/y.ts', "import '../../core/errors.ts';\nimport '../engine.ts';"],
  [
    'server/src/providers/one/y.ts',
    "import '@livekit/agents';\nimport '../../core/errors.ts';\nimport '../models/catalogue.ts';",
  ],
  [
    'server/src/providers/one/parts/y.ts',
    "import '../../models/catalogue.ts';\nimport '../other/z.ts';\nimport '../../../core/errors.ts';",
  ],
  ['server/src/conversation/y.ts', "import '@livekit/agents';\nimport '../providers/one/y.ts';"],
  ['server/src/compose-y.ts', "import './http/app.ts';\nimport './storage/sqlite.ts';"],
  ['server/src/workers/worker-main.ts', "import '../conversation/start-conversation.ts';"],
  ['server/src/http/y.test.ts', "import '../testing/test-api.ts';\nexport const home = process.env.HOME;"],
  ['server/src/config.ts', 'export const port = process.env.PORT;'],
  ['console/src/y.ts', "import '@visavis/client';\nimport '@visavis/widget';"],
];

const RULES = /lint\/style\/(noRestrictedImports|noProcessEnv)/;

describe('the walls between the parts', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'visavis-walls-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('stop every forbidden import, and none of the others', () => {
    const settings = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as { vcs: unknown };
    settings.vcs = { enabled: false };
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(settings));
    for (const [file, code] of [...REFUSED, ...ALLOWED]) {
      const path = join(folder, 'packages', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${code}\n`);
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: Array<{ category: string; location: { path: string | { file: string } } }>;
    };
    const stopped = diagnostics
      .filter(({ category }) => RULES.test(category))
      .map(({ location }) =>
        (typeof location.path === 'string' ? location.path : location.path.file).replace(/^.*?packages\//, ''),
      );
    expect([...new Set(stopped)].sort()).toEqual(REFUSED.map(([file]) => file).sort());
  });
});
