/** Each word of the instant voice is a tone whose pitch says which one it is, counted round. */
export const WORD_MS = 250;
export const VOICE_RATE = 24_000;
export const TONES = 16;
const AMPLITUDE = 8_000;
/** Root mean square from which a piece counts as sound: the tones have 5657. */
export const LOUD = 300;

/** In Hz; all have whole periods in a word, so that words join without a click. */
const pitchOf = (tone: number): number => 400 + 160 * tone;

/** The sound of the word with this number, at 24 kHz. */
export function wordSound(word: number): Int16Array {
  const step = (2 * Math.PI * pitchOf(word % TONES)) / VOICE_RATE;
  return Int16Array.from({ length: (VOICE_RATE * WORD_MS) / 1000 }, (_, at) => Math.round(AMPLITUDE * Math.sin(step * at)));
}

/** Which tone is the strongest in a piece of sound (Goertzel's algorithm). */
export function toneIn(samples: Int16Array, sampleRate: number): number {
  let best = 0;
  let most = 0;
  for (let tone = 0; tone < TONES; tone++) {
    const factor = 2 * Math.cos((2 * Math.PI * pitchOf(tone)) / sampleRate);
    let before = 0;
    let last = 0;
    for (const sample of samples) [before, last] = [last, sample + factor * last - before];
    const power = last * last + before * before - factor * last * before;
    if (power > most) [best, most] = [tone, power];
  }
  return best;
}

/** How many words were played, from the tones of its 10 ms pieces in their order: a word counts once half of it was. */
export function wordsPlayed(tones: readonly number[]): number {
  let words = 0;
  let pieces = 0;
  for (const tone of tones) {
    const ahead = (tone - (words % TONES) + TONES) % TONES;
    if (ahead === 1) [words, pieces] = [words + 1, 0];
    // Between two words a piece may sound like anything.
    if (ahead <= 1) pieces += 1;
  }
  return words + (pieces >= WORD_MS / 10 / 2 ? 1 : 0);
}
