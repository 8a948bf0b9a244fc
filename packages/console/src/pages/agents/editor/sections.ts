import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';

/** The parts of the form, and the fields that are in each: a field belongs to the first whose prefix it has. */
export const SECTIONS = {
  behaviour: ['name', 'language', 'context', 'custom_greeting'],
  knowledge: ['knowledge_base', 'memories'],
  model: ['properties.llm'],
  voice: ['properties.speech'],
  face: ['avatar_id', 'properties.video'],
  turns: ['properties.turn'],
  limits: ['properties.limits', 'properties.recording'],
} as const;
export type SectionName = keyof typeof SECTIONS;
export const SECTION_NAMES = Object.keys(SECTIONS) as SectionName[];

/** Where a field is edited; undefined where it is not. */
export function sectionOf(field: string): SectionName | undefined {
  return SECTION_NAMES.find((name) => SECTIONS[name].some((prefix) => field === prefix || field.startsWith(`${prefix}.`)));
}

export const sectionLabel = (name: SectionName): string => texts.sections[name];
