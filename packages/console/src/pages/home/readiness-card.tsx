import { Anchor, Badge, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheckFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { clock, fileSize } from '../../texts/catalogue.ts';
import { homeTexts as texts } from '../../texts/home.ts';
import type { Ability } from './readiness.ts';

const COLOURS = { ready: 'teal', fetching: 'iris', loading: 'iris', missing: 'yellow', failed: 'red' } as const;

/** What works on this server, how far the downloads are, and what to do about the rest. */
export function ReadinessCard({ abilities, model }: { abilities: Ability[]; model: string | undefined }) {
  if (abilities.every(({ state }) => state === 'ready')) {
    return (
      <Group gap={8} wrap="nowrap">
        <IconCircleCheckFilled size={20} color="var(--mantine-color-teal-6)" aria-hidden />
        <Text size="sm">{texts.allReady}</Text>
      </Group>
    );
  }
  return (
    <Paper withBorder p="lg" radius="lg" bg="var(--visavis-card)" component="section" aria-labelledby="ready-title">
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4" id="ready-title">
          {texts.readyTitle}
        </Title>
        <Group gap="md">
          <Anchor component={Link} to="/settings/models" size="sm">
            {texts.toModels}
          </Anchor>
          <Anchor component={Link} to="/settings/providers" size="sm">
            {texts.toProviders}
          </Anchor>
        </Group>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="lg">
        {abilities.map((ability) => (
          <AbilityState key={ability.name} ability={ability} model={model} />
        ))}
      </SimpleGrid>
    </Paper>
  );
}

function AbilityState({ ability, model }: { ability: Ability; model: string | undefined }) {
  const { name, state, wayOut, received = 0, total, secondsLeft } = ability;
  const { title, ready } = texts.abilities[name];
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <Text fw={600}>{title}</Text>
        <Badge variant="light" color={COLOURS[state]}>
          {texts.states[state]}
        </Badge>
      </Group>
      {total !== undefined && (
        <>
          <Progress value={(received / total) * 100} aria-label={title} />
          <Text size="xs" c="dimmed">
            {[
              texts.progress(fileSize(received), fileSize(total)),
              ...(secondsLeft === undefined ? [] : [texts.left(clock(secondsLeft))]),
            ].join(', ')}
          </Text>
        </>
      )}
      <Text size="sm" c="dimmed">
        {wayOut ? texts.ways_out[wayOut] : ready(model ?? '')}
      </Text>
    </Stack>
  );
}
