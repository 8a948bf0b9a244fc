import { describe, expect, it } from 'vitest';
import { asFacts, asJson, type KnowledgeDraft, knowledgeDraftOf, knowledgeOf, knowledgeProblem } from './knowledge.ts';

const facts = (...rows: Array<[name: string, value: string, json?: boolean]>): KnowledgeDraft => ({
  kind: 'facts',
  facts: rows.map(([name, value, json = false], id) => ({ id, name, value, json })),
});

describe('knowledge that is edited', () => {
  it('comes back as it was, from facts and from JSON', () => {
    const object = { Hours: '9 to 5', brands: ['Nord', 'Süd'], free: true };
    expect(knowledgeOf(knowledgeDraftOf(object))).toEqual(object);
    expect(knowledgeOf(asFacts(asJson(knowledgeDraftOf(object))))).toEqual(object);
  });

  it('is null where there is none', () => {
    expect(knowledgeOf(knowledgeDraftOf(null))).toBeNull();
    expect(knowledgeOf({ kind: 'json', text: ' ' })).toBeNull();
    expect(knowledgeProblem({ kind: 'json', text: '' })).toBeUndefined();
  });

  it('says what is wrong, and where', () => {
    expect(knowledgeProblem(facts(['a', '1'], [' ', '2']))).toEqual({ problem: 'name-missing', fact: 1 });
    expect(knowledgeProblem(facts(['a', '1'], ['a ', '2']))).toEqual({ problem: 'name-twice', fact: 1 });
    expect(knowledgeProblem(facts(['a', '[1', true]))).toEqual({ problem: 'invalid-json', fact: 0 });
    expect(knowledgeProblem({ kind: 'json', text: '{' })).toEqual({ problem: 'invalid-json' });
    expect(knowledgeProblem({ kind: 'json', text: '[1]' })).toEqual({ problem: 'no-object' });
    expect(knowledgeProblem(facts(['a', 'é'.repeat(140_000)]))).toEqual({ problem: 'too-large' });
    expect(knowledgeProblem(facts(['a', 'e'.repeat(140_000)]))).toBeUndefined();
  });
});
