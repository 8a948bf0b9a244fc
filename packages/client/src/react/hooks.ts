import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { heardCharacters, type Line } from '../live/captions.ts';
import type { LiveOptions, LiveSession } from '../live/live-interface.ts';
import { connectLive } from '../live/live-session.ts';
import type { Devices } from '../live/media.ts';
import { FIRST_STATE, type LiveState } from '../live/state.ts';

/**
 * A live session that belongs to this component: it is connected when the component is there, and let go of with it. Undefined until then,
 * and on a server. `options` are those of the first time; another `key` (as another agent) makes another session.
 */
export function useLiveSession(options: LiveOptions, key: string | number = ''): LiveSession | undefined {
  const [live, setLive] = useState<LiveSession>();
  const newest = useRef(options);
  newest.current = options;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is what makes another session
  useEffect(() => {
    const connected = connectLive(newest.current);
    setLive(connected);
    return () => connected.close();
  }, [key]);
  return live;
}

/** What there is to show of it, brought up to date with every change. */
export function useLiveState(live: LiveSession | undefined): LiveState {
  const subscribe = useCallback((changed: () => void) => live?.on('state', changed) ?? (() => undefined), [live]);
  return useSyncExternalStore(
    subscribe,
    () => live?.state ?? FIRST_STATE,
    () => FIRST_STATE,
  );
}

/** A line of the conversation, cut where the sound is: `heard` was said aloud, or is written; `coming` follows. */
export type CaptionLine = Line & { heard: string; coming: string };

/** Captions keep to the sound by this, in ms. */
const DRAW_EVERY_MS = 60;

/** What was said, oldest first, in step with the sound. */
export function useCaptions(live: LiveSession | undefined): CaptionLine[] {
  const { captions } = useLiveState(live);
  const plays = captions.lines.some((line) => line.kind === 'agent' && line.playing);
  useFrames(plays, DRAW_EVERY_MS);
  return captions.lines.map((line) => {
    const at = line.kind === 'user' ? (line.final ? line.text.length : 0) : heardCharacters(line, heardOf(live, line.replyId));
    return { ...line, heard: line.text.slice(0, at), coming: line.text.slice(at) };
  });
}

const heardOf = (live: LiveSession | undefined, replyId: string | undefined) =>
  replyId === undefined ? 0 : (live?.heardMs(replyId) ?? 0);

/** How loud the microphone and the agent are, 0 to 1, while there is a call. */
export function useLevels(live: LiveSession | undefined): { microphone: number; agent: number } {
  const { connection } = useLiveState(live);
  useFrames(connection === 'connected', 0);
  return live?.levels() ?? { microphone: 0, agent: 0 };
}

/** The microphones and loudspeakers that can be chosen; kept up to date. */
export function useDevices(live: LiveSession | undefined): Devices {
  const { connection } = useLiveState(live);
  const [devices, setDevices] = useState<Devices>({ microphones: [], speakers: [] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: their names are told once a microphone was allowed, which a call brings
  useEffect(() => {
    if (!live) return;
    let gone = false;
    const look = () =>
      void live.devices().then(
        (found) => !gone && setDevices(found),
        () => undefined,
      );
    look();
    const off = live.on('devices', look);
    return () => {
      gone = true;
      off();
    };
  }, [live, connection]);
  return devices;
}

/** Renders again with the screen's pictures, at most every so many ms, while `running`. */
function useFrames(running: boolean, everyMs: number): void {
  const [, render] = useState(0);
  useEffect(() => {
    if (!running) return;
    let drawnAt = 0;
    const frame = (now: number) => {
      handle = requestAnimationFrame(frame);
      if (now - drawnAt < everyMs) return;
      drawnAt = now;
      render((count) => count + 1);
    };
    let handle = requestAnimationFrame(frame);
    return () => cancelAnimationFrame(handle);
  }, [running, everyMs]);
}
