import { Alert, Button, Checkbox, Group, Modal, SimpleGrid, Stack, Tabs, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertTriangle, IconCamera, IconLink, IconPhotoUp } from '@tabler/icons-react';
import type { Avatar } from '@visavis/client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { VoiceSelect } from '../../components/voice-select.tsx';
import { notifyDone } from '../../layout/notify.tsx';
import { messageOf } from '../../layout/states.tsx';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import { shellTexts } from '../../texts/shell.ts';
import { useAvatarsChanged } from './avatar-queries.ts';
import { CameraCapture } from './camera-capture.tsx';
import { PhotoCrop } from './photo-crop.tsx';
import { PhotoDrop } from './photo-drop.tsx';
import { cutPicture, LARGEST_BYTES, type Part } from './picture-file.ts';

interface AddAvatarProps {
  opened: boolean;
  /** The new avatar takes the place of this one: its name, its voice, its agents. */
  replaces?: Avatar | undefined;
  onClose: () => void;
  onAdded: (id: number) => void;
}

/** Makes an avatar: a photo from a file, the camera or an address; then its name, its voice and the consent. */
export function AddAvatar({ opened, onClose, ...props }: AddAvatarProps) {
  const title = props.replaces ? texts.replaceTitle(props.replaces.name) : texts.addTitle;
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={820} closeOnClickOutside={false}>
      {/* What was entered goes with the dialog. */}
      <AddAvatarForm {...props} onClose={onClose} />
    </Modal>
  );
}

type Source = 'file' | 'camera' | 'address';

function AddAvatarForm({ replaces, onClose, onAdded }: Omit<AddAvatarProps, 'opened'>) {
  const [source, setSource] = useState<Source>('file');
  const [photo, setPhoto] = useState<File>();
  const [part, setPart] = useState<Part>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [camera, setCamera] = useState(false);
  const changed = useAvatarsChanged();
  const form = useForm({
    initialValues: { name: replaces?.name ?? '', voiceId: replaces?.voice_id ?? null, consent: false, address: '' },
    validate: {
      name: (value) => (value.trim() === '' ? texts.nameMissing : null),
      address: (value) => (source === 'address' && !isHttps(value) ? texts.addressMissing : null),
    },
  });
  type Values = typeof form.values;

  const create = async ({ name, voiceId, consent, address }: Values): Promise<number> => {
    const about = { name: name.trim(), consent, ...(voiceId !== null && { voice_id: voiceId }) };
    if (source === 'address') return (await api.avatars.create({ ...about, url: address.trim() })).id;
    if (!photo) throw new Error(texts.drop);
    const file = await cutPicture(photo, part);
    if (file.size > LARGEST_BYTES) throw new Error(texts.tooLarge);
    return (await api.avatars.upload({ ...about, file })).id;
  };
  const submit = async (values: Values) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const id = await create(values);
      if (replaces) await putInPlaceOf(replaces, id);
      await changed();
      notifyDone(replaces ? texts.replaced(replaces.name) : texts.created(values.name.trim()));
      onAdded(id);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const take = (file: File) => {
    setPhoto(file);
    setPart(undefined);
  };

  const choosing = photo === undefined && source !== 'address';
  const tabs = (
    <Tabs value={source} onChange={(value) => setSource(value as Source)} keepMounted={false}>
      <Tabs.List grow mb="md">
        <Tabs.Tab value="file" leftSection={<IconPhotoUp size={18} aria-hidden />}>
          {texts.fromFile}
        </Tabs.Tab>
        <Tabs.Tab value="camera" leftSection={<IconCamera size={18} aria-hidden />}>
          {texts.fromCamera}
        </Tabs.Tab>
        <Tabs.Tab value="address" leftSection={<IconLink size={18} aria-hidden />}>
          {texts.fromAddress}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="file">
        <PhotoDrop onPhoto={take} />
      </Tabs.Panel>
      <Tabs.Panel value="camera">
        <CameraCapture
          openAtOnce={camera}
          onPhoto={(file) => {
            setCamera(true);
            take(file);
          }}
        />
      </Tabs.Panel>
      <Tabs.Panel value="address">
        <TextInput
          label={texts.address}
          description={texts.addressHint}
          placeholder="https://"
          type="url"
          inputMode="url"
          data-autofocus
          {...form.getInputProps('address')}
        />
      </Tabs.Panel>
    </Tabs>
  );
  if (choosing) return tabs;

  const fields = (
    <Stack>
      <TextInput
        label={texts.name}
        placeholder={texts.namePlaceholder}
        maxLength={200}
        required
        withAsterisk={false}
        data-autofocus
        {...form.getInputProps('name')}
      />
      <VoiceSelect
        label={texts.voice}
        description={texts.voiceHint}
        value={form.values.voiceId}
        onChange={(voiceId) => form.setFieldValue('voiceId', voiceId)}
      />
      <Checkbox label={texts.consent} description={texts.consentHint} {...form.getInputProps('consent', { type: 'checkbox' })} />
    </Stack>
  );
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack gap="lg">
        {photo ? (
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
            <PhotoCrop photo={photo} onPart={setPart} />
            {fields}
          </SimpleGrid>
        ) : (
          <Stack>
            {tabs}
            {fields}
          </Stack>
        )}
        {problem !== undefined && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {messageOf(problem)}
          </Alert>
        )}
        <Group justify="space-between">
          {photo ? (
            <Button variant="subtle" onClick={() => setPhoto(undefined)} disabled={busy}>
              {source === 'camera' ? texts.retake : texts.otherPicture}
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button variant="default" onClick={onClose} disabled={busy}>
              {shellTexts.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {texts.create}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** The agents of the old avatar get the new one, then the old one goes. */
async function putInPlaceOf(old: Avatar, id: number): Promise<void> {
  for (const agent of await api.agents.list({ status: 'all' })) {
    if (agent.avatar_id === old.id) await api.agents.update(agent.agent_id, { avatar_id: id });
  }
  if (old.is_favorite) await api.avatars.update(id, { is_favorite: true });
  await api.avatars.remove(old.id);
}

function isHttps(address: string): boolean {
  return /^https:\/\/\S+$/i.test(address.trim()) && URL.canParse(address.trim());
}
