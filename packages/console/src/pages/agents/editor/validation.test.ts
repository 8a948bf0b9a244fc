import type { Agent } from '@visavis/client';
import { UpdateAgent } from '@visavis/protocol';
import { describe, expect, it } from 'vitest';
import { type AgentDraft, draftOf } from './agent-draft.ts';
import { NUMBER_RANGES, type NumberRange, TEXT_CHARACTERS } from './limits.ts';
import { validateDraft } from './validation.ts';

const EMPTY = { name: 'Museum', language: 'en', properties: null, knowledge_base: null, memories: null } as unknown as Agent;

/** A draft with one value at a path. */
function draftWith(path: string, value: unknown): AgentDraft {
  const draft = draftOf(EMPTY);
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce(
    (object, name) => object[name] as Record<string, unknown>,
    draft as unknown as Record<string, unknown>,
  );
  parent[last] = value;
  return draft;
}

/** Whether the server's own schema takes the value. */
function serverTakes(path: string, value: unknown): boolean {
  const body = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  return UpdateAgent.safeParse(body).success;
}

describe('the validation of the form', () => {
  it.each(Object.entries(NUMBER_RANGES) as Array<[string, NumberRange]>)(
    'has the server’s limits of %s',
    (path, { least, most, decimals }) => {
      const step = decimals ? 0.01 : path.endsWith('height') ? 2 : 1;
      for (const value of [least - step, least, most, most + step]) {
        const draft = draftWith(path, value);
        // The shortest wait has a say in the longest one.
        if (path.endsWith('max_endpointing_ms')) (draft.properties.turn as Record<string, unknown>).min_endpointing_ms = 0;
        const errors = validateDraft(draft);
        expect([value, errors[path] === undefined], path).toEqual([value, serverTakes(path, value)]);
      }
      if (!decimals) expect(serverTakes(path, least + 0.5)).toBe(validateDraft(draftWith(path, least + 0.5))[path] === undefined);
    },
  );

  it.each(Object.entries(TEXT_CHARACTERS))('has the server’s longest text of %s', (path, most) => {
    for (const length of [most, most + 1]) {
      const text = path === 'language' ? `en${'-abcdefgh'.repeat(9)}`.slice(0, length) : 'x'.repeat(length);
      expect([length, validateDraft(draftWith(path, text))[path] === undefined]).toEqual([length, serverTakes(path, text)]);
    }
  });

  it.each(['en', 'pt-BR', 'e', 'english language', '', 'de_DE'])('takes "%s" for a language only if the server does', (tag) => {
    expect(validateDraft(draftWith('language', tag)).language === undefined).toBe(serverTakes('language', tag));
  });

  it('wants a name, an even height, and a longest wait that is not the shortest one', () => {
    expect(validateDraft(draftWith('name', ' '))).toHaveProperty('name');
    expect(validateDraft(draftWith('properties.video.height', 255))).toHaveProperty(['properties.video.height']);
    expect(validateDraft(draftWith('properties.turn.min_endpointing_ms', 2_000))).toHaveProperty([
      'properties.turn.max_endpointing_ms',
    ]);
    expect(validateDraft(draftOf(EMPTY))).toEqual({});
  });
});
