import { Anchor, Button, Group } from '@mantine/core';
import { IconChevronLeft, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Agent } from '@visavis/client';
import type { LiveMode } from '@visavis/client/live';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { Loaded } from '../../layout/states.tsx';
import { agentEditorTexts } from '../../texts/agent-editor.ts';
import { playgroundTexts as texts } from '../../texts/playground.ts';
import { agentQueries, pictureQuery } from './agent-queries.ts';
import { Playground } from './playground/playground.tsx';
import classes from './talk-page.module.css';

const MODES: LiveMode[] = ['chat', 'voice', 'video'];

/** A conversation with one agent, on a page of its own. `?mode=voice` begins it at once. */
export function TalkPage() {
  const { agentId } = useParams({ strict: false });
  const agent = useQuery(agentQueries.one(Number(agentId)));
  if (agent.data) return <Talk key={agentId} agent={agent.data} />;
  return (
    <Page title={texts.title}>
      <Loaded query={agent}>{() => null}</Loaded>
    </Page>
  );
}

function Talk({ agent }: { agent: Agent }) {
  const navigate = useNavigate();
  const picture = useQuery(pictureQuery(agent.avatar_id)).data ?? null;
  const { mode } = useSearch({ strict: false }) as { mode?: string };
  const params = { agentId: String(agent.id) };
  return (
    <Page
      wide
      title={texts.talkTitle(agent.name)}
      above={
        <Anchor component={Link} to="/agents" size="sm" w="fit-content">
          <Group gap={2} component="span">
            <IconChevronLeft size={16} aria-hidden />
            {agentEditorTexts.back}
          </Group>
        </Anchor>
      }
      description={texts.talkDescription}
      code={codeOf(agent)}
      actions={
        <Button
          component={Link}
          to="/agents/$agentId"
          params={params as never}
          variant="default"
          leftSection={<IconPencil size={18} aria-hidden />}
        >
          {texts.edit}
        </Button>
      }
    >
      <div className={classes.talk}>
        <Playground
          layout="page"
          agent={{ id: agent.id, name: agent.name, language: agent.language, picture, archived: agent.status === 'archived' }}
          begin={MODES.find((one) => one === mode)}
          // A reload goes on; it does not begin anew.
          onBegun={() =>
            void navigate({ to: '/agents/$agentId/talk', params: params as never, search: {} as never, replace: true })
          }
        />
      </div>
    </Page>
  );
}

function codeOf({ id }: Agent): ApiExample[] {
  return [
    {
      title: texts.code.create,
      method: 'POST',
      path: '/sessions',
      body: { agent_id: id, session_type: 'agent_chat' },
      sdk: `const { session } = await client.sessions.create({ agent_id: ${id}, session_type: 'agent_chat' })`,
    },
    {
      title: texts.code.send,
      method: 'POST',
      path: '/sessions/456/messages',
      body: { message: 'Hello!' },
      sdk: "const { reply } = await client.sessions.messages.send(session.session_id, { message: 'Hello!' })",
    },
    {
      title: texts.code.end,
      method: 'PUT',
      path: '/sessions/456/end',
      sdk: 'await client.sessions.end(session.session_id)',
    },
  ];
}
