import type { Agent } from '@visavis/client';
import { describe, expect, it } from 'vitest';
import { changesOf, draftOf, hasChanges } from './agent-draft.ts';

const AGENT: Agent = {
  id: 1,
  user_id: 1,
  name: 'Museum',
  avatar_id: 2,
  voice_id: null,
  role_id: null,
  language: 'en',
  custom_greeting: null,
  context: 'You answer for a museum.',
  properties: null,
  memories: null,
  knowledge_base: { Hours: 'From 9 to 5', brands: ['Nord'] },
  status: 'active',
  created_at: '2026-11-28T00:00:00Z',
  updated_at: '2026-11-28T00:00:00Z',
  last_used_at: null,
  total_sessions: 0,
  avg_duration: 0,
};

describe('an agent in the editor', () => {
  it('has no changes until something is changed', () => {
    expect(hasChanges(AGENT, draftOf(AGENT))).toBe(false);
    expect(hasChanges({ ...AGENT, properties: { turn: {} } }, draftOf(AGENT))).toBe(false);
  });

  it('sends only what was changed', () => {
    const draft = { ...draftOf(AGENT), name: ' Art Museum ', custom_greeting: 'Welcome!' };
    expect(changesOf(AGENT, draft)).toEqual({ name: 'Art Museum', custom_greeting: 'Welcome!' });
  });

  it('keeps properties that the form does not know, and drops those that were emptied', () => {
    const stored = {
      ...AGENT,
      properties: { llm: { temperature: 0.3, fallbacks: [{ model: 'other' }] }, future: { setting: { deep: [1, ''] } } },
    };
    const draft = draftOf(stored);
    Object.assign(draft.properties.llm as object, { temperature: '', max_tokens: 256 });
    expect(changesOf(stored, draft)).toEqual({
      properties: { llm: { max_tokens: 256, fallbacks: [{ model: 'other' }] }, future: { setting: { deep: [1, ''] } } },
    });
  });

  it('tells "never" from "the default"', () => {
    const draft = draftOf(AGENT);
    Object.assign((draft.properties.turn as { silence: object }).silence, { nudge_after_seconds: null, end_after_seconds: '' });
    expect(changesOf(AGENT, draft)).toEqual({ properties: { turn: { silence: { nudge_after_seconds: null } } } });
  });

  it('does not share anything with the agent it was made from', () => {
    const stored = { ...AGENT, properties: { llm: { temperature: 1 } } };
    Object.assign(draftOf(stored).properties.llm as object, { temperature: 2 });
    expect(stored.properties.llm.temperature).toBe(1);
  });
});
