import { ActionIcon, Badge, Group, NativeSelect, Paper, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Avatar, Voice } from '@visavis/client';
import { useState } from 'react';
import { ownAddress } from '../../../components/own-address.ts';
import { useSound } from '../../../components/use-sound.ts';
import { Loaded } from '../../../layout/states.tsx';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { partQueries } from '../agent-queries.ts';
import { EarsFields } from './ears-fields.tsx';
import classes from './editor.module.css';
import { NumberField, useAgentFields } from './form.tsx';
import { languageName, sameLanguage } from './languages.ts';
import { valueAt } from './validation.ts';
import { VoiceFallbacks } from './voice-fallbacks.tsx';

const ALL = 'all';

/** Which voice the agent speaks with, and how fast; and who listens. */
export function VoiceSection() {
  const voices = useQuery(partQueries.voices);
  const providers = useQuery(partQueries.providers);
  const { language } = useAgentFields().values;
  return (
    <Stack gap="lg">
      <Loaded query={voices}>{(known) => <VoiceChoice voices={known} />}</Loaded>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberField path="properties.speech.speak.speed" label={texts.speed} hint={texts.speedHint} />
      </SimpleGrid>
      {voices.data && <VoiceFallbacks voices={voices.data} language={language} />}
      <Loaded query={providers}>{(known) => <EarsFields known={known} />}</Loaded>
    </Stack>
  );
}

function VoiceChoice({ voices }: { voices: Voice[] }) {
  const form = useAgentFields();
  const own = form.values.language;
  const [language, setLanguage] = useState(() => (voices.some((voice) => sameLanguage(voice.language, own)) ? base(own) : ALL));
  const sound = useSound();
  const [failed, setFailed] = useState(false);
  const provider = valueAt(form.values, 'properties.speech.speak.provider');
  const voice = valueAt(form.values, 'properties.speech.speak.voice');
  const chosen = typeof voice === 'string' && voice !== '' ? `${typeof provider === 'string' ? provider : 'local'}/${voice}` : '';
  const shown = voices.filter((one) => language === ALL || sameLanguage(one.language, language) || one.voice_id === chosen);
  const languages = [...new Set(voices.map((one) => base(one.language)))];

  const toggle = async ({ voice_id, preview_url }: Voice) => {
    setFailed(false);
    if (sound.playing === voice_id || preview_url === null) return sound.stop();
    if (await sound.play(voice_id, async () => ownAddress(preview_url))) setFailed(true);
  };
  const choose = (id: string) => {
    const slash = id.indexOf('/');
    form.setFieldValue('properties.speech.speak.provider', id === '' ? undefined : id.slice(0, slash));
    form.setFieldValue('properties.speech.speak.voice', id === '' ? undefined : id.slice(slash + 1));
    // A model belongs to the provider of the voice before.
    if (id === '' || id.slice(0, slash) !== provider) form.setFieldValue('properties.speech.speak.model', undefined);
  };

  return (
    <Stack gap="sm">
      <NativeSelect
        maw={320}
        label={texts.voiceLanguage}
        value={language}
        onChange={({ currentTarget }) => setLanguage(currentTarget.value)}
        data={[
          { value: ALL, label: texts.allLanguages },
          ...languages.map((value) => ({ value, label: languageName(value) })),
          ...(language !== ALL && !languages.includes(language) ? [{ value: language, label: languageName(language) }] : []),
        ]}
      />
      <Radio.Group
        label={texts.voice}
        description={texts.voiceHint}
        value={chosen}
        onChange={choose}
        error={form.errors['properties.speech.speak.voice'] ?? form.errors['properties.speech.speak.provider']}
      >
        <Paper withBorder p={6} mt={8} bg="var(--visavis-card)">
          <div className={classes.voice}>
            <span />
            <Radio value="" label={<AvatarsVoice voices={voices} />} />
          </div>
          {shown.map((one) => (
            <div key={one.voice_id} className={classes.voice}>
              <ActionIcon
                variant={sound.playing === one.voice_id ? 'filled' : 'light'}
                size={32}
                radius="xl"
                disabled={!one.preview_url}
                aria-label={sound.playing === one.voice_id ? texts.stopVoice(one.name) : texts.playVoice(one.name)}
                loading={sound.playing === one.voice_id && sound.loading}
                onClick={() => void toggle(one)}
              >
                {sound.playing === one.voice_id ? (
                  <IconPlayerStopFilled size={14} aria-hidden />
                ) : (
                  <IconPlayerPlayFilled size={14} aria-hidden />
                )}
              </ActionIcon>
              <Radio
                value={one.voice_id}
                disabled={!one.available && one.voice_id !== chosen}
                label={<VoiceLabel voice={one} />}
              />
            </div>
          ))}
          {chosen !== '' && !voices.some((one) => one.voice_id === chosen) && (
            <div className={classes.voice}>
              <span />
              <Radio value={chosen} label={texts.voiceUnknown(chosen)} />
            </div>
          )}
          {shown.length === 0 && (
            <Text size="sm" c="dimmed" p="sm">
              {texts.noVoices}
            </Text>
          )}
        </Paper>
      </Radio.Group>
      {failed && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {texts.voicePlayFailed}
        </Text>
      )}
    </Stack>
  );
}

function VoiceLabel({ voice }: { voice: Voice }) {
  const { provider } = voice;
  const why = provider === 'local' ? texts.voiceUnavailable.local : texts.voiceUnavailable.remote(provider);
  return (
    <>
      <Group gap={8} component="span">
        <Text span fw={550}>
          {voice.name}
        </Text>
        <Text span size="sm" c="dimmed">
          {`${languageName(voice.language)}, ${texts.gender[voice.gender]}`}
        </Text>
        {provider !== 'local' && (
          <Badge variant="light" color="gray" component="span">
            {provider}
          </Badge>
        )}
      </Group>
      {!voice.available && (
        <Text span size="xs" c="dimmed" display="block">
          {why}
        </Text>
      )}
    </>
  );
}

/** What counts without a choice: the voice that the avatar has. */
function AvatarsVoice({ voices }: { voices: Voice[] }) {
  const form = useAgentFields();
  const own = useQuery(partQueries.avatars).data ?? [];
  const open = useQuery(partQueries.publicAvatars).data ?? [];
  const avatar: Avatar | undefined = [...own, ...open].find(({ id }) => id === form.values.avatar_id);
  if (!avatar?.voice_id) return texts.avatarsVoiceNone;
  return texts.avatarsVoiceNamed(voices.find(({ voice_id }) => voice_id === avatar.voice_id)?.name ?? avatar.voice_id);
}

const base = (tag: string) => tag.split('-')[0] ?? tag;
