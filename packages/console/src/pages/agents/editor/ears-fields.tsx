import { Autocomplete, Fieldset, NativeSelect, SimpleGrid, Stack, Text } from '@mantine/core';
import type { Providers } from '@visavis/client';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { FallbackList } from './fallback-list.tsx';
import { useAgentFields } from './form.tsx';
import { ModelFields, providerChoices } from './model-fields.tsx';
import { valueAt } from './validation.ts';

/** Who turns what the user says into text. */
export function EarsFields({ known }: { known: Providers }) {
  const form = useAgentFields();
  const provider = textAt(valueAt(form.values, 'properties.speech.listen.provider'));
  const model = textAt(valueAt(form.values, 'properties.speech.listen.model'));
  const choose = (name: string) => {
    form.setFieldValue('properties.speech.listen.provider', name || undefined);
    form.setFieldValue('properties.speech.listen.model', undefined);
    // Fallbacks are of a choice; without one the server decides alone.
    if (name === '') form.setFieldValue('properties.speech.listen.fallbacks', undefined);
  };
  return (
    <Fieldset legend={texts.earsTitle}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {texts.earsHint}
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NativeSelect
            label={texts.ears}
            data={[{ value: '', label: texts.earsDefault }, ...providerChoices(known, 'ears', provider)]}
            value={provider}
            onChange={({ currentTarget }) => choose(currentTarget.value)}
            error={form.errors['properties.speech.listen.provider'] ?? form.errors['properties.speech.listen']}
          />
          {provider !== '' && provider !== 'local' && (
            <Autocomplete
              label={texts.earsModel}
              placeholder={texts.modelDefault(EARS_MODELS[provider]?.[0])}
              data={EARS_MODELS[provider] ?? []}
              value={model}
              onChange={(name) => form.setFieldValue('properties.speech.listen.model', name)}
              error={form.errors['properties.speech.listen.model']}
              maxLength={200}
            />
          )}
        </SimpleGrid>
        {provider !== '' && (
          <FallbackList
            path="properties.speech.listen.fallbacks"
            label={texts.earsFallbacks}
            hint={texts.earsFallbacksHint}
            initial={{
              provider:
                providerChoices(known, 'ears', '').find((one) => !one.disabled && one.value !== provider)?.value ?? 'local',
            }}
            fields={(choice, change, nth) => (
              <ModelFields
                known={known}
                use="ears"
                choice={choice}
                onChange={change}
                of={texts.nthOf(texts.earsFallbacks, nth)}
              />
            )}
          />
        )}
      </Stack>
    </Fieldset>
  );
}

/** Recognisers that vendors name, the default first (`core/speech/resolve-speech.ts`, docs/providers.md). */
const EARS_MODELS: Record<string, string[]> = {
  deepgram: ['nova-3', 'nova-2'],
  openai: ['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe'],
};

const textAt = (value: unknown) => (typeof value === 'string' ? value : '');
