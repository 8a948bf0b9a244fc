import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import type { AgentDraft } from './agent-draft.ts';
import { knowledgeProblem } from './knowledge.ts';
import { COLOUR, INSTRUCTIONS_BYTES, LANGUAGE_TAG, NUMBER_RANGES, type NumberRange, TEXT_CHARACTERS } from './limits.ts';

/** What is wrong with a draft, by field; the server checks the same again. */
export function validateDraft(draft: AgentDraft): Record<string, string> {
  const errors: Record<string, string> = {};
  if (draft.name.trim() === '') errors.name = texts.nameMissing;
  if (!LANGUAGE_TAG.test(draft.language.trim())) errors.language = texts.languageInvalid;
  for (const [path, most] of Object.entries(TEXT_CHARACTERS)) {
    const text = valueAt(draft, path);
    if (typeof text === 'string' && text.length > most) errors[path] ??= texts.tooLong(most);
  }
  if (new TextEncoder().encode(draft.context).length > INSTRUCTIONS_BYTES) errors.context = texts.instructionsTooLong;
  for (const [path, range] of Object.entries(NUMBER_RANGES)) {
    const problem = numberProblem(valueAt(draft, path), range);
    if (problem) errors[path] = problem;
  }
  const height = valueAt(draft, 'properties.video.height');
  if (typeof height === 'number' && height % 2 === 1) errors['properties.video.height'] ??= texts.evenOnly;
  const [least, most] = [
    numberAt(draft, 'properties.turn.min_endpointing_ms'),
    numberAt(draft, 'properties.turn.max_endpointing_ms'),
  ];
  if (least > most) errors['properties.turn.max_endpointing_ms'] ??= texts.shorterThanLeast(least);
  const background = valueAt(draft, 'properties.video.background');
  if (
    typeof background === 'string' &&
    background !== '' &&
    !['own', 'blur', 'image'].includes(background) &&
    !COLOUR.test(background)
  ) {
    errors['properties.video.background'] = texts.colourInvalid;
  }
  for (const field of ['knowledge_base', 'memories'] as const) {
    const problem = knowledgeProblem(draft[field]);
    if (problem) errors[field] = texts.knowledgeProblems[problem.problem];
  }
  return errors;
}

function numberProblem(value: unknown, { least, most, decimals }: NumberRange): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) return texts.noNumber;
  if (value < least || value > most) return texts.outOfRange(least, most);
  return !decimals && !Number.isInteger(value) ? texts.wholeOnly : undefined;
}

/** The number of a field, or what counts where there is none. */
function numberAt(draft: AgentDraft, path: keyof typeof NUMBER_RANGES): number {
  const value = valueAt(draft, path);
  const range: NumberRange = NUMBER_RANGES[path];
  return typeof value === 'number' ? value : (range.standard ?? Number.NaN);
}

/** What is at a path like `properties.turn.nudge`; undefined where nothing is. */
export function valueAt(draft: AgentDraft, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], draft);
}
