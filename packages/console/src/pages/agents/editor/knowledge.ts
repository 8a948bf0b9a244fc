type JsonObject = Record<string, unknown>;

/** The most that `knowledge_base` and `memories` may have each, in bytes of JSON. */
export const KNOWLEDGE_BYTES = 256 * 1024;

/** One field of the object. `json`: its value is no text; it is edited as JSON. */
export interface Fact {
  id: number;
  name: string;
  value: string;
  json: boolean;
}

/** An object as it is edited: as a list of facts, or as JSON. */
export type KnowledgeDraft = { kind: 'facts'; facts: Fact[] } | { kind: 'json'; text: string };

/** What is wrong with a draft: with all of it, or with the fact of this number. */
export interface KnowledgeProblem {
  problem: 'name-missing' | 'name-twice' | 'invalid-json' | 'no-object' | 'too-large';
  fact?: number;
}

export function knowledgeDraftOf(object: JsonObject | null): KnowledgeDraft {
  const facts = Object.entries(object ?? {}).map(([name, value], id) => {
    const json = typeof value !== 'string';
    return { id, name, value: json ? JSON.stringify(value, null, 2) : value, json };
  });
  return { kind: 'facts', facts };
}

/** The object that a draft stands for; null where there is nothing in it. To be asked for a draft without problems. */
export function knowledgeOf(draft: KnowledgeDraft): JsonObject | null {
  const object = draft.kind === 'json' ? read(draft.text) : Object.fromEntries(draft.facts.map(fieldOf));
  return isObject(object) && Object.keys(object).length > 0 ? object : null;
}

function fieldOf({ name, value, json }: Fact): [string, unknown] {
  // What cannot be read (yet) stays what was written.
  return [name.trim(), json ? (read(value) ?? value) : value];
}

export function knowledgeProblem(draft: KnowledgeDraft): KnowledgeProblem | undefined {
  if (draft.kind === 'json') {
    if (draft.text.trim() === '') return undefined;
    const object = read(draft.text);
    if (object === undefined) return { problem: 'invalid-json' };
    if (!isObject(object)) return { problem: 'no-object' };
  } else {
    const names = new Set<string>();
    for (const [fact, { name, value, json }] of draft.facts.entries()) {
      if (name.trim() === '') return { problem: 'name-missing', fact };
      if (names.has(name.trim())) return { problem: 'name-twice', fact };
      if (json && read(value) === undefined) return { problem: 'invalid-json', fact };
      names.add(name.trim());
    }
  }
  const bytes = new TextEncoder().encode(JSON.stringify(knowledgeOf(draft))).length;
  return bytes > KNOWLEDGE_BYTES ? { problem: 'too-large' } : undefined;
}

export function asJson(draft: KnowledgeDraft): KnowledgeDraft {
  const object = knowledgeOf(draft);
  return { kind: 'json', text: object === null ? '' : JSON.stringify(object, null, 2) };
}

export function asFacts(draft: KnowledgeDraft): KnowledgeDraft {
  return knowledgeDraftOf(knowledgeOf(draft));
}

/** undefined where the text is no JSON. */
function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
