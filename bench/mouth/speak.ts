// Says the sentences that the mouth's model learns from: `npx tsx --conditions=source bench/mouth/speak.ts FOLDER [SECONDS]`
import { speakSentences } from './spoken-sentences.ts';

/** Exits with 3 when the time is over before everything was said. */
const [folder, seconds = '3600'] = process.argv.slice(2);
if (folder === undefined) throw new Error('Say where the sentences are kept');
if (!(await speakSentences(folder, Number(seconds)))) process.exitCode = 3;
