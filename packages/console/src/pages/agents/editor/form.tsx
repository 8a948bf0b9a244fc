import { NumberInput, Switch, Textarea } from '@mantine/core';
import { createFormContext } from '@mantine/form';
import type { ReactNode } from 'react';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { language } from '../../../texts/catalogue.ts';
import type { AgentDraft } from './agent-draft.ts';
import { NUMBER_RANGES, type NumberPath, type NumberRange } from './limits.ts';
import { valueAt } from './validation.ts';

export const [AgentFormProvider, useAgentFields, useAgentForm] = createFormContext<AgentDraft>();

interface FieldProps {
  label: string;
  hint?: ReactNode;
}

/** Fields that stand side by side begin at one height, however long their hints are. */
export const HINT_BELOW: ['label', 'input', 'description', 'error'] = ['label', 'input', 'description', 'error'];

/** A number of the agent's properties; what counts without one is shown where it would stand. */
export function NumberField({
  path,
  label,
  hint,
  unit,
  standard,
}: FieldProps & { path: NumberPath; unit?: string; standard?: string }) {
  const form = useAgentFields();
  const range: NumberRange = NUMBER_RANGES[path];
  const value = valueAt(form.values, path);
  const placeholder = standard ?? (range.standard === undefined ? texts.optional : texts.standard(inWords(range.standard, unit)));
  return (
    <NumberInput
      label={label}
      description={hint}
      inputWrapperOrder={HINT_BELOW}
      placeholder={placeholder}
      suffix={unit === undefined ? '' : ` ${unit}`}
      step={range.step ?? 1}
      min={range.least}
      max={range.most}
      clampBehavior="none"
      allowDecimal={range.decimals === true}
      value={typeof value === 'number' || typeof value === 'string' ? value : ''}
      onChange={(next) => form.setFieldValue(path, next)}
      error={form.errors[path]}
    />
  );
}

const inWords = (value: number, unit?: string) => `${value.toLocaleString(language)}${unit === undefined ? '' : ` ${unit}`}`;

/** A yes or no of the agent's properties. */
export function SwitchField({ path, label, hint, standard }: FieldProps & { path: string; standard: boolean }) {
  const form = useAgentFields();
  const value = valueAt(form.values, path);
  return (
    <Switch
      label={label}
      description={hint}
      checked={typeof value === 'boolean' ? value : standard}
      onChange={({ currentTarget }) => form.setFieldValue(path, currentTarget.checked)}
      error={form.errors[path]}
    />
  );
}

/** A short text of the agent's properties. */
export function TextField({ path, label, hint, placeholder }: FieldProps & { path: string; placeholder?: string }) {
  const form = useAgentFields();
  const value = valueAt(form.values, path);
  return (
    <Textarea
      label={label}
      description={hint}
      inputWrapperOrder={HINT_BELOW}
      placeholder={placeholder ?? ''}
      autosize
      minRows={1}
      maxRows={6}
      value={typeof value === 'string' ? value : ''}
      onChange={({ currentTarget }) => form.setFieldValue(path, currentTarget.value)}
      error={form.errors[path]}
    />
  );
}
