import {
  Button,
  Checkbox,
  ColorInput,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AgentSummary, Embed } from '@visavis/client';
import type { ReactNode } from 'react';
import { api } from '../../api.ts';
import { FormProblem, fieldProblems } from '../../layout/form-problems.tsx';
import { notifyDone } from '../../layout/notify.tsx';
import { embedTexts as texts } from '../../texts/embeds.ts';
import { shellTexts } from '../../texts/shell.ts';
import { EmbedPreview } from './embed-preview.tsx';
import { appearanceOf, bodyOf, type EmbedValues, valuesOf } from './embed-values.ts';
import classes from './embeds.module.css';
import { readOrigin } from './origins.ts';
import { OriginsField } from './origins-field.tsx';

const FIELDS = [
  'name',
  'agent_id',
  'allowed_origins',
  'session_types',
  'sessions_per_day',
  'minutes_per_day',
  'minutes_per_session',
  'expires_at',
] as const;

interface EmbedFormProps {
  /** The embed that is edited; undefined: a new one. */
  edited: Embed | undefined;
  agents: AgentSummary[];
  onCancel: () => void;
  /** With the embed, where it is a new one. */
  onSaved: (made: Embed | undefined) => void;
}

/** All of an embed, with a picture of how it will look. */
export function EmbedForm({ edited, agents, onCancel, onSaved }: EmbedFormProps) {
  const queryClient = useQueryClient();
  const form = useForm<EmbedValues>({
    initialValues: valuesOf(edited, agents.length === 1 ? agents[0]?.agent_id : undefined),
    validate: {
      name: (name) => (name.trim() === '' ? texts.nameMissing : null),
      agent_id: (id) => (id === null ? texts.agentMissing : null),
      allowed_origins: (origins, { typedOrigin }) => originsProblem(origins, typedOrigin),
      session_types: (types) => (types.length === 0 ? texts.typesMissing : null),
      minutes_per_session: (minutes) => (minutes === '' ? texts.numberMissing : null),
      accent_color: (colour) => (colour === '' || /^#[0-9a-f]{6}$/i.test(colour) ? null : texts.accentBad),
    },
  });
  const save = useMutation({
    mutationFn: async (values: EmbedValues) => {
      const typed = readOrigin(values.typedOrigin).origin;
      const origins = typed === undefined ? values.allowed_origins : [...new Set([...values.allowed_origins, typed])];
      const body = bodyOf({ ...values, allowed_origins: origins });
      if (!edited) return api.embeds.create({ ...body, agent_id: Number(values.agent_id) });
      await api.embeds.update(edited.embed_id, body);
      return undefined;
    },
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: ['embeds'] });
      if (!made) notifyDone(shellTexts.saved);
      onSaved(made);
    },
    onError: (error) => {
      const { expires_at, ...problems } = fieldProblems(error, FIELDS);
      form.setErrors({ ...problems, ...(expires_at && { expires: expires_at }) });
    },
  });
  const agentName = agents.find(({ agent_id }) => String(agent_id) === form.values.agent_id)?.name ?? edited?.agent_name;

  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <div className={classes.columns}>
        <Stack gap="xl">
          <FormProblem error={save.error} fields={FIELDS} />
          <General form={form} edited={edited} agents={agents} />
          <Visitors form={form} />
          <Budget form={form} edited={edited} />
          <Appearance form={form} />
        </Stack>
        <Stack gap="xs" className={classes.sticky ?? ''}>
          <Title order={3} size="h5">
            {texts.preview}
          </Title>
          <EmbedPreview
            appearance={appearanceOf(form.values)}
            agentName={agentName ?? texts.agentLabel}
            types={form.values.session_types}
          />
        </Stack>
      </div>
      <Group justify="flex-end" mt="xl">
        <Button variant="default" onClick={onCancel}>
          {shellTexts.cancel}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {edited ? texts.save : texts.create}
        </Button>
      </Group>
    </form>
  );
}

/** What is typed counts, too: who forgets to press "Add" loses nothing. */
function originsProblem(origins: string[], typed: string): string | null {
  if (typed.trim() !== '') return readOrigin(typed).problem ?? null;
  return origins.length === 0 ? texts.originsMissing : null;
}

type Form = UseFormReturnType<EmbedValues>;

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Stack gap="md">
      <div>
        <Title order={3} size="h5">
          {title}
        </Title>
        {hint && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}

