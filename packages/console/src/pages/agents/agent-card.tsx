import { Badge, Button, Group, Paper, Text } from '@mantine/core';
import { IconMicrophone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { AgentSummary } from '@visavis/client';
import { agentsTexts as texts } from '../../texts/agents.ts';
import { ago, clock } from '../../texts/catalogue.ts';
import { AgentMenu } from './agent-menu.tsx';
import { AgentPicture } from './agent-picture.tsx';
import classes from './agents.module.css';
import { languageName } from './editor/languages.ts';

/** One agent in the list: who it is, how it is used, and the way to talk with it. */
export function AgentCard({ agent }: { agent: AgentSummary }) {
  const isArchived = agent.status === 'archived';
  const params = { agentId: String(agent.agent_id) };
  const used = [
    texts.sessions(agent.total_sessions),
    ...(agent.avg_duration > 0 ? [texts.average(clock(agent.avg_duration))] : []),
    agent.last_used_at ? texts.usedAgo(ago(agent.last_used_at)) : texts.changedAgo(ago(agent.updated_at)),
  ];
  return (
    <Paper component="li" withBorder p="md" radius="md" className={classes.card ?? ''}>
      <Group wrap="nowrap" align="flex-start" gap="md">
        <AgentPicture name={agent.name} url={agent.avatar_url} />
        <div style={{ minWidth: 0, flex: 1 }}>
          <Text fw={650} lineClamp={2} component="h2" fz="md" m={0}>
            <Link to="/agents/$agentId" params={params} className={classes.name}>
              {agent.name}
            </Link>
          </Text>
          <Group gap={6} mt={2}>
            <Text size="xs" c="dimmed">
              {languageName(agent.language)}
            </Text>
            {isArchived && (
              <Badge size="sm" variant="light" color="gray">
                {texts.archived}
              </Badge>
            )}
          </Group>
        </div>
        <div className={classes.above}>
          <AgentMenu agent={{ id: agent.agent_id, name: agent.name, status: agent.status }} />
        </div>
      </Group>
      <Text size="sm" c="dimmed" lineClamp={2} mt="sm" mih={42}>
        {agent.context || agent.custom_greeting || ''}
      </Text>
      <Group justify="space-between" wrap="nowrap" mt="auto" pt="sm">
        <Text size="xs" c="dimmed" lineClamp={2}>
          {used.join(' · ')}
        </Text>
        {!isArchived && (
          <Button
            component={Link}
            to="/agents/$agentId/talk"
            params={params as never}
            size="xs"
            variant="light"
            className={classes.above ?? ''}
            leftSection={<IconMicrophone size={15} aria-hidden />}
            aria-label={texts.talkWith(agent.name)}
            style={{ flex: 'none' }}
          >
            {texts.talk}
          </Button>
        )}
      </Group>
    </Paper>
  );
}
