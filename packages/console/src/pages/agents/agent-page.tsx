import { Alert, Anchor, Button, Drawer, Group } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconMicrophone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Agent } from '@visavis/client';
import { type ReactNode, useState } from 'react';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { Loaded } from '../../layout/states.tsx';
import { agentEditorTexts as texts } from '../../texts/agent-editor.ts';
import { agentsTexts } from '../../texts/agents.ts';
import { playgroundTexts } from '../../texts/playground.ts';
import { AgentMenu } from './agent-menu.tsx';
import { agentQueries, pictureQuery } from './agent-queries.ts';
import { AgentEditor } from './editor/agent-editor.tsx';
import classes from './editor/editor.module.css';
import { SECTION_NAMES, type SectionName } from './editor/sections.ts';
import { Playground } from './playground/playground.tsx';
import { useAgentChanges } from './use-agent-changes.ts';

/** One agent: its settings, and a place to try it. */
export function AgentPage() {
  const { agentId } = useParams({ strict: false });
  const id = Number(agentId);
  const agent = useQuery(agentQueries.one(id));
  if (agent.data) return <EditedAgent key={id} agent={agent.data} />;
  return (
    <Page title={agentsTexts.title} above={<Above />}>
      <Loaded query={agent}>{() => null}</Loaded>
    </Page>
  );
}

function EditedAgent({ agent }: { agent: Agent }) {
  const navigate = useNavigate();
  const changes = useAgentChanges();
  const { tab } = useSearch({ strict: false }) as { tab?: string };
  const section = SECTION_NAMES.find((name) => name === tab) ?? 'behaviour';
  const [dirty, setDirty] = useState(false);
  const picture = useQuery(pictureQuery(agent.avatar_id)).data ?? null;
  // Beside the form where there is room, else over it.
  const isWide = useMediaQuery('(min-width: 82em)', undefined, { getInitialValueInEffect: false });
  const [trying, { open, close }] = useDisclosure(false);
  const params = { agentId: String(agent.id) };
  const show = (next: SectionName) =>
    void navigate({ to: '/agents/$agentId', params, search: { tab: next } as never, replace: true, resetScroll: false });
  const isArchived = agent.status === 'archived';
  const playground: ReactNode = (
    <Playground
      layout="panel"
      unsaved={dirty}
      agent={{ id: agent.id, name: agent.name, language: agent.language, picture, archived: isArchived }}
    />
  );
  return (
    <Page
      wide
      title={agent.name}
      above={<Above />}
      code={codeOf(agent)}
      actions={
        <Group gap="xs" wrap="nowrap">
          {!isArchived && !isWide && (
            <Button leftSection={<IconMicrophone size={18} aria-hidden />} onClick={open}>
              {texts.tryIt}
            </Button>
          )}
          <AgentMenu agent={agent} onDeleted={() => void navigate({ to: '/agents', ignoreBlocker: true })} />
        </Group>
      }
    >
      {isArchived && (
        <Alert color="gray" variant="light">
          <Group justify="space-between" gap="sm">
            {texts.archivedNote}
            <Button
              size="xs"
              variant="default"
              onClick={() =>
                void changes
                  .setStatus(agent.id, 'active')
                  .then(() => notifyDone(agentsTexts.restoredDone(agent.name)), notifyFailure)
              }
            >
              {texts.restore}
            </Button>
          </Group>
        </Alert>
      )}
      <div className={classes.columns} data-beside={isWide || undefined}>
        <AgentEditor agent={agent} section={section} onSection={show} onDirty={setDirty} />
        {isWide ? (
          <aside className={classes.aside}>{playground}</aside>
        ) : (
          <Drawer
            opened={trying && !isArchived}
            onClose={close}
            position="right"
            size={440}
            title={playgroundTexts.title}
            classNames={{ content: classes.drawer ?? '', body: classes.drawerBody ?? '' }}
          >
            {playground}
          </Drawer>
        )}
      </div>
    </Page>
  );
}

function Above() {
  return (
    <Anchor component={Link} to="/agents" size="sm" w="fit-content">
      <Group gap={2} component="span">
        <IconChevronLeft size={16} aria-hidden />
        {texts.back}
      </Group>
    </Anchor>
  );
}

/** For agents that have no choices of their own. */
const SAMPLE_PROPERTIES = {
  llm: { provider: 'openai', fallbacks: [{ provider: 'local' }] },
  speech: {
    listen: { provider: 'deepgram', fallbacks: [{ provider: 'local' }] },
    speak: { provider: 'local', voice: 'clara' },
  },
};

function codeOf(agent: Agent): ApiExample[] {
  const { llm, speech } = agent.properties ?? {};
  const properties = llm || speech ? agent.properties : { ...agent.properties, ...SAMPLE_PROPERTIES };
  return [
    {
      title: texts.code.read,
      method: 'GET',
      path: `/agents/${agent.id}`,
      sdk: `const agent = await client.agents.get(${agent.id})`,
    },
    {
      title: texts.code.change,
      method: 'PUT',
      path: `/agents/${agent.id}`,
      body: { custom_greeting: agent.custom_greeting ?? 'Hello!' },
      sdk: `await client.agents.update(${agent.id}, { custom_greeting: ${JSON.stringify(agent.custom_greeting ?? 'Hello!')} })`,
    },
    {
      title: texts.code.parts,
      method: 'PUT',
      path: `/agents/${agent.id}`,
      body: { properties },
      sdk: `await client.agents.update(${agent.id}, ${JSON.stringify({ properties }, null, 2)})`,
    },
    {
      title: texts.code.background,
      method: 'PUT',
      path: `/agents/${agent.id}/background`,
      body: { url: 'https://example.com/office.jpg' },
      sdk: `await client.agents.background.fetch(${agent.id}, 'https://example.com/office.jpg')`,
    },
    {
      title: texts.code.talk,
      method: 'POST',
      path: '/sessions',
      body: { agent_id: agent.id, session_type: 'agent_chat' },
      sdk: `const { session } = await client.sessions.create({ agent_id: ${agent.id}, session_type: 'agent_chat' })`,
    },
  ];
}
