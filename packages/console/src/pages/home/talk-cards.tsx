import { ActionIcon, Anchor, Button, Group, Paper, Skeleton, Text, Title, Tooltip } from '@mantine/core';
import { IconMessage, IconMicrophone, IconPlus, IconRobotFace, IconVideo } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { AgentSummary } from '@visavis/client';
import { ownAddress } from '../../components/own-address.ts';
import { EmptyState } from '../../layout/states.tsx';
import { homeTexts as texts } from '../../texts/home.ts';
import { shellTexts } from '../../texts/shell.ts';
import classes from './home.module.css';
import { MOST_AGENTS, talkedWithLast } from './home-queries.ts';
import { type Ability, type AbilityName, bestWay } from './readiness.ts';

const WAYS: Array<{ name: AbilityName; icon: typeof IconVideo }> = [
  { name: 'video', icon: IconVideo },
  { name: 'voice', icon: IconMicrophone },
  { name: 'chat', icon: IconMessage },
];
/** The agents that were used or changed last, each one click away. */
export function TalkCards({ agents, abilities }: { agents: AgentSummary[]; abilities: Ability[] | undefined }) {
  const shown = talkedWithLast(agents);
  if (shown.length === 0) {
    return (
      <EmptyState
        icon={IconRobotFace}
        title={texts.noAgentsTitle}
        action={
          <Button
            component={Link}
            to="/agents"
            search={{ create: true } as never}
            leftSection={<IconPlus size={18} aria-hidden />}
          >
            {texts.makeAgent}
          </Button>
        }
      >
        {texts.noAgents}
      </EmptyState>
    );
  }
  return (
    <section aria-labelledby="talk-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="talk-title">
          {texts.talkTitle}
        </Title>
        <Anchor component={Link} to="/agents" size="sm">
          {texts.allAgents}
        </Anchor>
      </Group>
      <ul className={classes.talk}>
        {shown.map((agent) => (
          <TalkCard key={agent.agent_id} agent={agent} abilities={abilities ?? []} />
        ))}
      </ul>
    </section>
  );
}

function TalkCard({ agent, abilities }: { agent: AgentSummary; abilities: Ability[] }) {
  const best = bestWay(abilities);
  const params = { agentId: String(agent.agent_id) } as never;
  const works = (name: AbilityName) => abilities.some((ability) => ability.name === name && ability.state === 'ready');
  return (
    <Paper component="li" withBorder radius="lg" className={classes.talkCard ?? ''}>
      <div className={classes.portrait}>
        {agent.avatar_url ? (
          <img src={ownAddress(agent.avatar_url)} alt="" width={320} height={256} />
        ) : (
          <IconRobotFace size={64} stroke={1.2} aria-hidden />
        )}
      </div>
      <div className={classes.talkText}>
        <Text fw={650} component="h3" fz="md" m={0} truncate>
          {agent.name}
        </Text>
        <Text size="sm" c="dimmed" lineClamp={2} mih={42}>
          {agent.custom_greeting ?? agent.context ?? ''}
        </Text>
        <Group gap={6} mt="sm">
          <Button
            component={Link}
            to="/agents/$agentId/talk"
            params={params}
            search={{ mode: best } as never}
            className={classes.talkNow ?? ''}
            aria-label={texts.talkNowWith(agent.name)}
          >
            {texts.talkNow}
          </Button>
          <Group gap={6} wrap="nowrap">
            {WAYS.filter(({ name }) => name === 'chat' || works(name)).map(({ name, icon: Icon }) => (
              <Tooltip key={name} label={texts.ways[name]}>
                <ActionIcon
                  component={Link}
                  to="/agents/$agentId/talk"
                  params={params}
                  search={{ mode: name } as never}
                  variant="light"
                  size={36}
                  aria-label={texts.wayWith(texts.ways[name], agent.name)}
                >
                  <Icon size={18} aria-hidden />
                </ActionIcon>
              </Tooltip>
            ))}
          </Group>
        </Group>
      </div>
    </Paper>
  );
}

/** The place of the cards, while they are loaded. */
export function TalkCardsToCome() {
  return (
    <div role="status" aria-label={shellTexts.loading}>
      <Skeleton w={200} h={24} mb="sm" />
      <div className={classes.talk}>
        {Array.from({ length: MOST_AGENTS }, (_, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
          <Skeleton key={n} h={402} radius="lg" />
        ))}
      </div>
    </div>
  );
}
