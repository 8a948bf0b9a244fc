import { invalid } from './errors.ts';

/** An opaque place in a list: the sort values of its last row. */
export function encodeCursor(values: number[]): string {
  return Buffer.from(values.join(',')).toString('base64url');
}

/** The sort values of a cursor; 400 where it is none of ours. */
export function decodeCursor<N extends 1 | 2>(cursor: string, length: N): N extends 1 ? [number] : [number, number] {
  const values = Buffer.from(cursor, 'base64url').toString('latin1').split(',').map(Number);
  const known = values.length === length && values.every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!known || encodeCursor(values) !== cursor) {
    throw invalid('cursor', 'is not a cursor that a list has given');
  }
  return values as N extends 1 ? [number] : [number, number];
}
