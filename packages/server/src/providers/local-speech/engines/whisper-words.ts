import type { WhisperTokens } from './whisper-tokens.ts';

/** Where in the audio the decoder looked when it wrote a token: for each alignment head one weight for each place of 20 ms. */
export interface Look {
  heads: number;
  places: number;
  weights: Float32Array;
}

export interface SpokenWord {
  text: string;
  start: number;
  end: number;
}

const SECONDS_PER_PLACE = 0.02;
/** Weights are smoothed over this many places, as OpenAI does. */
const SMOOTHED_PLACES = 7;
/** Languages that are written without spaces: there every character is a word of its own. */
const WITHOUT_SPACES = new Set(['zh', 'ja', 'th', 'lo', 'my', 'km', 'bo']);

/**
 * The words of a text with their times. The looks (one for each token and one for the end; cut to the places where somebody may speak) are brought in line with the audio by dynamic time warping
 * (Whisper's own way to time words: https://github.com/openai/whisper/pull/869). Times are right to about a fifth of a second.
 */
export function timeWords(
  text: readonly number[],
  looks: readonly Look[],
  spoken: { language: string; places: number },
  tokens: Pick<WhisperTokens, 'bytes'>,
): SpokenWord[] {
  if (text.length === 0) return [];
  const starts = startTimes(looks, spoken.places);
  const words: SpokenWord[] = [];
  for (const { text: word, first, after } of groupTokens(text, spoken.language, tokens)) {
    const start = starts[first] ?? 0;
    words.push({ text: word, start, end: Math.max(start, starts[after] ?? starts.at(-1) ?? start) });
  }
  return words;
}

interface TokenGroup {
  text: string;
  /** Its first token, and the one after its last. */
  first: number;
  after: number;
}

/** Tokens that make a word: they begin with a space and go on without; punctuation belongs to the word before. */
function groupTokens(text: readonly number[], language: string, tokens: Pick<WhisperTokens, 'bytes'>): TokenGroup[] {
  const spaced = !WITHOUT_SPACES.has(language);
  const groups: TokenGroup[] = [];
  let bytes = Buffer.alloc(0);
  let first = 0;
  for (const [at, token] of text.entries()) {
    bytes = Buffer.concat([bytes, tokens.bytes(token)]);
    const piece = bytes.toString();
    if (piece.endsWith('\ufffd') && at < text.length - 1) continue; // The rest of the character comes with the next token.
    const last = groups.at(-1);
    const goesOn = last && (/^\p{P}+$/u.test(piece) || (spaced && !piece.startsWith(' ')));
    if (goesOn) Object.assign(last, { text: last.text + piece, after: at + 1 });
    else groups.push({ text: piece.trimStart(), first, after: at + 1 });
    bytes = Buffer.alloc(0);
    first = at + 1;
  }
  return groups.filter((group) => group.text !== '');
}

/** When each token begins, in seconds. */
function startTimes(looks: readonly Look[], mostPlaces: number): number[] {
  const places = Math.min(mostPlaces, looks[0]?.places ?? 0);
  return warp(costs(looks, places), looks.length, places).map((place) => place * SECONDS_PER_PLACE);
}

/** How little a token has to do with a place: rows of tokens, columns of places. */
function costs(looks: readonly Look[], places: number): Float32Array {
  const heads = looks[0]?.heads ?? 0;
  const sum = new Float32Array(looks.length * places);
  for (let head = 0; head < heads; head += 1) {
    const normal = new Float32Array(looks.length * places);
    for (let place = 0; place < places; place += 1) {
      const column = looks.map((look) => look.weights[head * look.places + place] ?? 0);
      const mean = column.reduce((total, value) => total + value, 0) / column.length;
      const spread = Math.sqrt(column.reduce((total, value) => total + (value - mean) ** 2, 0) / column.length) || 1;
      for (const [row, value] of column.entries()) normal[row * places + place] = (value - mean) / spread;
    }
    for (let row = 0; row < looks.length; row += 1) {
      for (let place = 0; place < places; place += 1) {
        sum[row * places + place] = (sum[row * places + place] ?? 0) - median(normal, row * places, place, places) / heads;
      }
    }
  }
  return sum;
}

function median(values: Float32Array, start: number, place: number, places: number): number {
  const half = (SMOOTHED_PLACES - 1) / 2;
  const around = values.slice(start + Math.max(0, place - half), start + Math.min(places, place + half + 1)).sort();
  return around[Math.floor(around.length / 2)] ?? 0;
}

/** The cheapest way from the first token and place to the last that never goes back: the place where each token begins. */
function warp(cost: Float32Array, rows: number, places: number): number[] {
  const total = new Float64Array((rows + 1) * (places + 1)).fill(Number.POSITIVE_INFINITY);
  const from = new Uint8Array((rows + 1) * (places + 1));
  const width = places + 1;
  total[0] = 0;
  for (let row = 1; row <= rows; row += 1) {
    for (let place = 1; place <= places; place += 1) {
      const ways = [total[(row - 1) * width + place - 1], total[(row - 1) * width + place], total[row * width + place - 1]];
      let best = 0;
      for (let way = 1; way < 3; way += 1) if ((ways[way] ?? 0) < (ways[best] ?? 0)) best = way;
      total[row * width + place] = (cost[(row - 1) * places + place - 1] ?? 0) + (ways[best] ?? 0);
      from[row * width + place] = best;
    }
  }
  const starts = new Array<number>(rows).fill(0);
  let [row, place] = [rows, places];
  while (row > 0 && place > 0) {
    starts[row - 1] = place - 1;
    const way = from[row * width + place];
    if (way !== 2) row -= 1;
    if (way !== 1) place -= 1;
  }
  return starts;
}
