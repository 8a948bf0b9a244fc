/** A piece of JSON Schema or of an OpenAPI document, as far as it is looked into. */
export type Json = { [key: string]: unknown };
export interface Document {
  paths?: Record<string, Record<string, Json> | undefined>;
  components?: { schemas?: Record<string, Json>; [kind: string]: unknown };
}

/**
 * The generator writes each schema twice: `X` as it is answered and `XInput` as it is sent. Keeps what the paths refer to,
 * and both of a pair only where they differ.
 */
export function settleNames(document: Document): Document {
  const schemas = document.components?.schemas ?? {};
  const used = reachable(document, schemas);
  const renamed = new Map<string, string>();
  for (const input of [...used].filter((name) => name.endsWith('Input'))) {
    const output = input.slice(0, -'Input'.length);
    if (!used.has(output) || asOutput(schemas[input]) === asOutput(schemas[output])) renamed.set(input, output);
  }
  const kept: Record<string, Json> = {};
  for (const name of [...used].sort()) kept[renamed.get(name) ?? name] ??= schemas[name] ?? {};
  const whole = { ...document, components: { ...document.components, schemas: kept } };
  return JSON.parse(
    JSON.stringify(whole, (key, value: unknown) => {
      if (key !== '$ref' || typeof value !== 'string') return value;
      const name = renamed.get(value.slice(PREFIX.length));
      return name === undefined ? value : `${PREFIX}${name}`;
    }),
  ) as Document;
}

const PREFIX = '#/components/schemas/';

/** The names of the schemas that the document needs, from the paths and the shared parts on. */
function reachable(document: Document, schemas: Record<string, Json>): Set<string> {
  const found = new Set<string>();
  const visit = (json: unknown) => {
    for (const [, name = ''] of JSON.stringify(json).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(schemas[name] ?? {});
    }
  };
  visit({ ...document, components: { ...document.components, schemas: {} } });
  return found;
}

function asOutput(schema: unknown): string {
  return JSON.stringify(schema ?? null).replace(/(#\/components\/schemas\/\w+?)Input"/g, '$1"');
}
