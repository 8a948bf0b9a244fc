import { Anchor, Autocomplete, Group, NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Providers } from '@visavis/client';
import { Loaded } from '../../../layout/states.tsx';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { partQueries } from '../agent-queries.ts';
import { HINT_BELOW, NumberField, useAgentFields } from './form.tsx';
import { valueAt } from './validation.ts';

/** Providers that hear and speak, but do not write. */
const SPEECH_ONLY = ['deepgram', 'elevenlabs', 'cartesia'];

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
      <FallbacksKept />
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
  const writing = known.providers.filter(({ name }) => !SPEECH_ONLY.includes(name));
  const chosen = writing.find(({ name }) => name === (provider || known.default?.provider));
  const label = known.default
    ? texts.serverDefault(`${known.default.provider}, ${known.default.model}`)
    : texts.serverDefaultNone;
  const choices = [
    { value: '', label },
    ...writing.map(({ name, state }) => ({
      value: name,
      label: state === 'ready' ? name : `${name} (${texts.providerState[state]})`,
      disabled: state === 'absent' && name !== provider,
    })),
  ];
  if (provider !== '' && !writing.some(({ name }) => name === provider)) {
    choices.push({ value: provider, label: texts.providerMissing(provider), disabled: false });
  }
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
            { value: '', label: texts.modelDefault(standard ?? '–') },
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

/** Fallbacks are not edited here, but whoever saves should know that they stay. */
function FallbacksKept() {
  const form = useAgentFields();
  const fallbacks = valueAt(form.values, 'properties.llm.fallbacks');
  if (!Array.isArray(fallbacks) || fallbacks.length === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      {texts.fallbacksKept(fallbacks.length)}
    </Text>
  );
}

const textAt = (value: unknown) => (typeof value === 'string' ? value : '');
