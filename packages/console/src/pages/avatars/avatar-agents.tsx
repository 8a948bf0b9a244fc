import { Anchor, Button, Group, List, Menu, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconPlus, IconRobotFace } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { AgentSummary, Avatar } from '@visavis/client';
import { api } from '../../api.ts';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { LoadError } from '../../layout/states.tsx';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import { useAgents } from './avatar-queries.ts';

/** The agents that have this face, and a way to give it to others. */
export function AvatarAgents({ avatar }: { avatar: Avatar }) {
  const agents = useAgents();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const all = agents.data ?? [];
  const users = all.filter(({ avatar_id }) => avatar_id === avatar.id);
  const others = all.filter(({ avatar_id }) => avatar_id !== avatar.id);

  const giveTo = async ({ agent_id, name }: AgentSummary) => {
    try {
      await api.agents.update(agent_id, { avatar_id: avatar.id });
      notifyDone(texts.usedNow(name));
    } catch (error) {
      notifyFailure(error);
    }
    await queries.invalidateQueries({ queryKey: ['agents'] });
  };
  const createWith = async () => {
    try {
      const { agent_id } = await api.agents.create({ name: avatar.name, avatar_id: avatar.id });
      await queries.invalidateQueries({ queryKey: ['agents'] });
      await navigate({ to: '/agents/$agentId', params: { agentId: String(agent_id) } });
    } catch (error) {
      notifyFailure(error);
    }
  };

  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {texts.usedBy}
        </Text>
        <Menu position="bottom-end" width={260}>
          <Menu.Target>
            <Button size="xs" variant="light" rightSection={<IconChevronDown size={16} aria-hidden />}>
              {texts.useInAgent}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
            <Menu.Item leftSection={<IconPlus size={18} aria-hidden />} onClick={() => void createWith()}>
              {texts.newAgent}
            </Menu.Item>
            {others.length > 0 && <Menu.Label>{texts.existingAgents}</Menu.Label>}
            {others.map((agent) => (
              <Menu.Item
                key={agent.agent_id}
                leftSection={<IconRobotFace size={18} aria-hidden />}
                onClick={() => void giveTo(agent)}
              >
                {agent.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {agents.isError && <LoadError error={agents.error} retry={() => void agents.refetch()} />}
      {agents.isSuccess && users.length === 0 && (
        <Text size="sm" c="dimmed">
          {texts.usedByNobody}
        </Text>
      )}
      {users.length > 0 && (
        <List size="sm" listStyleType="none">
          {users.map(({ agent_id, name }) => (
            <List.Item key={agent_id}>
              <Anchor component={Link} to="/agents/$agentId" params={{ agentId: String(agent_id) } as never}>
                {name}
              </Anchor>
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}
