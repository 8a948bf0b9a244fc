import { ActionIcon, Badge, Button, Menu, Modal } from '@mantine/core';
import {
  IconDots,
  IconLink,
  IconLock,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
  IconUserPlus,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Invited, User } from '@visavis/client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { confirmThen } from '../../layout/confirm.tsx';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import { Row, Rows, RowsSkeleton } from '../../layout/rows.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { useSignedInUser } from '../../sign-in/signed-in-user.ts';
import { ago } from '../../texts/catalogue.ts';
import { userTexts as texts } from '../../texts/users.ts';
import { InvitationDialog, UserForm } from './user-form.tsx';

const CODE: ApiExample[] = [
  { title: 'List users', method: 'GET', path: '/users', sdk: 'await client.users.list()' },
  {
    title: 'Invite somebody',
    method: 'POST',
    path: '/users',
    body: { email: 'ben@example.com', role: 'member' },
    sdk: "const { invite_url } = await client.users.invite({ email: 'ben@example.com', role: 'member' })",
  },
  { title: 'Remove a user and everything of theirs', method: 'DELETE', path: '/users/3', sdk: 'await client.users.remove(3)' },
];

/** The people of this server, for its administrators. */
export function UsersPage() {
  const isAdministrator = useSignedInUser().role === 'administrator';
  return isAdministrator ? (
    <Users />
  ) : (
    <Page title={texts.title}>
      <EmptyState icon={IconLock} title={texts.adminsOnlyTitle}>
        {texts.adminsOnly}
      </EmptyState>
    </Page>
  );
}

function Users() {
  const users = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => api.users.list({}, { signal }) });
  const [edited, setEdited] = useState<User | 'new'>();
  const [invited, setInvited] = useState<Invited>();
  return (
    <Page
      title={texts.title}
      description={texts.description}
      code={CODE}
      actions={
        <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setEdited('new')}>
          {texts.invite}
        </Button>
      }
    >
      <Loaded query={users} skeleton={<RowsSkeleton />}>
        {(list) => (
          <Rows label={texts.list}>
            {list.map((user) => (
              <UserRow key={user.user_id} user={user} onEdit={() => setEdited(user)} onInvited={setInvited} />
            ))}
          </Rows>
        )}
      </Loaded>
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === undefined || edited === 'new' ? texts.inviteTitle : texts.editTitle(nameOf(edited))}
        size="lg"
      >
        {edited !== undefined && (
          <UserForm
            edited={edited === 'new' ? undefined : edited}
            onDone={(invitation) => {
              setEdited(undefined);
              setInvited(invitation);
            }}
          />
        )}
      </Modal>
      {invited && <InvitationDialog invited={invited} onClose={() => setInvited(undefined)} />}
    </Page>
  );
}

interface UserRowProps {
  user: User;
  onEdit: () => void;
  onInvited: (invited: Invited) => void;
}

function UserRow({ user, onEdit, onInvited }: UserRowProps) {
  const isMe = useSignedInUser().user_id === user.user_id;
  const { concurrent_sessions, messages_per_minute } = user.limits;
  const limits = [
    concurrent_sessions !== undefined && texts.concurrent(concurrent_sessions),
    messages_per_minute !== undefined && texts.messages(messages_per_minute),
  ].filter(Boolean);
  return (
    <Row
      title={nameOf(user)}
      badges={
        <>
          <Badge
            variant={user.role === 'administrator' ? 'filled' : 'light'}
            color={user.role === 'administrator' ? 'iris' : 'gray'}
          >
            {user.role === 'administrator' ? texts.administrator : texts.member}
          </Badge>
          {isMe && (
            <Badge variant="default" color="gray">
              {texts.you}
            </Badge>
          )}
          {!user.has_password && user.email !== null && <Badge variant="default">{texts.invited}</Badge>}
          {!user.active && <Badge variant="default">{texts.off}</Badge>}
        </>
      }
      facts={[
        user.name && user.email,
        texts.joined(ago(user.created_at)),
        !user.has_password && user.email !== null && texts.notYet,
        limits.length > 0 ? limits.join(', ') : texts.limitsDefault,
      ].filter(Boolean)}
      actions={<UserMenu user={user} isMe={isMe} onEdit={onEdit} onInvited={onInvited} />}
    />
  );
}

function UserMenu({ user, isMe, onEdit, onInvited }: UserRowProps & { isMe: boolean }) {
  const queryClient = useQueryClient();
  const reload = () => queryClient.invalidateQueries({ queryKey: ['users'] });
  const name = nameOf(user);
  const switchOn = useMutation({
    mutationFn: () => api.users.update(user.user_id, { active: true }),
    onSuccess: () => notifyDone(texts.switchedOn),
    onError: (error) => notifyFailure(error),
    onSettled: reload,
  });
  const inviteAgain = useMutation({
    mutationFn: () => api.users.inviteAgain(user.user_id),
    onSuccess: onInvited,
    onError: (error) => notifyFailure(error),
  });
  const switchOff = () =>
    confirmThen({
      title: texts.switchOffTitle(name),
      consequences: texts.switchOffConsequences,
      confirm: texts.switchOff,
      act: () => api.users.update(user.user_id, { active: false }).finally(reload),
      done: texts.switchedOff,
    });
  const remove = () =>
    confirmThen({
      title: texts.removeTitle(name),
      consequences: texts.removeConsequences,
      confirm: texts.remove,
      act: () => api.users.remove(user.user_id).finally(reload),
      done: texts.removed,
    });
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={texts.menu(name)} loading={inviteAgain.isPending}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
          {texts.edit}
        </Menu.Item>
        {user.active && user.email !== null && !isMe && (
          <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => inviteAgain.mutate()}>
            {texts.newLink}
          </Menu.Item>
        )}
        {!isMe && user.active && (
          <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={switchOff}>
            {texts.switchOff}
          </Menu.Item>
        )}
        {!user.active && (
          <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => switchOn.mutate()}>
            {texts.switchOn}
          </Menu.Item>
        )}
        {!isMe && (
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" onClick={remove}>
            {texts.remove}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** How a user is called: those of keys from the configuration have no address. */
const nameOf = (user: User) => user.name || user.email || `#${user.user_id}`;
