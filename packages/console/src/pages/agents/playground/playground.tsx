import { Alert, Anchor, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconMessage, IconMicrophone, IconVideo } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { LiveMode } from '@visavis/client/live';
import { answeredAfterMs } from '@visavis/client/live';
import { useEffect, useRef, useState } from 'react';
import { TurnWaterfall } from '../../../components/turn-waterfall.tsx';
import { messageOf } from '../../../layout/states.tsx';
import { playgroundTexts as texts } from '../../../texts/playground.ts';
import { Composer } from './composer.tsx';
import { Controls } from './controls.tsx';
import classes from './playground.module.css';
import { Stage } from './stage.tsx';
import { inSeconds, Transcript } from './transcript.tsx';
import { hasKeptSession, type Live, type TalkingAgent, useLive } from './use-live.ts';

interface PlaygroundProps {
  agent: TalkingAgent & { picture: string | null; archived: boolean };
  /** `panel`: beside the editor; `page`: it has the page to itself. */
  layout: 'panel' | 'page';
  /** Begins so at once, where this tab has no conversation with the agent yet. */
  begin?: LiveMode | undefined;
  /** Called when it has begun so. */
  onBegun?: () => void;
  /** There are changes that the agent does not have yet. */
  unsaved?: boolean;
}

/** Where an agent is tried: in writing, by voice or face to face, from one to the other in the middle of it. */
export function Playground({ agent, layout, begin, onBegun, unsaved = false }: PlaygroundProps) {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const live = useLive(agent, { video, canvas });
  const { session, state, timings, newestReply } = live;
  const [chosenReply, setChosenReply] = useState<string>();
  const shownReply = chosenReply ?? newestReply;
  const begun = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is opened
  useEffect(() => {
    if (begin === undefined || begun.current || agent.archived) return;
    begun.current = true;
    if (!hasKeptSession(agent.id)) void live.begin(begin);
    onBegun?.();
  }, [begin]);

  const over = state?.connection === 'ended';
  const on = live.on && session !== undefined && state !== undefined;
  const problem = live.problem ?? undefined;
  return (
    <section className={classes.playground} data-layout={layout} aria-label={texts.title}>
      <Stage agent={agent} session={session} state={state} on={live.on} video={video} canvas={canvas} />
      {on && !over && <Controls session={session} state={state} onMode={(mode) => void live.begin(mode)} />}
      {on ? (
        <Transcript
          session={session}
          state={state}
          agentName={agent.name}
          timings={timings}
          shown={shownReply}
          onShow={setChosenReply}
        />
      ) : (
        <Start agent={agent} live={live} unsaved={unsaved} />
      )}
      {on && <Timing live={live} shown={shownReply} startOpen={layout === 'page'} />}
      {on && !over && <Composer session={session} language={state.language} />}
      {over && <Over live={live} />}
      {(state?.problem || problem !== undefined) && (
        <Alert
          className={classes.problem ?? ''}
          color="yellow"
          variant="light"
          role="alert"
          withCloseButton={state?.problem !== undefined}
          closeButtonLabel={texts.dismiss}
          onClose={() => session?.dismissProblem()}
        >
          {state?.problem ? (texts.hints[state.problem.code] ?? state.problem.text) : messageOf(problem)}
        </Alert>
      )}
      {on && unsaved && (
        <Text size="xs" c="dimmed" ta="center">
          {texts.savedOnly}
        </Text>
      )}
    </section>
  );
}

/** The three ways to begin, one click each. */
function Start({ agent, live, unsaved }: { agent: PlaygroundProps['agent']; live: Live; unsaved: boolean }) {
  if (agent.archived) {
    return (
      <Text c="dimmed" ta="center" p="lg">
        {texts.archived}
      </Text>
    );
  }
  return (
    <Stack gap="sm" p="lg" align="stretch" className={classes.start ?? ''}>
      <Text ta="center" fw={600}>
        {texts.start}
      </Text>
      <BeginButtons live={live} />
      {unsaved && (
        <Text size="sm" c="dimmed" ta="center">
          {texts.savedOnly}
        </Text>
      )}
    </Stack>
  );
}

function BeginButtons({ live }: { live: Live }) {
  const begin = (mode: LiveMode) => void live.begin(mode);
  return (
    <Group gap="xs" justify="center">
      <Button leftSection={<IconVideo size={18} aria-hidden />} onClick={() => begin('video')} disabled={live.beginning}>
        {texts.startVideo}
      </Button>
      <Button
        variant="light"
        leftSection={<IconMicrophone size={18} aria-hidden />}
        onClick={() => begin('voice')}
        disabled={live.beginning}
      >
        {texts.startVoice}
      </Button>
      <Button
        variant="light"
        leftSection={<IconMessage size={18} aria-hidden />}
        onClick={() => begin('chat')}
        loading={live.beginning}
      >
        {texts.startChat}
      </Button>
    </Group>
  );
}

function Over({ live }: { live: Live }) {
  const { state } = live;
  return (
    <Stack gap="xs" p="sm" align="center" className={classes.over ?? ''}>
      <Text size="sm" ta="center" role="status">
        {state?.ending?.text}
      </Text>
      <BeginButtons live={live} />
      {state?.sessionId !== undefined && (
        <Anchor component={Link} to="/sessions/$sessionId" params={{ sessionId: String(state.sessionId) } as never} size="sm">
          {texts.openSession}
        </Anchor>
      )}
    </Stack>
  );
}

/** The timing of the newest turn, or of the one that was chosen. Its height does not depend on what is in it. */
function Timing({ live, shown, startOpen }: { live: Live; shown: string | undefined; startOpen: boolean }) {
  const [opened, setOpened] = useState(startOpen);
  const latency = shown === undefined ? undefined : live.timings.get(shown);
  const answered = latency && answeredAfterMs(latency);
  return (
    <div className={classes.timing}>
      <UnstyledButton className={classes.timingToggle ?? ''} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <span>{answered === undefined ? texts.timings : texts.timingsOf(inSeconds(answered))}</span>
        {opened ? <IconChevronDown size={16} aria-hidden /> : <IconChevronUp size={16} aria-hidden />}
      </UnstyledButton>
      {opened && (
        <div className={classes.timingBody}>
          {latency ? (
            <TurnWaterfall latency={latency} />
          ) : (
            <Text size="sm" c="dimmed">
              {texts.timingsNone}
            </Text>
          )}
        </div>
      )}
    </div>
  );
}
