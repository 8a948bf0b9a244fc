import { Anchor, Button, Checkbox, Group, NumberInput, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Provider } from '@visavis/client';
import { api } from '../../api.ts';
import { FormProblem, fieldProblems } from '../../layout/form-problems.tsx';
import { providerTexts as texts } from '../../texts/providers.ts';
import { shellTexts } from '../../texts/shell.ts';
import { type KnownProvider, knownProvider } from './known-providers.ts';

const FIELDS = ['name', 'base_url', 'api_key', 'default_model', 'context_tokens'] as const;
const RESERVED = ['local', 'ollama'];

interface ProviderFormProps {
  /** A provider that is changed, a known service that is added; undefined: any other endpoint. */
  of: { edited: Provider } | { added: KnownProvider } | undefined;
  onCancel: () => void;
  onSaved: (provider: Provider) => void;
}

/** Where a provider answers, and the key for it. */
export function ProviderForm({ of, onCancel, onSaved }: ProviderFormProps) {
  const queryClient = useQueryClient();
  const edited = of && 'edited' in of ? of.edited : undefined;
  const known = of && 'added' in of ? of.added : edited && knownProvider(edited.name);
  const isVendorOfSpeech = known !== undefined && known.baseUrl === undefined;
  const form = useForm({
    initialValues: {
      name: edited?.name ?? known?.name ?? '',
      base_url: edited?.base_url ?? known?.baseUrl ?? '',
      api_key: '',
      removeKey: false,
      default_model: edited?.default_model ?? known?.exampleModel ?? '',
      context_tokens: (edited?.context_tokens ?? '') as number | '',
    },
    validate: {
      name: (name) => {
        if (RESERVED.includes(name)) return texts.nameReserved;
        return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? null : texts.nameBad;
      },
      base_url: (url) => (isVendorOfSpeech || /^https?:\/\/[^\s/]+/i.test(url.trim()) ? null : texts.baseUrlBad),
      api_key: (key) => (known && !edited && key.trim() === '' ? texts.apiKeyMissing : null),
    },
  });
  const save = useMutation({
    mutationFn: ({ name, base_url, api_key, removeKey, default_model, context_tokens }: typeof form.values) =>
      api.providers.put(name, {
        ...(base_url.trim() !== '' && { base_url: base_url.trim() }),
        ...(removeKey ? { api_key: null } : api_key.trim() !== '' && { api_key: api_key.trim() }),
        default_model: default_model.trim() || null,
        context_tokens: context_tokens === '' ? null : context_tokens,
      }),
    onSuccess: async (provider) => {
      await queryClient.invalidateQueries({ queryKey: ['providers'] });
      onSaved(provider);
    },
    onError: (error) => form.setErrors(fieldProblems(error, FIELDS)),
  });

  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <FormProblem error={save.error} fields={FIELDS} />
        {!edited && !known && (
          <TextInput
            label={texts.name}
            description={texts.nameHint}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            {...form.getInputProps('name')}
          />
        )}
        {!isVendorOfSpeech && (
          <TextInput
            label={texts.baseUrl}
            description={texts.baseUrlHint}
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            {...form.getInputProps('base_url')}
          />
        )}
        <PasswordInput
          label={texts.apiKey}
          description={edited?.has_api_key ? texts.apiKeyKept : known ? texts.apiKeyHint : texts.apiKeyOptional}
          autoComplete="new-password"
          disabled={form.values.removeKey}
          data-autofocus={known ? true : undefined}
          {...form.getInputProps('api_key')}
        />
        {edited?.has_api_key && <Checkbox label={texts.removeKey} {...form.getInputProps('removeKey', { type: 'checkbox' })} />}
        {known && (
          <Anchor href={known.keysPage} target="_blank" rel="noreferrer" size="sm" w="fit-content">
            {texts.getKey(known.title)}
          </Anchor>
        )}
        {!isVendorOfSpeech && (
          <>
            <TextInput
              label={texts.model}
              description={texts.modelHint}
              autoComplete="off"
              spellCheck={false}
              {...form.getInputProps('default_model')}
            />
            <NumberInput
              label={texts.contextTokens}
              description={texts.contextHint}
              min={512}
              max={10_000_000}
              allowDecimal={false}
              thousandSeparator=","
              {...form.getInputProps('context_tokens')}
            />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {shellTexts.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
