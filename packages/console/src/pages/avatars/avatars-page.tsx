import { Button, Group, SegmentedControl, SimpleGrid, Skeleton, TextInput } from '@mantine/core';
import { IconHeart, IconMoodSmile, IconPlus, IconSearch } from '@tabler/icons-react';
import type { Avatar } from '@visavis/client';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api.ts';
import { useVoices } from '../../components/voice-select.tsx';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { useAddress } from '../../layout/use-address.ts';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import { AddAvatar } from './add-avatar.tsx';
import { AvatarCard } from './avatar-card.tsx';
import { AvatarDrawer } from './avatar-drawer.tsx';
import { useAvatars, useAvatarsChanged } from './avatar-queries.ts';

const GALLERIES = ['mine', 'public', 'favourites'] as const;
type Gallery = (typeof GALLERIES)[number];

/** All faces: the caller's own and everybody's. */
export function AvatarsPage() {
  const [{ show, search = '', avatar: openId }, change] = useAddress<'show' | 'search' | 'avatar'>();
  const gallery = GALLERIES.find((name) => name === show) ?? 'mine';
  const { mine, everybodys } = useAvatars();
  const [adding, setAdding] = useState<{ replaces?: Avatar }>();
  const voices = useVoices();
  const changed = useAvatarsChanged();
  useAnnouncedChanges(mine.data);

  const voiceNameOf = ({ voice_id }: Avatar) =>
    voice_id === null ? texts.noVoice : (voices.data?.find((voice) => voice.voice_id === voice_id)?.name ?? voice_id);
  const favour = async (avatar: Avatar) => {
    await api.avatars.update(avatar.id, { is_favorite: avatar.is_favorite === 0 }).catch(notifyFailure);
    await changed();
  };
  const owned = new Set(mine.data?.map(({ id }) => id));
  const opened = [...(mine.data ?? []), ...(everybodys.data ?? [])].find(({ id }) => String(id) === openId);
  const query = gallery === 'public' ? everybodys : mine;
  const counted = {
    mine: mine.data?.length,
    public: everybodys.data?.length,
    favourites: mine.data?.filter(({ is_favorite }) => is_favorite).length,
  };

  return (
    <Page
      title={texts.title}
      description={texts.description}
      code={CODE}
      wide
      actions={
        <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding({})}>
          {texts.add}
        </Button>
      }
    >
      <Group justify="space-between" gap="sm">
        <SegmentedControl
          aria-label={texts.shown}
          value={gallery}
          onChange={(value) => change({ show: value === 'mine' ? undefined : value })}
          data={GALLERIES.map((name) => ({ value: name, label: labelOf(name, counted[name]) }))}
        />
        <TextInput
          type="search"
          aria-label={texts.search}
          placeholder={texts.search}
          leftSection={<IconSearch size={18} aria-hidden />}
          w={{ base: '100%', sm: 280 }}
          value={search}
          onChange={({ currentTarget }) => change({ search: currentTarget.value })}
        />
      </Group>
      <Loaded query={query} skeleton={<GallerySkeleton />}>
        {(all) => {
          const shown = all.filter((avatar) => matches(avatar, gallery, search));
          if (shown.length === 0) {
            return (
              <NothingShown
                gallery={gallery}
                search={search}
                onClear={() => change({ search: undefined })}
                onAdd={() => setAdding({})}
              />
            );
          }
          return (
            <SimpleGrid cols={COLUMNS} spacing="md">
              {shown.map((avatar) => (
                <AvatarCard
                  key={avatar.id}
                  avatar={avatar}
                  voiceName={voiceNameOf(avatar)}
                  onOpen={() => change({ avatar: String(avatar.id) }, { keepPlace: true })}
                  {...(owned.has(avatar.id) && { onFavour: () => void favour(avatar) })}
                />
              ))}
            </SimpleGrid>
          );
        }}
      </Loaded>
      <AvatarDrawer
        avatar={opened}
        isOwn={opened !== undefined && owned.has(opened.id)}
        missing={openId !== undefined && opened === undefined && mine.isSuccess && everybodys.isSuccess}
        onClose={() => change({ avatar: undefined })}
        onReplace={(avatar) => setAdding({ replaces: avatar })}
      />
      <AddAvatar
        opened={adding !== undefined}
        replaces={adding?.replaces}
        onClose={() => setAdding(undefined)}
        onAdded={(id) => {
          setAdding(undefined);
          change({ show: undefined, search: undefined, avatar: opened ? String(id) : undefined });
        }}
      />
    </Page>
  );
}

