import { Button, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconHandStop, IconMicrophone } from '@tabler/icons-react';
import {
  type AgentLine,
  answeredAfterMs,
  heardCharacters,
  type Line,
  type LiveSession,
  type LiveState,
} from '@visavis/client/live';
import type { TurnLatency } from '@visavis/protocol';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { language as readersLanguage } from '../../../texts/catalogue.ts';
import { playgroundTexts as texts } from '../../../texts/playground.ts';
import classes from './playground.module.css';

/** Captions keep to the sound by this, in ms: about a third of a short word. */
const DRAW_EVERY_MS = 60;
/** Whoever is within so many pixels of the end stays there when there is more. */
const NEAR_END = 48;

interface TranscriptProps {
  session: LiveSession;
  state: LiveState;
  agentName: string;
  timings: ReadonlyMap<string, TurnLatency>;
  /** The reply whose timing is shown. */
  shown: string | undefined;
  onShow: (replyId: string) => void;
}

/** What is said, as it is said: it stays at its end unless somebody has scrolled up to read. */
export function Transcript({ session, state, agentName, timings, shown, onShow }: TranscriptProps) {
  const box = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  // A reply of which nothing was heard, because somebody talked over it at once, is none.
  const lines = state.captions.lines.filter((line) => line.text !== '' || !(line.kind === 'agent' && line.ended));
  const toEnd = () => box.current?.scrollTo({ top: box.current.scrollHeight });
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new word may make it longer
  useLayoutEffect(() => {
    if (following) toEnd();
  }, [state.captions, following]);
  useEffect(() => {
    const element = box.current;
    if (!element || !following) return;
    // The box itself becomes lower when the picture comes.
    const watcher = new ResizeObserver(() => element.scrollTo({ top: element.scrollHeight }));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [following]);
  const last = lines.findLast((line): line is AgentLine => line.kind === 'agent' && line.ended);
  return (
    <div className={classes.transcriptFrame}>
      <section
        ref={box}
        className={classes.transcript}
        aria-label={texts.transcript}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls with the keyboard must get here (WCAG 2.1.1)
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
          setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END)
        }
      >
        {lines.length === 0 && (
          <Text size="sm" c="dimmed" ta="center" py="lg">
            {texts.nothingYet}
          </Text>
        )}
        <ol className={classes.lines} lang={state.language}>
          {lines.map((line) => (
            <li key={line.key} className={classes.line} data-who={line.kind}>
              <Said line={line} session={session} agentName={agentName} />
              {line.kind === 'agent' && line.replyId !== undefined && (
                <Answered latency={timings.get(line.replyId)} replyId={line.replyId} shown={shown} onShow={onShow} />
              )}
            </li>
          ))}
        </ol>
      </section>
      {!following && (
        <Button
          size="compact-sm"
          radius="xl"
          className={classes.newest ?? ''}
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => {
            setFollowing(true);
            toEnd();
          }}
        >
          {texts.newest}
        </Button>
      )}
      {/* Whole answers only: words that come one by one cannot be listened to. */}
      <VisuallyHidden role="status" lang={state.language}>
        {last ? `${agentName}: ${last.text}${last.interrupted ? ` (${texts.interrupted})` : ''}` : ''}
      </VisuallyHidden>
    </div>
  );
}

function Said({ line, session, agentName }: { line: Line; session: LiveSession; agentName: string }) {
  if (line.kind === 'user') {
    return (
      <p className={classes.said} dir="auto" data-open={!line.final || undefined}>
        <VisuallyHidden>{`${texts.you}: `}</VisuallyHidden>
        {line.text}
        {line.source === 'speech' && <IconMicrophone size={13} className={classes.spoken} aria-label={texts.spoken} role="img" />}
      </p>
    );
  }
  return (
    <p className={classes.said} dir="auto">
      <VisuallyHidden>{`${agentName}: `}</VisuallyHidden>
      <SpokenText line={line} session={session} />
      {line.interrupted && (
        <span className={classes.interrupted} title={texts.interruptedHint}>
          <IconHandStop size={13} aria-hidden />
          {texts.interrupted}
        </span>
      )}
    </p>
  );
}

/** A reply, its part that is still to be heard paler. All of it takes its place at once, so that nothing moves while it is said. */
function SpokenText({ line, session }: { line: AgentLine; session: LiveSession }) {
  const read = () => heardCharacters(line, line.replyId === undefined ? 0 : session.heardMs(line.replyId));
  const [heard, setHeard] = useState(read);
  const newest = useRef(read);
  newest.current = read;
  const following = line.voiced && !line.ended;
  useEffect(() => {
    if (!following) return;
    const timer = setInterval(() => setHeard(newest.current()), DRAW_EVERY_MS);
    return () => clearInterval(timer);
  }, [following]);
  if (!following) return line.text;
  return wordsOf(line.text).map(({ text, start }) => (
    <span key={start} className={start + text.trimEnd().length > heard ? classes.unheard : undefined}>
      {text}
    </span>
  ));
}

/** Each word with what follows it up to the next one. They stay where they are: only their colour changes, so nothing counts as moved. */
function wordsOf(text: string): Array<{ text: string; start: number }> {
  return Array.from(text.matchAll(/^\s+|\S+\s*/g), ({ 0: word, index }) => ({ text: word, start: index }));
}

interface AnsweredProps {
  latency: TurnLatency | undefined;
  replyId: string;
  shown: string | undefined;
  onShow: (replyId: string) => void;
}

/** How long an answer was waited for; leads to its timing. */
function Answered({ latency, replyId, shown, onShow }: AnsweredProps) {
  const ms = latency && answeredAfterMs(latency);
  if (ms === undefined) return null;
  return (
    <UnstyledButton
      className={classes.answered ?? ''}
      aria-pressed={shown === replyId}
      aria-label={texts.showTimingsAfter(inSeconds(ms))}
      onClick={() => onShow(replyId)}
    >
      {inSeconds(ms)}
    </UnstyledButton>
  );
}

/** "1.24 s" */
export function inSeconds(ms: number): string {
  const seconds = (ms / 1000).toLocaleString(readersLanguage, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return texts.seconds(seconds);
}
