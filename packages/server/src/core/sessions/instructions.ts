import type { Agent, JsonObject } from '../agents/agent.ts';

const LANGUAGES = new Intl.DisplayNames(['en'], { type: 'language' });

/**
 * The system prompt of an agent, in this order: who it is and its `context`, what it knows (`knowledge_base`), what it
 * remembers (`memories`), the language to answer in. A free object is written as one `- name: value` line for each of
 * its fields, deeper ones indented, so that small models can read it; see docs/agents.md.
 */
export function instructionsOf(agent: Pick<Agent, 'name' | 'context' | 'knowledgeBase' | 'memories' | 'language'>): string {
  const parts = [agent.context?.trim() || `You are ${agent.name}, a helpful assistant. Answer briefly and truthfully.`];
  if (hasFields(agent.knowledgeBase)) parts.push(`What you know:\n${outline(agent.knowledgeBase)}`);
  if (hasFields(agent.memories)) parts.push(`What you remember from earlier conversations:\n${outline(agent.memories)}`);
  parts.push(`Answer in ${languageName(agent.language)} unless you are asked to use another language.`);
  return parts.join('\n\n');
}

function hasFields(object: JsonObject | null): object is JsonObject {
  return object !== null && Object.keys(object).length > 0;
}

function outline(value: unknown, indent = ''): string {
  if (value === null || typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, inner]) => {
      const label = Array.isArray(value) ? `${indent}-` : `${indent}- ${name}:`;
      return inner !== null && typeof inner === 'object'
        ? `${label}\n${outline(inner, `${indent}  `)}`
        : `${label} ${String(inner)}`;
    })
    .join('\n');
}

function languageName(tag: string): string {
  try {
    return LANGUAGES.of(tag) ?? tag;
  } catch {
    return tag;
  }
}
