import { closest, distance } from 'fastest-levenshtein';

/** The name that was probably meant, or undefined where none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const nearest = closest(given.toLowerCase(), names);
  return distance(given.toLowerCase(), nearest) <= Math.max(2, Math.floor(nearest.length / 2)) ? nearest : undefined;
}
