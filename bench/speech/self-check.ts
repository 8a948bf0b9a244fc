// Checks the measuring tools against known answers: `npx tsx bench/speech/self-check.ts`
import assert from 'node:assert/strict';
import { CLICK_RATIO, loudnessLufs, peakDbfs, trailingDbfs, worstClick } from './loudness.ts';
import { spread } from './measure.ts';
import { NOISE_RATE, NOISES } from './noise.ts';
import { addWordErrors, countWordErrors, normaliseWords, wordErrorRate } from './word-errors.ts';

const equal: Array<[string, string]> = [
  ["It's ten past two, isn't it?", 'it is 10 past 2 is not it'],
  ['Press 1 or 2.', 'press one or two'],
  ['twenty-five dollars', '$25'],
  ['forty-five dollars', '45 dollars'],
  ['two nine three four zero', '29340'],
  ['three oh five', '305'],
  ['seven thirty', '7:30'],
  ['seven thirty', '7.30'],
  ['the second of January', 'the 2nd of January'],
  ['the twenty-second', 'the 22nd'],
  ['nine o clock', "9 o'clock"],
  ['one hundred and five', '105'],
  ['two hundred and fifty people', '250 people'],
  ['one thousand two hundred thirty-four', '1,234'],
  ['three thousand', '3000'],
  ['one thousand and five', '1005'],
  ['two thousand and more', '2000 and more'],
  ['one and two', '1 and 2'],
  ['two million', '2000000'],
  ['nineteen eighty-four', '1984'],
  ['twenty twenty', '2020'],
  ['the twenty-first of June', 'the 21st of june'],
  ['the first and the third', 'the 1st and the 3rd'],
  ['three point five percent', '3.5%'],
  ['Mr. Dashwood', 'mister dashwood'],
  ['my favourite colour', 'my favorite color'],
  ["we're gonna tackle", 'we are going to tackle'],
  ["I can't", 'I cannot'],
  ["you'll see, they've gone, I'd go", 'you will see they have gone I would go'],
  ['uh so um this', 'So, this.'],
  ['mail box', 'mailbox'],
  ['re-record', 'rerecord'],
  ['m f a', 'MFA'],
  ['at 5 p.m.', 'at five PM'],
  ['café', 'cafe'],
  ["the party's name", 'the partys name'],
  ['wait a second', 'Wait a second.'],
  ['black & white', 'black and white'],
  ['alright', 'all right'],
];
for (const [one, other] of equal) {
  const { errors } = countWordErrors(one, other);
  assert.equal(errors, 0, `${one} / ${other}: ${normaliseWords(one).join(' ')} / ${normaliseWords(other).join(' ')}`);
  assert.equal(countWordErrors(other, one).errors, 0, `${other} / ${one}`);
}
const exactly = (said: string, heard: string) => {
  const { words, errors, ...kinds } = countWordErrors(said, heard);
  assert.equal(errors, kinds.substitutions + kinds.insertions + kinds.deletions);
  return kinds;
};
assert.deepEqual(exactly('the cat sat on the mat', 'the cat sit on the mat'), { substitutions: 1, insertions: 0, deletions: 0 });
assert.deepEqual(exactly('the cat sat on the mat', 'the cat sat on mat'), { substitutions: 0, insertions: 0, deletions: 1 });
assert.deepEqual(exactly('the cat sat on the mat', 'the cat sat there on the mat'), {
  substitutions: 0,
  insertions: 1,
  deletions: 0,
});
assert.deepEqual(countWordErrors('hello there', ''), { words: 2, errors: 2, substitutions: 0, insertions: 0, deletions: 2 });
assert.equal(countWordErrors('', 'you').insertions, 1);
assert.equal(countWordErrors('twenty five', 'twenty nine').errors, 1, 'numbers that differ are errors');
assert.equal(countWordErrors('press one', 'press won').errors, 1);
assert.equal(wordErrorRate(addWordErrors([countWordErrors('a b c', 'a b c'), countWordErrors('d', 'e')])), 0.25);

const sine = (hertz: number, dbfs: number, seconds: number, sampleRate: number) => ({
  samples: Float32Array.from(
    { length: seconds * sampleRate },
    (_, i) => 10 ** (dbfs / 20) * Math.sin((2 * Math.PI * hertz * i) / sampleRate),
  ),
  sampleRate,
});
const near = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);
for (const sampleRate of [16_000, 22_050, 24_000, 44_100, 48_000]) {
  // ITU-R BS.1770-4: a sine of 997 Hz at 0 dBFS in one channel measures -3.01 LKFS.
  near(loudnessLufs(sine(997, 0, 5, sampleRate)), -3.01, 0.05, `997 Hz at ${sampleRate} Hz`);
  // EBU Tech 3341, case 1, is -23.0 LUFS in two channels; one of them alone is 3.01 lower.
  near(loudnessLufs(sine(1000, -23, 20, sampleRate)), -26.01, 0.1, `case 1 at ${sampleRate} Hz`);
}
// EBU Tech 3341, case 3: quiet parts are left out by the relative gate (one channel of two).
const parts = [sine(1000, -36, 10, 48_000), sine(1000, -23, 60, 48_000), sine(1000, -36, 10, 48_000)].map(
  ({ samples }) => samples,
);
const gated = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
let at = 0;
for (const part of parts) {
  gated.set(part, at);
  at += part.length;
}
near(loudnessLufs({ samples: gated, sampleRate: 48_000 }), -26.01, 0.1, 'case 3');
assert.equal(loudnessLufs({ samples: new Float32Array(48_000), sampleRate: 48_000 }), Number.NEGATIVE_INFINITY);
near(peakDbfs(sine(997, -6, 1, 48_000).samples), -6, 0.01, 'peak');
near(trailingDbfs(sine(1000, -20, 1, 24_000)), -23.01, 0.05, 'trailing');

const smooth = sine(200, -12, 1, 24_000);
assert.ok(worstClick(smooth).ratio < CLICK_RATIO / 2, `a tone is no click: ${worstClick(smooth).ratio}`);
const clicked = { ...smooth, samples: smooth.samples.slice() };
clicked.samples[12_000] = (clicked.samples[12_000] ?? 0) + 0.3;
assert.ok(worstClick(clicked).ratio > CLICK_RATIO, `a click is found: ${worstClick(clicked).ratio}`);
near(worstClick(clicked).atSeconds, 0.5, 0.001, 'place of the click');

const seconds = NOISES.reduce((sum, noise) => sum + noise.seconds, 0);
assert.equal(seconds, 600);
for (const noise of NOISES) {
  const samples = noise.samples();
  assert.equal(samples.length, noise.seconds * NOISE_RATE);
  assert.deepEqual(samples.subarray(0, 100), noise.samples().subarray(0, 100), `${noise.name} is always the same`);
  const level = Number(/(-\d+) dBFS/.exec(noise.name)?.[1] ?? Number.NEGATIVE_INFINITY);
  const rms = 10 * Math.log10(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  // Clicks are higher than full scale at this level, and are cut.
  if (Number.isFinite(level) && noise.name.startsWith('clicks') === false) near(rms, level, 0.5, noise.name);
}
assert.deepEqual(spread([1, 2, 3, 4]), { p50: 3, p95: 4 });
console.log('The measuring tools give the known answers');
