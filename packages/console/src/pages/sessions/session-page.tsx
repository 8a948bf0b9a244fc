import { Anchor, Button, Grid, Group, Menu, Skeleton, Stack, Tabs } from '@mantine/core';
import { IconArrowLeft, IconChevronDown, IconDownload, IconPlayerStop, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { Message, Session } from '@visavis/client';
import { useMemo } from 'react';
import { api } from '../../api.ts';
import { confirmThen } from '../../layout/confirm.tsx';
import { download } from '../../layout/download.ts';
import { Page } from '../../layout/page.tsx';
import type { ApiExample } from '../../layout/show-as-code.tsx';
import { LoadError } from '../../layout/states.tsx';
import { useAddress } from '../../layout/use-address.ts';
import { sessionTexts as texts } from '../../texts/sessions.ts';
import { messageAt, type Place, placesOf } from './message-places.ts';
import { RecordingPlayer } from './recording-player.tsx';
import classes from './session.module.css';
import { SessionDetails } from './session-details.tsx';
import { SessionEvents } from './session-events.tsx';
import { useMessages, useSession } from './session-queries.ts';
import { SessionTimeline } from './session-timeline.tsx';
import { SessionTiming } from './session-timing.tsx';
import { LiveBadge } from './session-words.tsx';
import { Transcript } from './transcript.tsx';
import { asJson, asSubtitles, asText } from './transcript-export.ts';
import { useLiveEvents } from './use-live-events.ts';
import { usePlayer, useRecording } from './use-recording.ts';

const NO_MESSAGES: Message[] = [];
const NO_PLACES: ReadonlyMap<number, Place> = new Map();
const VIEWS = ['conversation', 'timing', 'timeline', 'technical'] as const;

/** One conversation: what was said, how it sounded, how fast it was, how it ended. */
export function SessionPage() {
  const { sessionId } = useParams({ strict: false }) as { sessionId: string };
  const id = Number(sessionId);
  const session = useSession(id);
  const above = (
    <Anchor component={Link} to="/sessions" size="sm" w="fit-content">
      <Group gap={4}>
        <IconArrowLeft size={16} aria-hidden />
        {texts.toSessions}
      </Group>
    </Anchor>
  );
  if (session.data) return <LoadedSession key={id} session={session.data} above={above} />;
  return (
    <Page title={texts.id} above={above} wide>
      {session.isPending ? <SessionSkeleton /> : <LoadError error={session.error} retry={() => void session.refetch()} />}
    </Page>
  );
}

function LoadedSession({ session, above }: { session: Session; above: React.ReactNode }) {
  const id = session.session_id;
  const isLive = session.status === 'active';
  const [{ view }, change] = useAddress<'view'>();
  const messagesQuery = useMessages(id, isLive);
  const messages = messagesQuery.data ?? NO_MESSAGES;
  const live = useLiveEvents(id, isLive);
  const recording = useRecording(id, session.recording_url !== null);
  const player = usePlayer(recording.data?.sound);
  const startedAtMs = recording.data?.startedAtMs;
  const places = useMemo(
    () => (startedAtMs === undefined ? NO_PLACES : placesOf(messages, startedAtMs)),
    [messages, startedAtMs],
  );
  const onPlay = useMemo(
    () => (recording.data ? (ms: number) => player.seek(ms, { play: true }) : undefined),
    [recording.data, player.seek],
  );

  return (
    <Page
      title={texts.sessionTitle(session.agent_name)}
      above={above}
      wide
      code={codeOf(id)}
      actions={
        <>
          {isLive && <LiveBadge />}
          <ExportMenu session={session} messages={messages} places={places} disabled={!messagesQuery.isSuccess} />
          <EndOrRemove session={session} />
        </>
      }
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Tabs
            value={VIEWS.find((name) => name === view) ?? 'conversation'}
            onChange={(value) => change({ view: value === 'conversation' ? undefined : (value ?? undefined) })}
          >
            <Tabs.List mb="md" aria-label={texts.views}>
              {VIEWS.map((name) => (
                <Tabs.Tab key={name} value={name} className={classes.view ?? ''}>
                  {texts[name]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="conversation">
              <Stack>
                <RecordingPlayer session={session} recording={recording} player={player} messages={messages} places={places} />
                {messagesQuery.isPending && <TranscriptSkeleton />}
                {messagesQuery.isError && <LoadError error={messagesQuery.error} retry={() => void messagesQuery.refetch()} />}
                {messagesQuery.data && (
                  <Transcript
                    session={session}
                    messages={messages}
                    places={places}
                    playedId={player.positionMs > 0 || player.playing ? messageAt(places, player.positionMs) : undefined}
                    onPlay={onPlay}
                    draft={live.draft}
                  />
                )}
              </Stack>
            </Tabs.Panel>
            <Tabs.Panel value="timing">
              <SessionTiming session={session} messages={messages} />
            </Tabs.Panel>
            <Tabs.Panel value="timeline">
              <SessionTimeline session={session} />
            </Tabs.Panel>
            <Tabs.Panel value="technical">
              <SessionEvents session={session} messages={messages} live={live} />
            </Tabs.Panel>
          </Tabs>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <SessionDetails session={session} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

interface ExportMenuProps {
  session: Session;
  messages: readonly Message[];
  places: ReadonlyMap<number, Place>;
  disabled: boolean;
}

function ExportMenu({ session, messages, places, disabled }: ExportMenuProps) {
  const exported = { session, messages, places };
  const speakers = { user: texts.user, tool: texts.tool, system: texts.system, interrupted: texts.interrupted };
  const name = `session-${session.session_id}`;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          disabled={disabled}
          leftSection={<IconDownload size={18} aria-hidden />}
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          {texts.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => download(`${name}.json`, asJson(exported), 'application/json')}>{texts.exportJson}</Menu.Item>
        <Menu.Item onClick={() => download(`${name}.txt`, asText(exported, speakers), 'text/plain;charset=utf-8')}>
          {texts.exportText}
        </Menu.Item>
        <Menu.Item onClick={() => download(`${name}.vtt`, asSubtitles(exported, speakers), 'text/vtt;charset=utf-8')}>
          {texts.exportSubtitles}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function EndOrRemove({ session }: { session: Session }) {
  const id = session.session_id;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const end = async () => {
    await api.sessions.end(id);
    await queries.invalidateQueries({ queryKey: ['sessions'] });
  };
  const remove = async () => {
    await api.sessions.remove(id);
    await navigate({ to: '/sessions' });
    queries.removeQueries({ queryKey: ['sessions', 'one', id] });
  };
  if (session.status === 'active') {
    const ask = () =>
      confirmThen({ title: texts.endTitle, consequences: [texts.endHint], confirm: texts.endNow, act: end, done: texts.ended });
    return (
      <Button color="red" variant="light" leftSection={<IconPlayerStop size={18} aria-hidden />} onClick={ask}>
        {texts.endNow}
      </Button>
    );
  }
  const ask = () =>
    confirmThen({
      title: texts.removeTitle,
      consequences: [texts.removeHint],
      confirm: texts.remove,
      act: remove,
      done: texts.removed,
    });
  return (
    <Button color="red" variant="subtle" leftSection={<IconTrash size={18} aria-hidden />} onClick={ask}>
      {texts.remove}
    </Button>
  );
}

function SessionSkeleton() {
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <Skeleton height={42} mb="md" />
        <TranscriptSkeleton />
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <Skeleton height={360} radius="lg" />
      </Grid.Col>
    </Grid>
  );
}

function TranscriptSkeleton() {
  return (
    <Stack gap={10} aria-hidden>
      <Skeleton height={64} width="60%" radius="lg" />
      <Skeleton height={64} width="45%" radius="lg" ml="auto" />
      <Skeleton height={88} width="65%" radius="lg" />
    </Stack>
  );
}

function codeOf(id: number): ApiExample[] {
  return [
    { title: 'The session', method: 'GET', path: `/sessions/${id}`, sdk: `const session = await client.sessions.get(${id})` },
    {
      title: 'What was said',
      method: 'GET',
      path: `/sessions/${id}/messages`,
      sdk: `const messages = await client.sessions.messages.list(${id})`,
    },
    {
      title: 'The recording (Ogg Opus, stereo)',
      method: 'GET',
      path: `/sessions/${id}/recording`,
      sdk: `const recording = await client.sessions.recording(${id})`,
    },
    {
      title: 'What happens while it is live',
      method: 'GET',
      path: `/sessions/${id}/events`,
      sdk: `for await (const event of client.sessions.events(${id})) console.log(event)`,
    },
    {
      title: 'What happened besides',
      method: 'GET',
      path: `/sessions/${id}/timeline`,
      sdk: `const { timeline } = await client.sessions.timeline(${id})`,
    },
    { title: 'End it', method: 'PUT', path: `/sessions/${id}/end`, sdk: `await client.sessions.end(${id})` },
    {
      title: 'Delete it with its recording',
      method: 'DELETE',
      path: `/sessions/${id}`,
      sdk: `await client.sessions.remove(${id})`,
    },
  ];
}
