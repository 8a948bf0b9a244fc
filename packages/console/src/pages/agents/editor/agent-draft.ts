import type { Agent, AgentChanges } from '@visavis/client';
import { type KnowledgeDraft, knowledgeDraftOf, knowledgeOf } from './knowledge.ts';

type JsonObject = Record<string, unknown>;

/**
 * An agent as it is edited. Fields are called as in the API, so that a refusal (`properties.turn.nudge: …`) finds its field by name.
 * `properties` has everything that the agent has, also what the form does not know.
 */
export interface AgentDraft {
  name: string;
  language: string;
  custom_greeting: string;
  context: string;
  avatar_id: number | null;
  properties: JsonObject;
  knowledge_base: KnowledgeDraft;
  memories: KnowledgeDraft;
}

/** The objects that the form's fields are in; those that stay empty are not saved. */
const PARTS = ['llm', 'speech.listen', 'speech.speak', 'turn.greeting', 'turn.silence', 'video', 'recording', 'limits'];

export function draftOf(agent: Agent): AgentDraft {
  const properties = structuredClone(agent.properties ?? {});
  for (const part of PARTS) part.split('.').reduce(openPart, properties);
  return {
    name: agent.name,
    language: agent.language,
    custom_greeting: agent.custom_greeting ?? '',
    context: agent.context ?? '',
    avatar_id: agent.avatar_id,
    properties,
    knowledge_base: knowledgeDraftOf(agent.knowledge_base),
    memories: knowledgeDraftOf(agent.memories),
  };
}

function openPart(parent: JsonObject, name: string): JsonObject {
  if (!isObject(parent[name])) parent[name] = {};
  return parent[name] as JsonObject;
}

/** What is to be sent so that the agent becomes what the draft says: only what has changed. */
export function changesOf(agent: Agent, draft: AgentDraft): AgentChanges {
  const wanted = bodyOf(draft);
  const stored = bodyOf(draftOf(agent));
  const changed = Object.entries(wanted).filter(([field, value]) => !sameJson(value, stored[field as keyof typeof stored]));
  return Object.fromEntries(changed) as AgentChanges;
}

export function hasChanges(agent: Agent, draft: AgentDraft): boolean {
  return Object.keys(changesOf(agent, draft)).length > 0;
}

function bodyOf(draft: AgentDraft) {
  const properties = pruned(draft.properties);
  return {
    name: draft.name.trim(),
    language: draft.language.trim(),
    custom_greeting: draft.custom_greeting.trim() === '' ? null : draft.custom_greeting,
    context: draft.context.trim() === '' ? null : draft.context,
    avatar_id: draft.avatar_id,
    properties: Object.keys(properties).length === 0 ? null : properties,
    knowledge_base: knowledgeOf(draft.knowledge_base),
    memories: knowledgeOf(draft.memories),
  };
}

/** Without fields that are empty, and without objects that have none. null stays: it means "never". */
function pruned(object: JsonObject): JsonObject {
  const fields = Object.entries(object).map(([name, value]) => [name, isObject(value) ? pruned(value) : value] as const);
  const isSaid = (value: unknown) => value !== undefined && value !== '' && !(isObject(value) && Object.keys(value).length === 0);
  return Object.fromEntries(fields.filter(([, value]) => isSaid(value)));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values are the same JSON, whatever the order of their fields. */
function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, inOrder(value[name])]),
  );
}
