import { Badge, Divider, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheckFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { setUpTexts as texts } from '../texts/set-up.ts';
import classes from './set-up-page.module.css';

interface ModelOnItsWay {
  name: string;
  state: string;
  /** 0 to 1. */
  progress: number;
}

/** How often the server is asked while something is under way, in ms. */
const LOOK_EVERY_MS = 1_000;
const COLOURS: Record<string, string> = { ready: 'teal', failed: 'red', downloading: 'iris', verifying: 'iris', loading: 'iris' };

/** `/readyz` is no part of the API, so the SDK has no method for it; it is the one thing that tells a stranger how far the models are. */
async function modelsOnTheirWay(signal: AbortSignal): Promise<ModelOnItsWay[]> {
  const answer = await fetch('/readyz', { signal });
  return ((await answer.json()) as { models: ModelOnItsWay[] }).models;
}

/** What the server gets ready while somebody thinks of a password. */
export function SetUpModels() {
  const { data: models } = useQuery({
    queryKey: ['set-up', 'models'],
    queryFn: ({ signal }) => modelsOnTheirWay(signal),
    refetchInterval: ({ state: { data } }) =>
      data?.every(({ state }) => state === 'ready' || state === 'failed') ? false : LOOK_EVERY_MS,
  });
  return (
    <Paper withBorder radius="lg" p={{ base: 'lg', sm: 'xl' }} bg="var(--visavis-card)" component="aside">
      <Stack>
        <Stack gap={4}>
          <Title order={2} size="h4">
            {texts.meanwhileTitle}
          </Title>
          {models?.length !== 0 && (
            <Text size="sm" c="dimmed">
              {texts.meanwhile}
            </Text>
          )}
        </Stack>
        {models && <Models models={models} />}
        <Divider />
        <Title order={2} size="h4">
          {texts.thenTitle}
        </Title>
        <ol className={classes.then}>
          {texts.nextSteps.map((step) => (
            <Text key={step} component="li" size="sm">
              {step}
            </Text>
          ))}
        </ol>
      </Stack>
    </Paper>
  );
}

function Models({ models }: { models: ModelOnItsWay[] }) {
  const isReady = models.every(({ state }) => state === 'ready');
  const hasFailed = models.some(({ state }) => state === 'failed');
  const overall = models.reduce((sum, { progress }) => sum + progress, 0) / Math.max(1, models.length);
  return (
    <>
      {isReady || hasFailed ? (
        <Group gap={8} wrap="nowrap">
          {hasFailed ? (
            <IconAlertTriangle size={20} color="var(--mantine-color-orange-6)" aria-hidden />
          ) : (
            <IconCircleCheckFilled size={20} color="var(--mantine-color-teal-6)" aria-hidden />
          )}
          <Text size="sm">{hasFailed ? texts.failed : models.length > 0 ? texts.allReady : texts.noModels}</Text>
        </Group>
      ) : (
        <Stack gap={6}>
          <Progress value={overall * 100} aria-label={texts.overall} />
          <Text size="sm" c="dimmed">
            {texts.bringing}
          </Text>
        </Stack>
      )}
      <ul className={classes.models}>
        {models.map(({ name, state, progress }) => (
          <li key={name} className={classes.model}>
            <Text size="sm" className={classes.name ?? ''}>
              {name}
            </Text>
            <Badge variant="light" color={COLOURS[state] ?? 'gray'} style={{ flexShrink: 0 }}>
              {state === 'downloading' ? texts.percent(progress) : (texts.states[state] ?? state)}
            </Badge>
          </li>
        ))}
      </ul>
    </>
  );
}
