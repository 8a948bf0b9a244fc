/**
 * What a contract says about an answer: each key with a type (`integer`, `string?` for one that may be null, `=word` for a
 * fixed text; a key with `?` may be missing), a nested shape, or a list's item in brackets. A list that is described must not be empty: nothing would be proved.
 */
export type Shape = string | boolean | readonly [Shape] | { readonly [key: string]: Shape };

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const TYPES: Record<string, (value: unknown) => boolean> = {
  integer: Number.isSafeInteger,
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  time: (value) => typeof value === 'string' && TIME.test(value),
  flag: (value) => value === 0 || value === 1,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  array: Array.isArray,
  null: (value) => value === null,
};

/** Everything in which a value is not exactly as described; empty where it is. */
export function differences(value: unknown, shape: Shape, at = 'body'): string[] {
  if (typeof shape === 'boolean') return value === shape ? [] : [`${at} is not ${shape}`];
  if (typeof shape === 'string') {
    if (shape.startsWith('='))
      return value === shape.slice(1) ? [] : [`${at} is ${JSON.stringify(value)}, not ${shape.slice(1)}`];
    if (shape.endsWith('?') && value === null) return [];
    const fits = TYPES[shape.replace(/\?$/, '')];
    if (!fits) throw new Error(`There is no type "${shape}"`);
    return fits(value) ? [] : [`${at} is ${JSON.stringify(value)}, not of type ${shape}`];
  }
  if (isList(shape)) {
    if (!Array.isArray(value) || value.length === 0) return [`${at} is no list of at least one`];
    return value.flatMap((item, index) => differences(item, shape[0], `${at}.${index}`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no object`];
  const found = value as Record<string, unknown>;
  const described = shape as Record<string, Shape>;
  return [
    ...Object.keys(found)
      .filter((key) => !(key in described) && !(`${key}?` in described))
      .map((key) => `${at}.${key} is not documented`),
    ...Object.entries(described).flatMap(([name, inner]) => {
      const key = name.replace(/\?$/, '');
      if (key in found) return differences(found[key], inner, `${at}.${key}`);
      return key === name ? [`${at}.${key} is missing`] : [];
    }),
  ];
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
