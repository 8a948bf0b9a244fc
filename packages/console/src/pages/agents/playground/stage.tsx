import { Button, Text } from '@mantine/core';
import { IconVolume } from '@tabler/icons-react';
import type { LiveSession, LiveState } from '@visavis/client/live';
import { type RefObject, useEffect, useRef } from 'react';
import { playgroundTexts as texts } from '../../../texts/playground.ts';
import { AgentPicture } from '../agent-picture.tsx';
import classes from './playground.module.css';

interface StageProps {
  agent: { name: string; picture: string | null };
  session: LiveSession | undefined;
  state: LiveState | undefined;
  /** A conversation is on. */
  on: boolean;
  video: RefObject<HTMLVideoElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
}

/** The agent, seen or pictured, and how loud both sides are. The elements stay where they are, whoever draws the face. */
export function Stage({ agent, session, state, on, video, canvas }: StageProps) {
  const from = state?.picture.from ?? 'none';
  const calling = state !== undefined && ['connecting', 'connected', 'reconnecting'].includes(state.connection);
  const inCall = calling && state.mode !== 'chat';
  const note = state?.picture.note;
  return (
    <div className={classes.stage} data-mode={inCall ? state.mode : on ? 'none' : 'start'}>
      <video
        ref={(element) => {
          // React does not write this one as a property.
          if (element) element.muted = true;
          video.current = element;
        }}
        className={classes.face}
        hidden={from !== 'server'}
        aria-label={agent.name}
        autoPlay
        playsInline
        muted
      />
      <canvas ref={canvas} className={classes.face} hidden={from !== 'page'} role="img" aria-label={agent.name} />
      {(from === 'none' || state?.connection !== 'connected') && (
        <div className={classes.picture} data-over={from !== 'none' || undefined}>
          <LoudRing session={inCall ? session : undefined}>
            <AgentPicture name={agent.name} url={agent.picture} size={on ? 72 : 'clamp(132px, 26vmin, 280px)'} />
          </LoudRing>
        </div>
      )}
      {inCall && session && (
        <div className={classes.stageFoot}>
          <Text size="xs" fw={600} className={classes.activity ?? ''}>
            {statusOf(state)}
          </Text>
          <MicrophoneLevel session={session} muted={state.muted} />
        </div>
      )}
      {note && (
        <Text size="xs" className={classes.note ?? ''} role="status">
          {note.text}
        </Text>
      )}
      {state?.soundBlocked && (
        <Button
          className={classes.listen ?? ''}
          leftSection={<IconVolume size={18} aria-hidden />}
          onClick={() => session?.resumeAudio()}
        >
          {texts.listen}
        </Button>
      )}
    </div>
  );
}

/** What happens right now, in two words. */
export function statusOf(state: LiveState): string {
  const { states } = texts;
  if (state.connection === 'connecting' || state.connection === 'reconnecting') return states[state.connection];
  if (state.connection === 'ended') return states.ended;
  if (state.connection === 'idle') return state.replying ? states.writing : states.idle;
  if (state.userSpeaking) return states.userSpeaking;
  return state.activity ? states[state.activity] : states.connected;
}

/** Calls `draw` for every picture of the screen. */
function useFrames(draw: (() => void) | undefined): void {
  const newest = useRef(draw);
  newest.current = draw;
  const runs = draw !== undefined;
  useEffect(() => {
    if (!runs) return;
    let frame = requestAnimationFrame(function next() {
      newest.current?.();
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [runs]);
}

/** A ring that grows with the agent's voice. */
function LoudRing({ session, children }: { session: LiveSession | undefined; children: React.ReactNode }) {
  const ring = useRef<HTMLDivElement>(null);
  useFrames(session && (() => ring.current?.style.setProperty('--loud', session.levels().agent.toFixed(3))));
  return (
    <div ref={ring} className={classes.ring}>
      {children}
    </div>
  );
}

function MicrophoneLevel({ session, muted }: { session: LiveSession; muted: boolean }) {
  const bar = useRef<HTMLSpanElement>(null);
  useFrames(() => bar.current?.style.setProperty('--loud', session.levels().microphone.toFixed(3)));
  return (
    <span className={classes.level} data-muted={muted || undefined} title={texts.microphoneLevel} aria-hidden>
      <span ref={bar} className={classes.levelBar} />
    </span>
  );
}