function General({ form, edited, agents }: { form: Form; edited: Embed | undefined; agents: AgentSummary[] }) {
  const choices = agents.map(({ agent_id, name }) => ({ value: String(agent_id), label: name }));
  return (
    <Part title={texts.general}>
      <TextInput
        label={texts.name}
        description={texts.nameHint}
        placeholder={texts.namePlaceholder}
        maxLength={200}
        data-autofocus
        {...form.getInputProps('name')}
      />
      {edited ? (
        <TextInput label={texts.agentLabel} value={edited.agent_name} readOnly variant="filled" />
      ) : (
        <Select label={texts.agentLabel} data={choices} searchable allowDeselect={false} {...form.getInputProps('agent_id')} />
      )}
      <OriginsField
        value={form.values.allowed_origins}
        onChange={(origins) => {
          form.setFieldValue('allowed_origins', origins);
          form.clearFieldError('allowed_origins');
        }}
        typed={form.values.typedOrigin}
        onTyped={(text) => form.setFieldValue('typedOrigin', text)}
        error={form.errors.allowed_origins as string | undefined}
      />
    </Part>
  );
}

function Visitors({ form }: { form: Form }) {
  return (
    <Part title={texts.visitors}>
      <Checkbox.Group aria-label={texts.visitors} {...form.getInputProps('session_types')}>
        <Stack gap="xs">
          {(['agent_chat', 'agent_voice', 'agent_video'] as const).map((type) => (
            <Checkbox key={type} value={type} label={texts.types[type]} description={texts.typeHints[type]} />
          ))}
        </Stack>
      </Checkbox.Group>
    </Part>
  );
}

function Budget({ form, edited }: { form: Form; edited: Embed | undefined }) {
  const number = { min: 1, allowDecimal: false };
  const used = edited && [
    texts.sessionsOf(edited.usage_today.sessions, edited.sessions_per_day),
    texts.minutesOf(edited.usage_today.minutes, edited.minutes_per_day),
  ];
  return (
    <Part title={texts.budget} hint={texts.budgetHint}>
      {used && <Text size="sm">{texts.usedToday(used.join(', '))}</Text>}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        <NumberInput
          label={texts.sessionsPerDay}
          description={texts.noLimitHint}
          max={1_000_000}
          {...number}
          {...form.getInputProps('sessions_per_day')}
        />
        <NumberInput
          label={texts.minutesPerDay}
          description={texts.noLimitHint}
          max={1_000_000}
          {...number}
          {...form.getInputProps('minutes_per_day')}
        />
        <NumberInput label={texts.minutesPerSession} max={1_440} {...number} {...form.getInputProps('minutes_per_session')} />
        <TextInput label={texts.expiry} type="datetime-local" description={texts.expiryHint} {...form.getInputProps('expires')} />
      </SimpleGrid>
    </Part>
  );
}

const SWATCHES = ['#4b45c6', '#0b6e99', '#0f766e', '#15803d', '#b45309', '#b91c1c', '#9d174d', '#1f2937'];

function Appearance({ form }: { form: Form }) {
  const choices = <T extends string>(labels: Record<T, string>) =>
    (Object.keys(labels) as T[]).map((value) => ({ value, label: labels[value] }));
  return (
    <Part title={texts.appearance}>
      <TextInput label={texts.headline} description={texts.headlineHint} maxLength={80} {...form.getInputProps('title')} />
      <TextInput label={texts.greeting} description={texts.greetingHint} maxLength={200} {...form.getInputProps('greeting')} />
      <ColorInput
        label={texts.accent}
        description={texts.accentHint}
        format="hex"
        swatches={SWATCHES}
        withEyeDropper={false}
        {...form.getInputProps('accent_color')}
      />
      <Stack gap={4}>
        <Text size="sm" fw={600} id="embed-position">
          {texts.position}
        </Text>
        <SegmentedControl aria-labelledby="embed-position" data={choices(texts.positions)} {...form.getInputProps('position')} />
      </Stack>
      <Select label={texts.scheme} data={choices(texts.schemes)} allowDeselect={false} {...form.getInputProps('color_scheme')} />
      <Switch label={texts.showAvatar} {...form.getInputProps('show_avatar', { type: 'checkbox' })} />
    </Part>
  );
}