const COLUMNS = { base: 2, sm: 3, md: 3, lg: 5, xl: 6 };

function labelOf(gallery: Gallery, count: number | undefined): string {
  return count ? `${texts[gallery]} (${count})` : texts[gallery];
}

function matches(avatar: Avatar, gallery: Gallery, search: string): boolean {
  if (gallery === 'favourites' && !avatar.is_favorite) return false;
  return avatar.name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());
}

/** Says it when a face has been built, or cannot be: its card may be out of sight. */
function useAnnouncedChanges(avatars: Avatar[] | undefined) {
  const before = useRef(new Map<number, Avatar['status']>());
  useEffect(() => {
    for (const { id, name, status } of avatars ?? []) {
      if (before.current.get(id) === 'building') {
        if (status === 'ready') notifyDone(texts.becameReady(name));
        if (status === 'failed') notifyFailure(new Error(texts.becameFailed(name)));
      }
      before.current.set(id, status);
    }
  }, [avatars]);
}

interface NothingShownProps {
  gallery: Gallery;
  search: string;
  onClear: () => void;
  onAdd: () => void;
}

function NothingShown({ gallery, search, onClear, onAdd }: NothingShownProps) {
  if (search.trim() !== '') {
    const clear = (
      <Button variant="default" onClick={onClear}>
        {texts.clearSearch}
      </Button>
    );
    return <EmptyState icon={IconSearch} title={texts.nothingFound} action={clear} />;
  }
  if (gallery === 'favourites') {
    return (
      <EmptyState icon={IconHeart} title={texts.emptyFavourites}>
        {texts.emptyFavouritesHint}
      </EmptyState>
    );
  }
  if (gallery === 'public') {
    return (
      <EmptyState icon={IconMoodSmile} title={texts.emptyPublic}>
        {texts.emptyPublicHint}
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconMoodSmile} title={texts.emptyMine} action={<Button onClick={onAdd}>{texts.add}</Button>}>
      {texts.emptyMineHint}
    </EmptyState>
  );
}

/** In the measures of the cards, so that nothing jumps. */
function GallerySkeleton() {
  return (
    <SimpleGrid cols={COLUMNS} spacing="md" aria-hidden>
      {['a', 'b', 'c', 'd', 'e', 'f'].map((key) => (
        <Skeleton key={key} radius="lg" style={{ aspectRatio: '1 / 1.3' }} />
      ))}
    </SimpleGrid>
  );
}

const CODE: ApiExample[] = [
  { title: 'List your avatars', method: 'GET', path: '/avatars', sdk: 'const avatars = await client.avatars.list()' },
  {
    title: 'List those that everybody may use',
    method: 'GET',
    path: '/avatars/public',
    sdk: 'await client.avatars.listPublic()',
  },
  {
    title: 'Make one from a picture at an address',
    method: 'POST',
    path: '/avatars',
    body: { name: 'Ada', url: 'https://example.com/ada.jpg', consent: true },
    sdk: "const { id } = await client.avatars.create({ name: 'Ada', url: 'https://example.com/ada.jpg', consent: true })",
  },
  {
    title: 'Give it a voice',
    method: 'PUT',
    path: '/avatars/1',
    body: { voice_id: 'local/clara' },
    sdk: "await client.avatars.update(1, { voice_id: 'local/clara' })",
  },
  { title: 'Delete it', method: 'DELETE', path: '/avatars/1', sdk: 'await client.avatars.remove(1)' },
];
