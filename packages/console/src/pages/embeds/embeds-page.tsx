import { ActionIcon, Badge, Button, Menu, Modal, useMatches } from '@mantine/core';
import {
  IconCode,
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconRobotFace,
  IconTrash,
  IconWand,
  IconWorldShare,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Embed } from '@visavis/client';
import { useState } from 'react';
import { api } from '../../api.ts';
import { confirmThen } from '../../layout/confirm.tsx';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import { Row, Rows, RowsSkeleton } from '../../layout/rows.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { EmptyState, Loaded } from '../../layout/states.tsx';
import { ago, dateTime } from '../../texts/catalogue.ts';
import { embedTexts as texts } from '../../texts/embeds.ts';
import { CodeDialog, TryDialog } from './embed-dialogs.tsx';
import { EmbedForm } from './embed-form.tsx';

const CODE: ApiExample[] = [
  { title: 'List your embeds', method: 'GET', path: '/embeds', sdk: 'await client.embeds.list()' },
  {
    title: 'Create an embed',
    method: 'POST',
    path: '/embeds',
    body: { agent_id: 1, name: 'Shop', allowed_origins: ['https://www.example.com'], sessions_per_day: 200 },
    sdk: "const { snippet } = await client.embeds.create({ agent_id: 1, name: 'Shop', allowed_origins: ['https://www.example.com'] })",
  },
  {
    title: 'Switch it off',
    method: 'PUT',
    path: '/embeds/emb_…',
    body: { enabled: false },
    sdk: "await client.embeds.update('emb_…', { enabled: false })",
  },
];

const SESSION_TYPES = ['agent_chat', 'agent_voice', 'agent_video', 'webrtc_video'] as const;

type Dialog = { name: 'form'; embed?: Embed } | { name: 'code'; embed: Embed } | { name: 'try'; embed: Embed };

/** The agents that stand on other sites' pages. */
export function EmbedsPage() {
  const embeds = useQuery({
    queryKey: ['embeds'],
    queryFn: ({ signal }) => api.embeds.list({}, { signal }),
    refetchInterval: 15_000,
  });
  const agents = useQuery({ queryKey: ['agents', 'to-embed'], queryFn: ({ signal }) => api.agents.list({}, { signal }) });
  const [dialog, setDialog] = useState<Dialog>();
  const isPhone = useMatches({ base: true, md: false });
  const close = () => setDialog(undefined);
  const hasAgents = (agents.data?.length ?? 0) > 0;
  const create = (
    <Button leftSection={<IconPlus size={18} aria-hidden />} disabled={!hasAgents} onClick={() => setDialog({ name: 'form' })}>
      {texts.create}
    </Button>
  );

  return (
    <Page title={texts.title} description={texts.description} code={CODE} actions={create}>
      <Loaded query={embeds} skeleton={<RowsSkeleton />}>
        {(list) => {
          if (list.length > 0) {
            return (
              <Rows label={texts.list}>
                {list.map((embed) => (
                  <EmbedRow key={embed.embed_id} embed={embed} onOpen={(name) => setDialog({ name, embed } as Dialog)} />
                ))}
              </Rows>
            );
          }
          return agents.data && !hasAgents ? <NoAgents /> : <NoEmbeds />;
        }}
      </Loaded>
      <Modal
        opened={dialog?.name === 'form'}
        onClose={close}
        title={dialog?.embed ? texts.editTitle : texts.create}
        size={1040}
        fullScreen={isPhone}
        closeOnClickOutside={false}
      >
        {dialog?.name === 'form' && (
          <EmbedForm
            edited={dialog.embed}
            agents={agents.data ?? []}
            onCancel={close}
            onSaved={(made) => setDialog(made && { name: 'code', embed: made })}
          />
        )}
      </Modal>
      {dialog?.name === 'code' && <CodeDialog embed={dialog.embed} onClose={close} />}
      {dialog?.name === 'try' && <TryDialog embed={dialog.embed} onClose={close} />}
    </Page>
  );
}

function NoAgents() {
  return (
    <EmptyState
      icon={IconRobotFace}
      title={texts.noAgentsTitle}
      action={
        <Button component={Link} to="/agents" variant="light">
          {texts.toAgents}
        </Button>
      }
    >
      {texts.noAgents}
    </EmptyState>
  );
}

function NoEmbeds() {
  return (
    <EmptyState icon={IconWorldShare} title={texts.emptyTitle}>
      {texts.empty}
    </EmptyState>
  );
}

interface EmbedRowProps {
  embed: Embed;
  onOpen: (dialog: 'form' | 'code' | 'try') => void;
}

function EmbedRow({ embed, onOpen }: EmbedRowProps) {
  const { usage_today: used } = embed;
  const isExpired = embed.expires_at !== null && Date.parse(embed.expires_at) <= Date.now();
  const isExhausted =
    (embed.sessions_per_day !== null && used.sessions >= embed.sessions_per_day) ||
    (embed.minutes_per_day !== null && used.minutes >= embed.minutes_per_day);
  return (
    <Row
      title={embed.name}
      badges={
        <>
          {SESSION_TYPES.filter((type) => embed.session_types.includes(type)).map((type) => (
            <Badge key={type} variant="light" color="gray">
              {texts.types[type]}
            </Badge>
          ))}
          {!embed.enabled && <Badge variant="default">{texts.off}</Badge>}
          {isExpired && <Badge variant="default">{texts.expired}</Badge>}
          {isExhausted && <Badge color="orange.9">{texts.exhausted}</Badge>}
        </>
      }
      facts={[
        texts.agent(embed.agent_name),
        embed.allowed_origins.join(', '),
        texts.today(
          texts.sessionsOf(used.sessions, embed.sessions_per_day),
          texts.minutesOf(used.minutes, embed.minutes_per_day),
        ),
        embed.expires_at !== null && (isExpired ? texts.ended(ago(embed.expires_at)) : texts.expires(dateTime(embed.expires_at))),
      ].filter(Boolean)}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconCode size={16} aria-hidden />}
            aria-label={texts.codeOf(embed.name)}
            onClick={() => onOpen('code')}
          >
            {texts.code}
          </Button>
          <EmbedMenu embed={embed} canTry={embed.enabled && !isExpired} onOpen={onOpen} />
        </>
      }
    />
  );
}

function EmbedMenu({ embed, canTry, onOpen }: EmbedRowProps & { canTry: boolean }) {
  const queryClient = useQueryClient();
  const reload = () => queryClient.invalidateQueries({ queryKey: ['embeds'] });
  const turn = useMutation({
    mutationFn: () => api.embeds.update(embed.embed_id, { enabled: !embed.enabled }),
    onSuccess: ({ enabled }) => notifyDone(enabled ? texts.switchedOn : texts.switchedOff),
    onError: (error) => notifyFailure(error),
    onSettled: reload,
  });
  const remove = () =>
    confirmThen({
      title: texts.removeTitle(embed.name),
      consequences: texts.removeConsequences,
      confirm: texts.remove,
      act: () => api.embeds.remove(embed.embed_id).finally(reload),
      done: texts.removed,
    });
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={texts.menu(embed.name)}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={() => onOpen('form')}>
          {texts.edit}
        </Menu.Item>
        <Menu.Item leftSection={<IconWand size={16} aria-hidden />} disabled={!canTry} onClick={() => onOpen('try')}>
          {texts.tryIt}
        </Menu.Item>
        <Menu.Item
          leftSection={embed.enabled ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />}
          onClick={() => turn.mutate()}
        >
          {embed.enabled ? texts.switchOff : texts.switchOn}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" onClick={remove}>
          {texts.remove}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
