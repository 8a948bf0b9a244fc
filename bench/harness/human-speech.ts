import { atRate } from '../../packages/server/src/testing/real-speech.ts';
import { fetchRecordings } from '../speech/fetch-recordings.ts';
import { readClip } from '../speech/recordings.ts';

/**
 * Sentences of people, recorded, for conversations whose words do not matter: a voice prompt artist in a studio, and readers of the
 * Harvard sentences, one of them on a telephone's band. Whole sentences, because the turn models listen to how they end; never synthetic, because
 * synthetic speech often sits on the threshold of the end-of-turn model.
 */
const IDS = [
  'asterisk-en-conf-lockednow',
  'asterisk-en-please-try-call-later',
  'asterisk-en-conf-now-unmuted',
  'harvard-osr-3',
  'asterisk-en-confbridge-removed',
  'asterisk-en-pls-hold-while-try',
  'harvard-osr-1',
  'asterisk-en-demo-echodone',
  'asterisk-en-vm-nobodyavail',
  'harvard-hts-2',
  'asterisk-en-vm-repeat',
  'harvard-osr-2',
  'asterisk-en-vm-next',
  'harvard-osr-4',
  'harvard-hts-1',
  'asterisk-en-feature-not-avail-line',
  'harvard-hts-4',
  'asterisk-en-conf-roll-callcomplete',
  'asterisk-en-confbridge-lock-no-join',
  'harvard-hts-8',
];
const RATE = 16_000;
/** What is 30 dB below the loudest 20 ms is no speech. */
const QUIET = 1 / 1000;
/** Of the loudest sample, of 32768. */
const PEAK = 16_000;

export interface Clip {
  id: string;
  /** Mono, 48 kHz: from the first sound of speech to the last. */
  samples: Int16Array;
  /** Of its length. */
  ms: number;
}

/** The sentences, shortest first, without the quiet around them; brought by `apt-get download` where they are not there. */
export function humanSentences(): Clip[] {
  const { utterances } = fetchRecordings('en', false, IDS);
  const clips = IDS.map((id) => {
    const utterance = utterances.find((each) => each.id === id);
    if (!utterance) throw new Error(`There is no recording ${id}`);
    return clipOf(id, readClip(utterance).samples);
  });
  return clips.sort((a, b) => a.ms - b.ms);
}

function clipOf(id: string, recorded: Float32Array): Clip {
  const speech = withoutOuterQuiet(recorded);
  const gain = PEAK / speech.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const samples = atRate(
    Int16Array.from(speech, (value) => Math.round(value * gain)),
    RATE,
    48_000,
  );
  return { id, samples, ms: samples.length / 48 };
}

function withoutOuterQuiet(samples: Float32Array): Float32Array {
  const frame = RATE / 50;
  const count = Math.floor(samples.length / frame);
  const powers = Array.from({ length: count }, (_, n) =>
    samples.subarray(n * frame, (n + 1) * frame).reduce((sum, value) => sum + value * value, 0),
  );
  const least = Math.max(...powers) * QUIET;
  const first = powers.findIndex((power) => power >= least);
  const last = powers.findLastIndex((power) => power >= least);
  return samples.subarray(first * frame, (last + 1) * frame);
}
