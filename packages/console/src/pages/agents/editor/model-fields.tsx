import { Autocomplete, NativeSelect } from '@mantine/core';
import type { Providers } from '@visavis/client';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { type ProviderUse, usesOf } from '../../settings/known-providers.ts';
import type { Choice } from './fallback-list.tsx';

/** What can be chosen for a use, and whether it can be used now. One that is chosen already stays, whatever became of it. */
export function providerChoices(known: Providers, use: ProviderUse, chosen: string) {
  const fitting = known.providers.filter(({ name }) => usesOf(name).includes(use));
  const choices = fitting.map(({ name, state }) => {
    // How the local language model is says nothing about local ears.
    const isThere = state !== 'absent' || (use === 'ears' && name === 'local');
    const note = use === 'models' ? texts.providerState[state] : isThere ? '' : texts.noKey;
    return { value: name, label: note === '' ? name : `${name} (${note})`, disabled: !isThere && name !== chosen };
  });
  // The machine's own ears are there without being a provider that one sets up.
  if (use === 'ears' && !choices.some(({ value }) => value === 'local')) {
    choices.unshift({ value: 'local', label: 'local', disabled: false });
  }
  if (chosen !== '' && !choices.some(({ value }) => value === chosen)) {
    choices.push({ value: chosen, label: texts.providerMissing(chosen), disabled: false });
  }
  return choices;
}

interface ModelFieldsProps {
  known: Providers;
  use: 'models' | 'ears';
  choice: Choice;
  onChange: (next: Choice) => void;
  /** "fallback 2", for who does not see where the field stands. */
  of: string;
}

/** Provider and model of one fallback. */
export function ModelFields({ known, use, choice, onChange, of }: ModelFieldsProps) {
  const provider = choice.provider ?? '';
  const details = known.providers.find(({ name }) => name === provider);
  const models = use === 'models' ? (details?.models ?? []) : [];
  const standard = use === 'models' ? details?.default_model : undefined;
  return (
    <>
      <NativeSelect
        aria-label={texts.providerOf(of)}
        data={providerChoices(known, use, provider)}
        value={provider}
        // Another provider has other models.
        onChange={({ currentTarget }) => onChange({ provider: currentTarget.value })}
      />
      {!(use === 'ears' && provider === 'local') && (
        <Autocomplete
          aria-label={texts.modelOf(of)}
          placeholder={texts.modelDefault(standard)}
          data={[...new Set(models)]}
          value={choice.model ?? ''}
          onChange={(model) => onChange({ ...choice, model })}
          maxLength={200}
        />
      )}
    </>
  );
}
