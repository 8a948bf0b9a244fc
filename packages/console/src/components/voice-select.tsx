import { ActionIcon, Group, Loader, Select, Stack, Text, Tooltip } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Voice } from '@visavis/client';
import { api } from '../api.ts';
import { notifyFailure } from '../layout/notify.tsx';
import { voiceTexts as texts } from '../texts/avatars.ts';
import { language } from '../texts/catalogue.ts';
import { ownAddress } from './own-address.ts';
import { useSound } from './use-sound.ts';

/** The voices that this server knows. */
export function useVoices() {
  return useQuery({ queryKey: ['voices'], queryFn: () => api.voices.list(), staleTime: 60_000 });
}

interface VoiceSelectProps {
  /** A `voice_id`; null: none chosen. */
  value: string | null;
  onChange: (voiceId: string | null) => void;
  label?: string;
  description?: string;
  disabled?: boolean;
}

/** Chooses a voice, and lets it be heard. */
export function VoiceSelect({ value, onChange, label = texts.label, description, disabled = false }: VoiceSelectProps) {
  const voices = useVoices();
  const sound = useSound();
  const known = voices.data ?? [];
  const chosen = known.find(({ voice_id }) => voice_id === value);
  const listen = async () => {
    if (!chosen) return;
    if (sound.playing) return sound.stop();
    const failed = await sound.play(chosen.voice_id, (signal) => soundOf(chosen, signal));
    if (failed) notifyFailure(failed, texts.playFailed);
  };

  return (
    <Group align="flex-end" gap="xs" wrap="nowrap">
      <Select
        flex={1}
        label={label}
        description={description}
        placeholder={texts.none}
        value={value}
        onChange={onChange}
        data={optionsOf(known, value)}
        searchable
        clearable
        disabled={disabled}
        nothingFoundMessage={texts.nothing}
        maxDropdownHeight={280}
        renderOption={({ option }) => (
          <VoiceOption voice={known.find(({ voice_id }) => voice_id === option.value)} name={option.label} />
        )}
      />
      <Tooltip label={chosen ? (sound.playing ? texts.stop : texts.play(chosen.name)) : texts.play(label)}>
        <ActionIcon
          variant="default"
          size={36}
          disabled={!chosen?.available}
          onClick={() => void listen()}
          aria-label={sound.playing ? texts.stop : texts.play(chosen?.name ?? label)}
        >
          {sound.loading ? (
            <Loader size={16} />
          ) : sound.playing ? (
            <IconPlayerStop size={18} aria-hidden />
          ) : (
            <IconPlayerPlay size={18} aria-hidden />
          )}
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function VoiceOption({ voice, name }: { voice: Voice | undefined; name: string }) {
  return (
    <Stack gap={0}>
      <Text size="sm">{name}</Text>
      {voice && (
        <Text size="xs" c="dimmed">
          {[texts[voice.gender], voice.provider, ...(voice.available ? [] : [texts.unavailable])].join(' · ')}
        </Text>
      )}
    </Stack>
  );
}

/** Grouped by language, the reader's own first. A voice that the server does not know stays chosen. */
function optionsOf(voices: Voice[], value: string | null) {
  const names = new Intl.DisplayNames([language], { type: 'language' });
  const groups = new Map<string, Voice[]>();
  for (const voice of voices) groups.set(voice.language, [...(groups.get(voice.language) ?? []), voice]);
  const sorted = [...groups].sort(
    ([a], [b]) => Number(b.startsWith(language)) - Number(a.startsWith(language)) || a.localeCompare(b),
  );
  const options = sorted.map(([tag, members]) => ({
    group: nameOf(names, tag),
    items: members.map((voice) => ({ value: voice.voice_id, label: voice.name })),
  }));
  if (value === null || voices.some(({ voice_id }) => voice_id === value)) return options;
  return [...options, { group: ' ', items: [{ value, label: texts.unknown(value) }] }];
}

function nameOf(names: Intl.DisplayNames, tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    // A vendor's own name for several languages.
    return tag;
  }
}

/** The voice's own preview, or a sentence spoken by it. */
async function soundOf(voice: Voice, signal: AbortSignal): Promise<Blob | string> {
  if (voice.preview_url) return ownAddress(voice.preview_url);
  const spoken = await api.speech.speak({ input: texts.sample, voice: voice.voice_id }, { signal });
  return spoken.blob();
}
