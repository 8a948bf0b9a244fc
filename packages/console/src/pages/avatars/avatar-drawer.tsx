import { Alert, Button, Checkbox, Divider, Drawer, Group, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { modals } from '@mantine/modals';
import {
  IconAlertTriangle,
  IconHeart,
  IconHeartFilled,
  IconInfoCircle,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import type { Avatar, AvatarChanges } from '@visavis/client';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { api } from '../../api.ts';
import { VoiceSelect } from '../../components/voice-select.tsx';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { signInState } from '../../sign-in/session.ts';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import { dateTime } from '../../texts/catalogue.ts';
import { shellTexts } from '../../texts/shell.ts';
import { AvatarAgents } from './avatar-agents.tsx';
import classes from './avatar-card.module.css';
import { AvatarPicture } from './avatar-card.tsx';
import { useAgents, useAvatarsChanged } from './avatar-queries.ts';
import { AvatarSpeech } from './avatar-speech.tsx';

interface AvatarDrawerProps {
  /** Undefined: closed. */
  avatar: Avatar | undefined;
  /** Whether the caller may change it. */
  isOwn: boolean;
  /** The address names an avatar that is not there. */
  missing: boolean;
  onClose: () => void;
  onReplace: (avatar: Avatar) => void;
}

/** Everything about one avatar. */
export function AvatarDrawer({ avatar, isOwn, missing, onClose, onReplace }: AvatarDrawerProps) {
  return (
    <Drawer
      opened={avatar !== undefined || missing}
      onClose={onClose}
      position="right"
      size={460}
      title={avatar?.name ?? texts.details}
      styles={{ title: { fontWeight: 650, fontSize: 'var(--mantine-font-size-lg)' } }}
    >
      {missing && <Text>{texts.notFound}</Text>}
      {avatar && <Details key={avatar.id} avatar={avatar} isOwn={isOwn} onClose={onClose} onReplace={onReplace} />}
    </Drawer>
  );
}

function Details({ avatar, isOwn, onClose, onReplace }: Omit<AvatarDrawerProps, 'avatar' | 'missing'> & { avatar: Avatar }) {
  const [moving, setMoving] = useState(false);
  const [drawn, setDrawn] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const changed = useAvatarsChanged();
  const signIn = useSyncExternalStore(signInState.subscribe, signInState.get);
  const isAdministrator = signIn.state === 'signed-in' && signIn.user.role === 'administrator';
  const animated = avatar.preview_clip_url !== null;
  const change = async (changes: AvatarChanges, done: string) => {
    try {
      await api.avatars.update(avatar.id, changes);
      notifyDone(done);
    } catch (error) {
      notifyFailure(error);
    }
    await changed();
  };

  return (
    <Stack gap="lg">
      <Stack gap="xs">
        <div className={classes.wide}>
          <AvatarPicture avatar={avatar} moving={moving} />
          <canvas ref={canvas} className={classes.face} role="img" aria-label={texts.faceOf(avatar.name)} hidden={!drawn} />
        </div>
        <Group justify="space-between" gap="xs">
          {animated ? (
            <Button
              size="xs"
              variant="default"
              leftSection={moving ? <IconPlayerStop size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
              onClick={() => setMoving(!moving)}
            >
              {moving ? texts.stopClip : texts.playClip}
            </Button>
          ) : (
            <span />
          )}
          {isOwn && (
            <Button
              size="xs"
              variant="subtle"
              aria-pressed={avatar.is_favorite === 1}
              leftSection={avatar.is_favorite ? <IconHeartFilled size={16} aria-hidden /> : <IconHeart size={16} aria-hidden />}
              onClick={() =>
                void api.avatars
                  .update(avatar.id, { is_favorite: avatar.is_favorite === 0 })
                  .catch(notifyFailure)
                  .then(changed)
              }
            >
              {avatar.is_favorite ? texts.favouriteNow : texts.favourite}
            </Button>
          )}
        </Group>
      </Stack>

      <FaceState
        avatar={avatar}
        isOwn={isOwn}
        onLargest={() => void change({ take_largest: true }, texts.building)}
        onReplace={() => onReplace(avatar)}
      />

      {isOwn ? (
        <>
          <Rename avatar={avatar} onRename={(name) => change({ name }, texts.renamed)} />
          <VoiceSelect
            label={texts.voice}
            description={texts.voiceHint}
            value={avatar.voice_id}
            onChange={(voice_id) => void change({ voice_id }, texts.voiceSaved)}
          />
          <PromptCheckbox
            label={texts.consent}
            description={texts.consentHint}
            checked={avatar.consent}
            onChange={(consent) => change({ consent }, consent ? texts.consentGiven : texts.consentTaken)}
          />
          {isAdministrator && (
            <PromptCheckbox
              label={texts.share}
              description={texts.shareHint}
              checked={avatar.is_public === 1}
              onChange={(is_public) => change({ is_public }, is_public ? texts.shared : texts.unshared)}
            />
          )}
        </>
      ) : (
        <Alert variant="light" color="gray" icon={<IconInfoCircle aria-hidden />}>
          {texts.owner}
        </Alert>
      )}

      <Divider />
      <AvatarSpeech avatar={avatar} canvas={canvas} onDrawn={setDrawn} />
      <Divider />
      <AvatarAgents avatar={avatar} />
      <Divider />
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {texts.added} {dateTime(avatar.created_at)}
        </Text>
        {isOwn && <Remove avatar={avatar} onRemoved={onClose} />}
      </Group>
    </Stack>
  );
}

interface PromptCheckboxProps {
  label: string;
  description: string;
  checked: boolean;
  /** Resolves when `checked` says what is so. */
  onChange: (checked: boolean) => Promise<void>;
}

/** Shows what was chosen at once, and what is so as soon as the server has answered. */
function PromptCheckbox({ checked, onChange, ...texts }: PromptCheckboxProps) {
  const [wanted, setWanted] = useState<boolean>();
  const choose = async (next: boolean) => {
    setWanted(next);
    await onChange(next);
    setWanted(undefined);
  };
  return (
    <Checkbox
      {...texts}
      checked={wanted ?? checked}
      disabled={wanted !== undefined}
      onChange={({ currentTarget }) => void choose(currentTarget.checked)}
    />
  );
}

interface FaceStateProps {
  avatar: Avatar;
  isOwn: boolean;
  onLargest: () => void;
  onReplace: () => void;
}

/** What became of the picture, and what can be done where it is no face. */
function FaceState({ avatar, isOwn, onLargest, onReplace }: FaceStateProps) {
  if (avatar.status === 'building') {
    return (
      <Text size="sm" c="dimmed" role="status">
        {texts.buildingHint}
      </Text>
    );
  }
  if (avatar.status === 'failed') {
    const [title, whatToDo] = texts.problems[avatar.reason ?? ''] ?? [texts.failed, avatar.reason_text ?? ''];
    return (
      <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{whatToDo}</Text>
          {isOwn && (
            <Group gap="xs">
              {avatar.reason === 'several-faces' && (
                <Button size="xs" onClick={onLargest}>
                  {texts.useLargest}
                </Button>
              )}
              <Button size="xs" variant="default" onClick={onReplace}>
                {texts.otherPicture}
              </Button>
            </Group>
          )}
        </Stack>
      </Alert>
    );
  }
  if (!avatar.consent) {
    return (
      <Alert color="gray" variant="light" icon={<IconInfoCircle aria-hidden />} title={texts.noConsentTitle}>
        {texts.noConsent}
      </Alert>
    );
  }
  return null;
}

function Rename({ avatar, onRename }: { avatar: Avatar; onRename: (name: string) => Promise<void> }) {
  const form = useForm({
    initialValues: { name: avatar.name },
    validate: { name: (value) => (value.trim() === '' ? texts.nameMissing : null) },
  });
  const { setInitialValues, reset } = form;
  useEffect(() => {
    setInitialValues({ name: avatar.name });
    reset();
  }, [avatar.name, setInitialValues, reset]);
  return (
    <form onSubmit={form.onSubmit(({ name }) => void onRename(name.trim()))} noValidate>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput flex={1} label={texts.name} maxLength={200} {...form.getInputProps('name')} />
        <Button type="submit" variant="default" disabled={!form.isDirty()}>
          {texts.save}
        </Button>
      </Group>
    </form>
  );
}

function Remove({ avatar, onRemoved }: { avatar: Avatar; onRemoved: () => void }) {
  const agents = useAgents();
  const changed = useAvatarsChanged();
  const remove = async () => {
    try {
      await api.avatars.remove(avatar.id);
      notifyDone(texts.removed(avatar.name));
      onRemoved();
    } catch (error) {
      notifyFailure(error);
    }
    await changed();
    await agents.refetch();
  };
  const ask = () => {
    const users = agents.data?.filter(({ avatar_id }) => avatar_id === avatar.id).map(({ name }) => name) ?? [];
    modals.openConfirmModal({
      title: texts.removeTitle(avatar.name),
      children: (
        <Stack gap="xs">
          {users.length > 0 && <Text fw={600}>{texts.removeUsed(new Intl.ListFormat('en').format(users))}</Text>}
          <Text size="sm">{texts.removeHint}</Text>
        </Stack>
      ),
      labels: { confirm: texts.remove, cancel: shellTexts.cancel },
      confirmProps: { color: 'red' },
      onConfirm: () => void remove(),
    });
  };
  return (
    <Button variant="subtle" color="red" leftSection={<IconTrash size={18} aria-hidden />} onClick={ask}>
      {texts.remove}
    </Button>
  );
}
