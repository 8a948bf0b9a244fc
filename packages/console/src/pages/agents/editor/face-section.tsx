import { Badge, Box, Button, ColorInput, Fieldset, Group, NativeSelect, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconStarFilled, IconUserOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Avatar } from '@visavis/client';
import { ownAddress } from '../../../components/own-address.ts';
import { Loaded } from '../../../layout/states.tsx';
import { agentEditorTexts as texts } from '../../../texts/agent-editor.ts';
import { partQueries } from '../agent-queries.ts';
import { BackgroundPicture } from './background-picture.tsx';
import classes from './editor.module.css';
import { NumberField, useAgentFields } from './form.tsx';
import { valueAt } from './validation.ts';

const NONE = 'none';

/** What the agent looks like. */
export function FaceSection({ agentId }: { agentId: number }) {
  const form = useAgentFields();
  const own = useQuery(partQueries.avatars);
  const open = useQuery(partQueries.publicAvatars);
  const { avatar_id } = form.values;
  return (
    <Stack>
      <Radio.Group
        label={texts.avatar}
        description={texts.avatarHint}
        value={avatar_id === null ? NONE : String(avatar_id)}
        onChange={(id) => form.setFieldValue('avatar_id', id === NONE ? null : Number(id))}
        error={form.errors.avatar_id}
      >
        <Stack gap="sm" mt="sm">
          <AvatarHeading label={texts.mine} />
          <div className={classes.avatars}>
            <Radio.Card value={NONE} className={classes.avatar ?? ''} aria-label={texts.noAvatar}>
              <span className={classes.noPicture}>
                <IconUserOff size={28} aria-hidden />
              </span>
              <Text size="xs" mt={4}>
                {texts.noAvatar}
              </Text>
            </Radio.Card>
            {own.data && inOrder(own.data).map((avatar) => <AvatarCard key={avatar.id} avatar={avatar} />)}
          </div>
          {own.data?.length === 0 && (
            <Group gap="sm">
              <Text size="sm" c="dimmed">
                {texts.noOwnAvatars}
              </Text>
              <Button component={Link} to="/avatars" size="xs" variant="default">
                {texts.makeAvatar}
              </Button>
            </Group>
          )}
          <AvatarHeading label={texts.publicOnes} />
          <Loaded query={open}>
            {(avatars) => (
              <div className={classes.avatars}>
                {inOrder(avatars)
                  .filter(({ id }) => !own.data?.some((mine) => mine.id === id))
                  .map((avatar) => (
                    <AvatarCard key={avatar.id} avatar={avatar} />
                  ))}
              </div>
            )}
          </Loaded>
        </Stack>
      </Radio.Group>
      <VideoFields agentId={agentId} />
    </Stack>
  );
}

function AvatarHeading({ label }: { label: string }) {
  return (
    <Text size="sm" fw={600} c="dimmed">
      {label}
    </Text>
  );
}

/** Favourites first. */
function inOrder(avatars: Avatar[]): Avatar[] {
  return [...avatars].sort((one, other) => other.is_favorite - one.is_favorite);
}

function AvatarCard({ avatar }: { avatar: Avatar }) {
  const note =
    avatar.status === 'failed'
      ? texts.avatarFailed
      : avatar.status === 'building'
        ? texts.avatarBuilding
        : avatar.consent
          ? undefined
          : texts.avatarWithoutConsent;
  const picture = avatar.preview_url ?? avatar.url;
  return (
    <Radio.Card
      value={String(avatar.id)}
      className={classes.avatar ?? ''}
      aria-label={note ? `${avatar.name}, ${note}` : avatar.name}
    >
      {picture ? (
        <img src={ownAddress(picture)} alt="" loading="lazy" width={96} height={96} />
      ) : (
        <span className={classes.noPicture} />
      )}
      <Group gap={4} justify="center" wrap="nowrap" mt={4}>
        {avatar.is_favorite === 1 && <IconStarFilled size={11} aria-label={texts.favourite} />}
        <Text size="xs" truncate>
          {avatar.name}
        </Text>
      </Group>
      {note && (
        <Badge size="xs" variant="light" color={avatar.status === 'failed' ? 'red' : 'gray'} fullWidth>
          {note}
        </Badge>
      )}
    </Radio.Card>
  );
}

/** How the face is shown in video. */
function VideoFields({ agentId }: { agentId: number }) {
  const form = useAgentFields();
  const aspect = valueAt(form.values, 'properties.video.aspect');
  const background = valueAt(form.values, 'properties.video.background');
  const colour = typeof background === 'string' && !['', 'own', 'blur', 'image'].includes(background) ? background : undefined;
  return (
    <Fieldset legend={texts.videoTitle}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NativeSelect
          label={texts.aspect}
          value={typeof aspect === 'string' ? aspect : ''}
          onChange={({ currentTarget }) => form.setFieldValue('properties.video.aspect', currentTarget.value || undefined)}
          error={form.errors['properties.video.aspect']}
          data={[
            { value: '', label: texts.standard(texts.aspects['1:1']) },
            ...Object.entries(texts.aspects).map(([value, label]) => ({ value, label })),
          ]}
        />
        <NumberField path="properties.video.height" label={texts.height} unit={texts.pixels} />
        <NativeSelect
          label={texts.background}
          value={colour === undefined ? (background as string | undefined) || '' : 'colour'}
          onChange={({ currentTarget: { value } }) =>
            form.setFieldValue('properties.video.background', value === 'colour' ? '#20262e' : value || undefined)
          }
          data={[
            { value: '', label: texts.standard(texts.backgrounds.own) },
            { value: 'own', label: texts.backgrounds.own },
            { value: 'blur', label: texts.backgrounds.blur },
            { value: 'image', label: texts.backgrounds.image },
            { value: 'colour', label: texts.backgrounds.colour },
          ]}
        />
        {colour !== undefined && (
          <ColorInput
            label={texts.backgroundColour}
            format="hex"
            value={colour}
            onChange={(value) => form.setFieldValue('properties.video.background', value)}
            error={form.errors['properties.video.background']}
          />
        )}
      </SimpleGrid>
      {background === 'image' && (
        <Box mt="md">
          <BackgroundPicture agentId={agentId} aspect={typeof aspect === 'string' && aspect !== '' ? aspect : '1:1'} />
        </Box>
      )}
    </Fieldset>
  );
}
