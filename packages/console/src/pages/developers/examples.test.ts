import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { type ExampleLanguage, examplesOf } from './examples.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const TYPES = ['agent_chat', 'agent_voice', 'agent_video', 'webrtc_video'] as const;
const STRICT = {
  strict: true,
  noUnusedLocals: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  target: 'es2023',
  module: 'esnext',
  moduleResolution: 'bundler',
  allowImportingTsExtensions: true,
  jsx: 'react-jsx',
};

// Types are those that a reader has: of Node on a server, of the browser in a page.
it('shows no TypeScript that does not compile', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-snippets-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const places = {
      server: { lib: ['es2023'], types: ['node'] },
      page: { lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'], types: [] },
    };
    for (const [place, options] of Object.entries(places)) {
      mkdirSync(join(folder, place));
      writeFileSync(join(folder, place, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...STRICT, ...options } }));
    }
    for (const language of ['typescript', 'react'] satisfies ExampleLanguage[])
      for (const type of TYPES)
        for (const { place = 'server', code } of examplesOf(language, { origin: 'https://agents.example', agentId: 1, type }))
          writeFileSync(
            join(folder, place, `${language}-${type}.${language === 'react' ? 'tsx' : 'ts'}`),
            `${code}\nexport {};\n`,
          );
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const said = await Promise.all(
      Object.keys(places).map((place) =>
        promisify(execFile)(tsc, ['-p', join(folder, place)]).then(
          ({ stdout }) => stdout,
          ({ stdout }: { stdout: string }) => stdout,
        ),
      ),
    );
    expect(said).toEqual(['', '']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('uses the hooks in React', () => {
  for (const type of ['agent_chat', 'agent_voice', 'agent_video'] as const) {
    const [, page] = examplesOf('react', { origin: 'https://agents.example', agentId: 1, type });
    expect(page?.code).toContain("from '@visavis/client/react'");
    expect(page?.code).not.toContain('connectLive');
  }
});
