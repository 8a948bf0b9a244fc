import { Anchor, Autocomplete, Group, NativeSelect, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Providers } from '@visavis/client';
import { Loaded } from '../../../layout/states.tsx';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { partQueries } from '../agent-queries.ts';
import { FallbackList } from './fallback-list.tsx';
import { HINT_BELOW, NumberField, useAgentFields } from './form.tsx';
import { ModelFields, providerChoices } from './model-fields.tsx';
import { valueAt } from './validation.ts';

/** Which language model answers, and how. */
export function ModelSection() {
  const providers = useQuery(partQueries.providers);
  return (
    <Stack>
      <Loaded query={providers}>{(known) => <ModelChoice known={known} />}</Loaded>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberField
          path="properties.llm.temperature"
          label={texts.temperature}
          hint={texts.temperatureHint}
          standard={texts.temperatureDefault}
        />
        <NumberField path="properties.llm.max_tokens" label={texts.maxTokens} hint={texts.maxTokensHint} unit={texts.tokens} />
      </SimpleGrid>
      {providers.data && <ModelFallbacks known={providers.data} />}
      <Group gap="lg">
        <Anchor component={Link} to="/settings/providers" size="sm">
          {texts.manageProviders}
        </Anchor>
        <Anchor component={Link} to="/settings/models" size="sm">
          {texts.manageModels}
        </Anchor>
      </Group>
    </Stack>
  );
}

function ModelChoice({ known }: { known: Providers }) {
  const form = useAgentFields();
  const provider = textAt(valueAt(form.values, 'properties.llm.provider'));
  const model = textAt(valueAt(form.values, 'properties.llm.model'));
  const chosen = known.providers.find(({ name }) => name === (provider || known.default?.provider));
  const label = known.default
    ? texts.serverDefault(`${known.default.provider}, ${known.default.model}`)
    : texts.serverDefaultNone;
  const choices = [{ value: '', label, disabled: false }, ...providerChoices(known, 'models', provider)];
  const models = chosen?.models ?? null;
  const standard = provider === '' ? known.default?.model : chosen?.default_model;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NativeSelect
        label={texts.provider}
        data={choices}
        value={provider}
        error={form.errors['properties.llm.provider']}
        onChange={({ currentTarget }) => {
          form.setFieldValue('properties.llm.provider', currentTarget.value || undefined);
          // Another provider has other models.
          form.setFieldValue('properties.llm.model', undefined);
        }}
      />
      {models ? (
        <NativeSelect
          label={texts.model}
          value={model}
          error={form.errors['properties.llm.model']}
          onChange={({ currentTarget }) => form.setFieldValue('properties.llm.model', currentTarget.value || undefined)}
          data={[
            { value: '', label: texts.modelDefault(standard) },
            ...[...new Set([...models, ...(model === '' ? [] : [model])])].map((name) => ({ value: name, label: name })),
          ]}
        />
      ) : (
        <Autocomplete
          label={texts.model}
          inputWrapperOrder={HINT_BELOW}
          description={texts.modelFree}
          placeholder={standard ? texts.modelDefault(standard) : texts.optional}
          data={standard ? [standard] : []}
          value={model}
          error={form.errors['properties.llm.model']}
          onChange={(name) => form.setFieldValue('properties.llm.model', name)}
        />
      )}
    </SimpleGrid>
  );
}

/** Which models answer when that one does not. */
function ModelFallbacks({ known }: { known: Providers }) {
  return (
    <FallbackList
      path="properties.llm.fallbacks"
      label={texts.modelFallbacks}
      hint={texts.modelFallbacksHint}
      initial={{ provider: 'local' }}
      fields={(choice, change, nth) => (
        <ModelFields known={known} use="models" choice={choice} onChange={change} of={texts.nthOf(texts.modelFallbacks, nth)} />
      )}
    />
  );
}

const textAt = (value: unknown) => (typeof value === 'string' ? value : '');
