import { ActionIcon, Alert, Anchor, Badge, Button, Group, Menu, Progress, Stack, Text, Title } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconDatabase,
  IconDots,
  IconDownload,
  IconShieldCheck,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Model } from '@visavis/client';
import { api } from '../../api.ts';
import { confirmThen } from '../../layout/confirm.tsx';
import { notifyDone, notifyFailure } from '../../layout/notify.tsx';
import { Page } from '../../layout/page.tsx';
import { Row, Rows, RowsSkeleton } from '../../layout/rows.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { Loaded } from '../../layout/states.tsx';
import { useSignedInUser } from '../../sign-in/signed-in-user.ts';
import { clock, fileSize } from '../../texts/catalogue.ts';
import { modelTexts as texts } from '../../texts/models.ts';

const NAME = 'smollm2-135m-instruct-q4_1';
const CODE: ApiExample[] = [
  { title: 'List models with their progress', method: 'GET', path: '/models', sdk: 'await client.models.list()' },
  { title: 'Download a model', method: 'POST', path: `/models/${NAME}/pull`, sdk: `await client.models.pull('${NAME}')` },
  { title: 'Remove a model', method: 'DELETE', path: `/models/${NAME}`, sdk: `await client.models.remove('${NAME}')` },
];
/** How often progress is asked for while something is under way, in ms; and otherwise. */
const BUSY_MS = 700;
const IDLE_MS = 15_000;

const isBusy = ({ state }: Model) => state === 'queued' || state === 'downloading' || state === 'verifying';

/** The models of the server's own machine. */
export function ModelsPage() {
  const models = useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => api.models.list({ signal }),
    refetchInterval: ({ state }) => (state.data?.some(isBusy) ? BUSY_MS : IDLE_MS),
  });
  const isAdministrator = useSignedInUser().role === 'administrator';
  const onDisk = models.data?.reduce(
    (sum, model) => sum + (model.state === 'ready' ? model.size_bytes : model.received_bytes),
    0,
  );
  return (
    <Page
      title={texts.title}
      description={texts.description}
      code={CODE}
      actions={
        onDisk !== undefined && (
          <Badge size="xl" variant="default" leftSection={<IconDatabase size={16} aria-hidden />}>
            {texts.disk(fileSize(onDisk))}
          </Badge>
        )
      }
    >
      {!isAdministrator && <Text c="dimmed">{texts.adminsOnly}</Text>}
      <Loaded query={models} skeleton={<RowsSkeleton rows={6} />}>
        {(list) =>
          [...new Set(list.map(({ task }) => task))].map((task) => (
            <Task key={task} task={task} models={list.filter((model) => model.task === task)} canChange={isAdministrator} />
          ))
        }
      </Loaded>
    </Page>
  );
}

function Task({ task, models, canChange }: { task: string; models: Model[]; canChange: boolean }) {
  const [title, hint] = texts.task[task] ?? [task, ''];
  return (
    <Stack gap="xs">
      <div>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {hint}
        </Text>
      </div>
      <Rows label={texts.list(title)}>
        {models.map((model) => (
          <ModelRow key={model.name} model={model} canChange={canChange} />
        ))}
      </Rows>
    </Stack>
  );
}

const STATE_COLOURS = { absent: 'gray', queued: 'gray', downloading: 'iris', verifying: 'iris', ready: 'teal', failed: 'red' };

function ModelRow({ model, canChange }: { model: Model; canChange: boolean }) {
  const queryClient = useQueryClient();
  const reload = () => queryClient.invalidateQueries({ queryKey: ['models'] });
  const pull = useMutation({
    mutationFn: () => api.models.pull(model.name),
    onError: (error) => notifyFailure(error),
    onSettled: reload,
  });
  const { state } = model;
  return (
    <Row
      title={model.title}
      badges={
        <>
          {state !== 'absent' && (
            <Badge
              variant="light"
              color={STATE_COLOURS[state]}
              leftSection={state === 'ready' && <IconCheck size={12} aria-hidden />}
            >
              {texts.state[state]}
            </Badge>
          )}
          {model.in_use && <Badge variant="default">{texts.inUse}</Badge>}
        </>
      }
      facts={[
        fileSize(model.size_bytes),
        texts.languages(model.languages),
        <Anchor key="licence" href={model.licence.url} target="_blank" rel="noreferrer" inherit underline="always" c="dimmed">
          {texts.licence(model.licence.name)}
        </Anchor>,
      ]}
      actions={
        canChange &&
        (state === 'ready' ? (
          <ReadyMenu model={model} />
        ) : (
          <Button
            variant={state === 'failed' ? 'filled' : 'default'}
            leftSection={<IconDownload size={16} aria-hidden />}
            aria-label={texts.downloadOf(model.title)}
            loading={pull.isPending || isBusy(model)}
            onClick={() => pull.mutate()}
          >
            {state === 'failed' ? texts.again : texts.download}
          </Button>
        ))
      }
    >
      {isBusy(model) && <DownloadProgress model={model} />}
      {state === 'failed' && model.error && (
        <Alert color="red" variant="light" mt="sm" icon={<IconAlertTriangle aria-hidden />}>
          {model.error}
        </Alert>
      )}
    </Row>
  );
}

function DownloadProgress({ model }: { model: Model }) {
  return (
    <Stack gap={6} mt="sm">
      <Progress.Root size="md">
        <Progress.Section
          value={model.progress * 100}
          aria-label={texts.progressOf(model.title)}
          aria-valuetext={texts.progress(fileSize(model.received_bytes), fileSize(model.size_bytes))}
        />
      </Progress.Root>
      <Group gap="md" fz="sm" c="dimmed">
        <span>{texts.progress(fileSize(model.received_bytes), fileSize(model.size_bytes))}</span>
        {model.bytes_per_second > 0 && <span>{texts.speed(fileSize(model.bytes_per_second))}</span>}
        {model.seconds_left !== undefined && <span>{texts.left(clock(model.seconds_left))}</span>}
      </Group>
    </Stack>
  );
}

function ReadyMenu({ model }: { model: Model }) {
  const queryClient = useQueryClient();
  const reload = () => queryClient.invalidateQueries({ queryKey: ['models'] });
  const remove = () =>
    confirmThen({
      title: texts.removeTitle(model.title),
      consequences: texts.removeConsequences(fileSize(model.size_bytes)),
      confirm: texts.remove,
      act: () => api.models.remove(model.name).finally(reload),
      done: texts.removed,
    });
  const verify = useMutation({
    mutationFn: () => api.models.verify(model.name),
    onSuccess: (problems) => {
      if (problems.length === 0) notifyDone(texts.verified);
      else notifyFailure(new Error(problems.join('; ')), texts.damagedTitle);
    },
    onError: (error) => notifyFailure(error),
    onSettled: reload,
  });
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={texts.menu(model.title)} loading={verify.isPending}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconShieldCheck size={16} aria-hidden />} onClick={() => verify.mutate()}>
          {texts.verify}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" disabled={model.in_use} onClick={remove}>
          {texts.remove}
        </Menu.Item>
        {model.in_use && <Menu.Label>{texts.inUseHint}</Menu.Label>}
      </Menu.Dropdown>
    </Menu>
  );
}
