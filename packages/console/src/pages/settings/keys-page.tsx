import { ActionIcon, Badge, Button, Code, Menu, Modal } from '@mantine/core';
import { IconDots, IconKey, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Key, MadeKey } from '@visavis/client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { confirmThen } from '../../layout/confirm.tsx';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import { Row, Rows, RowsSkeleton } from '../../layout/rows.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { ago } from '../../texts/catalogue.ts';
import { keyTexts as texts } from '../../texts/keys.ts';
import { KeyForm, NewKeyDialog } from './key-form.tsx';

const CODE: ApiExample[] = [
  { title: 'List your keys', method: 'GET', path: '/keys', sdk: 'await client.keys.list()' },
  {
    title: 'Create a key (needs the scope "admin")',
    method: 'POST',
    path: '/keys',
    body: { name: 'Website backend', scopes: ['sessions'] },
    sdk: "const { key } = await client.keys.create({ name: 'Website backend', scopes: ['sessions'] })",
  },
  { title: 'Revoke a key', method: 'DELETE', path: '/keys/12', sdk: 'await client.keys.remove(12)' },
];

/** The API keys of who is signed in. */
export function KeysPage() {
  const keys = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => api.keys.list({}, { signal }) });
  const [edited, setEdited] = useState<Key | 'new'>();
  const [made, setMade] = useState<MadeKey>();
  const create = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEdited('new')}>
      {texts.create}
    </Button>
  );

  return (
    <Page title={texts.title} description={texts.description} actions={create} code={CODE}>
      <Loaded query={keys} skeleton={<RowsSkeleton />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState icon={IconKey} title={texts.emptyTitle}>
              {texts.empty}
            </EmptyState>
          ) : (
            <Rows label={texts.list}>
              {list.map((key) => (
                <KeyRow key={key.key_id} item={key} onEdit={() => setEdited(key)} />
              ))}
            </Rows>
          )
        }
      </Loaded>
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === 'new' ? texts.create : texts.editTitle}
        size="lg"
      >
        {edited !== undefined && (
          <KeyForm
            edited={edited === 'new' ? undefined : edited}
            onDone={(key) => {
              setEdited(undefined);
              setMade(key);
            }}
          />
        )}
      </Modal>
      {made && <NewKeyDialog made={made} onClose={() => setMade(undefined)} />}
    </Page>
  );
}

function KeyRow({ item, onEdit }: { item: Key; onEdit: () => void }) {
  const queryClient = useQueryClient();
  const reload = () => queryClient.invalidateQueries({ queryKey: ['keys'] });
  const turn = useMutation({
    mutationFn: () => api.keys.update(item.key_id, { active: !item.active }),
    onSuccess: ({ active }) => notifyDone(active ? texts.switchedOn : texts.switchedOff),
    onError: (error) => notifyFailure(error),
    onSettled: reload,
  });
  const revoke = () =>
    confirmThen({
      title: texts.revokeTitle(item.name),
      consequences: texts.revokeConsequences,
      confirm: texts.revoke,
      act: () => api.keys.remove(item.key_id).finally(reload),
      done: texts.revoked,
    });
  return (
    <Row
      title={item.name}
      badges={
        <>
          {!item.active && <Badge variant="default">{texts.off}</Badge>}
          {item.prefix === 'ah_test_' && (
            <Badge color="gray" variant="light">
              {texts.test}
            </Badge>
          )}
        </>
      }
      facts={[
        <Code key="key">{texts.endsIn(item.prefix, item.last_four)}</Code>,
        item.scopes.map((scope) => texts.scope[scope][0]).join(', '),
        item.last_used_at === null ? texts.neverUsed : texts.lastUsed(ago(item.last_used_at)),
        texts.created(ago(item.created_at)),
        texts.rateLimit(item.rate_limit),
      ]}
      actions={
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label={texts.menu(item.name)}>
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onEdit}>
              {texts.edit}
            </Menu.Item>
            <Menu.Item
              leftSection={item.active ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
              onClick={() => turn.mutate()}
            >
              {item.active ? texts.switchOff : texts.switchOn}
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" onClick={revoke}>
              {texts.revoke}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      }
    />
  );
}
