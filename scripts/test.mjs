// `npm test [unit|contracts|e2e] [file ...]`: brings what the suite needs, checks, builds, runs it, and closes with
// "N passed, N failed". What cannot be had here is reported as skipped, with the reason, by the tests themselves.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bringDebianPackages } from './debian-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [part, ...files] = process.argv.slice(2);
const parts = ['unit', 'contracts', 'e2e'];
const chosen = part === undefined || !parts.includes(part) ? parts : [part];

const run = (script, args) =>
  spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;

bringDebianPackages();
let failed = 0;
if (part === undefined) {
  console.log('Checking style and types …');
  failed += run('@biomejs/biome/bin/biome', ['check', '.']) === 0 ? 0 : 1;
  failed += run('typescript/bin/tsc', ['-b']) === 0 ? 0 : 1;
}
if (spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' }).status !== 0) {
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'visavis-results-'));
const report = join(folder, 'results.json');
const names = chosen.flatMap((name) => ['--project', name]);
const filters = part === undefined || parts.includes(part) ? files : process.argv.slice(2);
run('vitest/vitest.mjs', ['run', ...names, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters]);

let passed = 0;
let skipped = 0;
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults, success } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  passed = numPassedTests;
  skipped = numPendingTests + numTodoTests;
  // A file that could not be loaded, or an error outside a test, has no failed test of its own.
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  failed += numFailedTests + brokenFiles.length;
  if (!success && failed === 0) failed = 1;
} else failed += 1;
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 ? 0 : 1);
