import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Takes hundreds of ms and much memory to load, and the API process does nothing with it: it belongs to workers, threads and engines. */
const NOT_AT_START = [
  /^@livekit\/(agents|rtc)/,
  /^node-llama-cpp/,
  /^onnxruntime/,
  /^@tensorflow/,
  /^@vladmandic\//,
  /^@roamhq\//,
];

/** Which packages a module loads as soon as it is loaded, and by which of our modules. */
function packagesOf(entry: URL): Map<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const walk = (module: URL) => {
    if (seen.has(module.href)) return;
    seen.add(module.href);
    const text = readFileSync(module, 'utf8');
    for (const [, name = ''] of text.matchAll(/^(?:import|export) (?!type )(?:[^;'"]* from )?'([^']+)';/gm)) {
      if (name.startsWith('.')) walk(new URL(name, module));
      else if (!packages.has(name)) packages.set(name, fileURLToPath(module));
    }
  };
  walk(entry);
  return packages;
}

describe('the API process', () => {
  it('loads nothing at its start that only others work with', () => {
    const entry = new URL('./main.ts', import.meta.url);
    expect(existsSync(entry)).toBe(true);
    const packages = packagesOf(entry);
    expect([...packages.keys()]).toContain('fastify');
    expect([...packages].filter(([name]) => NOT_AT_START.some((pattern) => pattern.test(name)))).toEqual([]);
  });
});
