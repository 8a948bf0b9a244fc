import { ActionIcon, Badge, Card, Group, Loader, Progress, Stack, Text, UnstyledButton } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { IconHeart, IconHeartFilled, IconPhotoOff } from '@tabler/icons-react';
import type { Avatar } from '@visavis/client';
import { useState } from 'react';
import { ownAddress } from '../../components/own-address.ts';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import classes from './avatar-card.module.css';

interface AvatarCardProps {
  avatar: Avatar;
  voiceName: string;
  /** Absent for avatars that cannot be marked. */
  onFavour?: () => void;
  onOpen: () => void;
}

/** One avatar of the gallery: its still, which moves while it is pointed at. */
export function AvatarCard({ avatar, voiceName, onFavour, onOpen }: AvatarCardProps) {
  const [pointedAt, setPointedAt] = useState(false);
  const still = useReducedMotion();
  const favourite = avatar.is_favorite === 1;
  return (
    <Card withBorder padding={0} radius="lg" className={classes.card ?? ''}>
      <UnstyledButton
        className={classes.open ?? ''}
        onClick={onOpen}
        aria-label={avatar.status === 'building' ? texts.openBuilding(avatar.name) : texts.open(avatar.name)}
        onPointerEnter={() => setPointedAt(true)}
        onPointerLeave={() => setPointedAt(false)}
        onFocus={() => setPointedAt(true)}
        onBlur={() => setPointedAt(false)}
      >
        <AvatarPicture avatar={avatar} moving={pointedAt && !still} />
      </UnstyledButton>
      {onFavour && (
        <ActionIcon
          className={classes.heart ?? ''}
          variant="default"
          radius="xl"
          size={36}
          aria-pressed={favourite}
          aria-label={favourite ? texts.unfavour(avatar.name) : texts.favour(avatar.name)}
          onClick={onFavour}
        >
          {favourite ? (
            <IconHeartFilled size={18} className={classes.favourite} aria-hidden />
          ) : (
            <IconHeart size={18} aria-hidden />
          )}
        </ActionIcon>
      )}
      <Stack gap={2} p="sm">
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text fw={600} truncate>
            {avatar.name}
          </Text>
          <AvatarBadge avatar={avatar} />
        </Group>
        <Text size="sm" c="dimmed" truncate>
          {voiceName}
        </Text>
      </Stack>
    </Card>
  );
}

/** The picture of an avatar, square; `moving`: the animated one, where there is one. */
export function AvatarPicture({ avatar, moving = false }: { avatar: Avatar; moving?: boolean }) {
  const [broken, setBroken] = useState<string>();
  const address = moving && avatar.preview_clip_url ? avatar.preview_clip_url : avatar.preview_url;
  const alt = moving && avatar.preview_clip_url ? texts.movingPictureOf(avatar.name) : texts.pictureOf(avatar.name);
  return (
    <div className={classes.picture} data-building={avatar.status === 'building' || undefined}>
      {address && broken !== address ? (
        <img
          src={ownAddress(address)}
          alt={alt}
          width={512}
          height={512}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(address)}
        />
      ) : avatar.status === 'building' ? (
        <Loader aria-hidden />
      ) : (
        <IconPhotoOff size={40} stroke={1.4} aria-hidden />
      )}
      {avatar.status === 'building' && (
        <div className={classes.building}>
          <Text size="sm" fw={600}>
            {texts.building}
          </Text>
          <div aria-hidden>
            <Progress value={100} animated size="sm" mt={6} />
          </div>
        </div>
      )}
    </div>
  );
}

/** What there is to know about its face; nothing where all is well. */
export function AvatarBadge({ avatar }: { avatar: Avatar }) {
  if (avatar.status === 'failed') {
    return (
      <Badge color="red" variant="light" className={classes.badge ?? ''} data-failed>
        {texts.failed}
      </Badge>
    );
  }
  if (avatar.status === 'ready' && !avatar.consent) {
    return (
      <Badge color="gray" variant="light" className={classes.badge ?? ''}>
        {texts.still}
      </Badge>
    );
  }
  return null;
}
