/** A sequence of tokens that comes this often in a row was not said: the model goes round in circles. */
const MOST_REPEATS = 4;
/** In tokens. */
const LONGEST_SEQUENCE = 10;

/** The length of the sequence that stands at the end often enough to be a circle, and how often; undefined if none does. */
function circleAtEnd(tokens: readonly number[]): { length: number; times: number } | undefined {
  for (let length = 1; length <= LONGEST_SEQUENCE; length += 1) {
    let times = 1;
    while (sameBefore(tokens, length, times)) times += 1;
    if (times >= MOST_REPEATS) return { length, times };
  }
  return undefined;
}

/** Whether the last tokens are a sequence that goes round in circles. */
export function goesInCircles(tokens: readonly number[]): boolean {
  return circleAtEnd(tokens) !== undefined;
}

/** Leaves a sequence that goes round in circles there once. */
export function withoutCircle(tokens: number[]): number[] {
  const circle = circleAtEnd(tokens);
  return circle ? tokens.slice(0, tokens.length - circle.length * (circle.times - 1)) : tokens;
}

/** Whether the last `length` tokens stood there `times` sequences earlier, too. */
function sameBefore(tokens: readonly number[], length: number, times: number): boolean {
  const end = tokens.length;
  if (end < length * (times + 1)) return false;
  for (let at = 1; at <= length; at += 1) if (tokens[end - at] !== tokens[end - at - length * times]) return false;
  return true;
}
