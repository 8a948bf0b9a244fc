import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { IconPlayerStop, IconVolume } from '@tabler/icons-react';
import type { Avatar } from '@visavis/client';
import { type RefObject, useState } from 'react';
import { api } from '../../api.ts';
import { ownAddress } from '../../components/own-address.ts';
import { type Player, playToTheEnd, useSound } from '../../components/use-sound.ts';
import { notifyFailure } from '../../layout/notify.tsx';
import { avatarTexts as texts, voiceTexts } from '../../texts/avatars.ts';

/** Longer texts take long to be made. */
const MOST_CHARACTERS = 300;

interface AvatarSpeechProps {
  avatar: Avatar;
  /** Where its face is drawn while it speaks; without one only its voice is heard. */
  canvas: RefObject<HTMLCanvasElement | null>;
  /** Told when there begins or ceases to be something on the canvas. */
  onDrawn: (drawn: boolean) => void;
}

/** Has an avatar say a sentence: with its voice, and with its face where that may be animated. */
export function AvatarSpeech({ avatar, canvas, onDrawn }: AvatarSpeechProps) {
  const [text, setText] = useState(texts.hearDefault(avatar.name));
  const sound = useSound();
  const still = useReducedMotion();
  const audible = sound.playing !== undefined && !sound.loading;

  const withFace: Player<Blob> = async (spoken, signal, begun) => {
    const face = still ? undefined : await faceOn(canvas.current, avatar, signal);
    if (!face) return playToTheEnd(spoken, signal, begun);
    try {
      onDrawn(true);
      await face.say(spoken, { signal, onHeard: begun });
    } finally {
      face.close();
      onDrawn(false);
    }
  };
  const speak = async () => {
    if (sound.playing) return sound.stop();
    const spoken = async (signal: AbortSignal) => {
      const answer = await api.speech.speak(
        { input: text, ...(avatar.voice_id !== null && { voice: avatar.voice_id }) },
        { signal },
      );
      return answer.blob();
    };
    const failed = await sound.play('sentence', spoken, withFace);
    if (failed) notifyFailure(failed, voiceTexts.playFailed);
  };
  return (
    <Stack gap="xs">
      <Textarea
        label={texts.hear}
        description={avatar.face_url === null ? texts.movesOnlyReady : undefined}
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

/** The avatar's face, drawn by this page; undefined where it may not be animated, or this browser cannot draw it: the voice is heard all the same. */
async function faceOn(canvas: HTMLCanvasElement | null, avatar: Avatar, signal: AbortSignal) {
  if (!canvas || avatar.face_url === null) return undefined;
  try {
    // What draws faces is loaded when somebody wants to see one.
    const { openSpeakingFace } = await import('@visavis/client/face');
    return await openSpeakingFace({ canvas, faceUrl: ownAddress(avatar.face_url), signal });
  } catch {
    return undefined;
  }
}
