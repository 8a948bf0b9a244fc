// PocketSphinx on the recorded speech: `npx tsx bench/speech/yardstick.ts [--show]`
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fetchRecordings, PYTHON_FOLDER } from './fetch-recordings.ts';
import { clipFile, type Utterance } from './recordings.ts';
import { byGroup, type Recognised, score } from './score.ts';

export interface YardstickRun {
  recognised: Recognised[];
  cpuSeconds: number;
  audioSeconds: number;
  residentBytes: number;
}

/** Recognises every utterance with PocketSphinx 5.1.1 as it is delivered. */
export function runYardstick(utterances: readonly Utterance[]): YardstickRun {
  const output = execFileSync('python3', [fileURLToPath(new URL('./run-pocketsphinx.py', import.meta.url))], {
    input: utterances.map(({ id }) => `${id}\t${clipFile(id, '16k')}`).join('\n'),
    env: { ...process.env, PYTHONPATH: PYTHON_FOLDER },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const lines: Array<{ id: string; text: string; seconds: number; cpuSeconds: number; residentBytes?: number }> = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { residentBytes = 0 } = lines.pop() ?? {};
  const texts = new Map(lines.map(({ id, text }) => [id, text]));
  return {
    recognised: utterances.map((utterance) => ({ utterance, text: texts.get(utterance.id) ?? '' })),
    cpuSeconds: lines.reduce((sum, line) => sum + line.cpuSeconds, 0),
    audioSeconds: lines.reduce((sum, line) => sum + line.seconds, 0),
    residentBytes,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const utterances = fetchRecordings('en').utterances.filter(({ language }) => language === 'en');
  const run = runYardstick(utterances);
  if (process.argv.includes('--show')) for (const { utterance, text } of run.recognised) console.log(`${utterance.id}: ${text}`);
  console.log(score(run.recognised), { rtf: run.cpuSeconds / run.audioSeconds, rssMb: run.residentBytes / 2 ** 20 });
  console.table(byGroup(run.recognised, ({ speaker }) => speaker));
  console.table(byGroup(run.recognised, (utterance) => utterance.package));
}
