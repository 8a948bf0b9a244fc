import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureSpeechModels, userModelsDir } from '../packages/server/src/testing/test-model.ts';
import { API_KEY, cleanUp, startProduct, temporaryFolder } from './harness/product.ts';
import { heard, type Provider, startProvider } from './harness/provider.ts';
import { until } from './harness/until.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** Blocks that show the two commands which every test run begins with. */
const STARTS = /^npm (ci|start|test)/m;

interface Block {
  line: number;
  code: string;
  /** Why it is not run. */
  untested: string | undefined;
}

const speechModels = await ensureSpeechModels();
let provider: Provider;
beforeAll(async () => {
  provider = await startProvider(heard());
});
afterAll(() => provider.close());
afterEach(cleanUp);

/** The commands of the documentation, page by page, each on a server of its own that was never used before. */
describe('the commands of the documentation', () => {
  for (const page of pages) {
    const blocks = shellBlocks(readFileSync(join(root, page), 'utf8'));
    const tested = blocks.filter(({ untested, code }) => untested === undefined && !STARTS.test(code));
    for (const { line, untested } of blocks.filter((block) => block.untested !== undefined)) {
      it.skip(`${page}:${line}: ${untested}`, () => undefined);
    }
    const needsSpeech = tested.some(({ code }) => /\/(speech|transcriptions)\b/.test(code));
    if (tested.length > 0) {
      it(`of ${page} run`, ({ skip }) => {
        if (needsSpeech && speechModels.reason !== undefined) return skip(speechModels.reason);
        return run(tested, needsSpeech);
      });
    }
  }

  it('are all found', () => {
    expect(pages.flatMap((page) => shellBlocks(readFileSync(join(root, page), 'utf8'))).length).toBeGreaterThan(8);
  });
});

describe('the links of the documentation', () => {
  it('lead to files that are there', () => {
    const broken = pages.flatMap((page) => {
      const text = readFileSync(join(root, page), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link]) => link as string);
      return links.filter((link) => !existsSync(join(root, page, '..', link))).map((link) => `${page}: ${link}`);
    });
    expect(broken).toEqual([]);
  });
});

/** Runs blocks one after the other in one shell: the first command that fails, or request that is refused, ends it. */
async function run(blocks: Block[], withSpeech: boolean): Promise<void> {
  const speech = { VISAVIS_STT: undefined, VISAVIS_TTS: undefined, VISAVIS_MODELS_DIR: userModelsDir() };
  const product = await startProduct({ env: { ...provider.env, ...(withSpeech && speech) } });
  const ready = async () => {
    const { models } = await product.api.ok<{ models: Array<{ state: string }> }>('GET', '/readyz');
    const { voices } = await product.api.ok<{ voices: Array<{ voice_id: string; available: boolean }> }>('GET', 'voices');
    const spoken = voices.filter(({ voice_id }) => voice_id.startsWith('local/'));
    return models.length > 0 && models.every(({ state }) => state === 'ready') && spoken.every(({ available }) => available);
  };
  if (withSpeech) await until('ears and voices', ready, 120_000);
  const folder = temporaryFolder();
  const script = [
    'set -euo pipefail',
    'shopt -s expand_aliases',
    'curl() { command curl --fail-with-body "$@"; }',
    `export KEY='${API_KEY}'`,
    ...blocks.map(({ code }) =>
      code
        .replaceAll(/http:\/\/(127\.0\.0\.1|localhost):3000/g, product.url)
        .replaceAll('https://models.example.com/v1', provider.url),
    ),
  ].join('\n');
  const file = join(folder, 'commands.sh');
  writeFileSync(file, script.replace(/^export KEY='ah_live_\.\.\.'.*$/gm, ''));
  const { stdout } = await promisify(execFile)('bash', [file], { cwd: folder }).catch(
    (error: Error & { stdout: string; stderr: string }) => {
      throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
    },
  );
  expect(stdout).not.toContain('"success":false');
}

/** The fenced blocks of shell commands in a page. */
function shellBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```sh(.*)\n([\s\S]*?)^```$/gm)].map(({ 1: info = '', 2: code = '', index }) => ({
    line: markdown.slice(0, index).split('\n').length,
    code,
    untested: /no-test="([^"]+)"/.exec(info)?.[1],
  }));
}
