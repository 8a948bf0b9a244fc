import { Button, Group, Stack, Textarea } from '@mantine/core';
import { IconPlayerStop, IconVolume } from '@tabler/icons-react';
import type { Avatar } from '@visavis/client';
import { useEffect, useState } from 'react';
import { api } from '../../api.ts';
import { useSound } from '../../components/use-sound.ts';
import { notifyFailure } from '../../layout/notify.tsx';
import { avatarTexts as texts, voiceTexts } from '../../texts/avatars.ts';

/** Longer texts take long to be made. */
const MOST_CHARACTERS = 300;

/** Has an avatar's voice say a sentence; `onSpeaking` tells while it is heard. */
export function AvatarSpeech({ avatar, onSpeaking }: { avatar: Avatar; onSpeaking: (speaking: boolean) => void }) {
  const [text, setText] = useState(texts.hearDefault(avatar.name));
  const sound = useSound();
  const audible = sound.playing !== undefined && !sound.loading;
  useEffect(() => onSpeaking(audible), [audible, onSpeaking]);
  const speak = async () => {
    if (sound.playing) return sound.stop();
    const failed = await sound.play('sentence', async (signal) => {
      const answer = await api.speech.speak(
        { input: text, ...(avatar.voice_id !== null && { voice: avatar.voice_id }) },
        { signal },
      );
      return answer.blob();
    });
    if (failed) notifyFailure(failed, voiceTexts.playFailed);
  };
  return (
    <Stack gap="xs">
      <Textarea
        label={texts.hear}
        description={avatar.preview_clip_url === null ? texts.movesOnlyReady : undefined}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={MOST_CHARACTERS}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button
          variant={audible ? 'default' : 'light'}
          loading={sound.loading}
          disabled={text.trim() === ''}
          leftSection={audible ? <IconPlayerStop size={18} aria-hidden /> : <IconVolume size={18} aria-hidden />}
          onClick={() => void speak()}
        >
          {audible ? texts.stopSpeaking : texts.speak}
        </Button>
      </Group>
    </Stack>
  );
}
