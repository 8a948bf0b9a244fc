import { useQuery } from '@tanstack/react-query';
import { ApiError } from '@visavis/client';
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api } from '../../api.ts';

/** The recording of a session: its sound, and when its first sample sounded, in ms since 1970. */
export interface Recording {
  sound: Blob;
  startedAtMs: number;
}

/** The recording of a session that has one; null where it was deleted meanwhile. It is fetched with the caller's credential, in a header. */
export function useRecording(sessionId: number, isThere: boolean) {
  return useQuery({
    queryKey: ['recording', sessionId],
    enabled: isThere,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: async ({ signal }): Promise<Recording | null> => {
      try {
        // An hour is some 30 MB.
        const answer = await api.sessions.recording(sessionId, { signal, timeoutMs: 0 });
        return { sound: await answer.blob(), startedAtMs: Number(answer.headers.get('x-recording-started-at')) };
      } catch (error) {
        if (error instanceof ApiError && error.code === 'recording-not-found') return null;
        throw error;
      }
    },
  });
}

/** What plays a recording. */
export interface Player {
  audio: RefObject<HTMLAudioElement | null>;
  /** For the `src` of the audio element. */
  address: string | undefined;
  playing: boolean;
  positionMs: number;
  /** 0 until it is known. */
  durationMs: number;
  /** This browser cannot play it. */
  failed: boolean;
  toggle(): void;
  /** Goes to a place; `play`: and plays from there. */
  seek(ms: number, options?: { play?: boolean }): void;
  /** To be spread over the audio element. */
  events: Record<'onPlay' | 'onPause' | 'onTimeUpdate' | 'onDurationChange' | 'onSeeking' | 'onError', () => void>;
}

/** Plays a recording through one audio element, which the caller renders. */
export function usePlayer(sound: Blob | undefined): Player {
  const audio = useRef<HTMLAudioElement>(null);
  const [address, setAddress] = useState<string>();
  const [state, setState] = useState({ playing: false, positionMs: 0, durationMs: 0, failed: false });
  useEffect(() => {
    if (!sound) return;
    const made = URL.createObjectURL(sound);
    setAddress(made);
    return () => {
      setAddress(undefined);
      URL.revokeObjectURL(made);
    };
  }, [sound]);

  const toggle = useCallback(() => {
    const element = audio.current;
    if (!element) return;
    if (element.paused) void element.play().catch(() => undefined);
    else element.pause();
  }, []);
  const seek = useCallback<Player['seek']>((ms, { play = false } = {}) => {
    const element = audio.current;
    if (!element) return;
    element.currentTime = ms / 1000;
    if (play) void element.play().catch(() => undefined);
  }, []);
  const events = useMemo(() => {
    const look = () => {
      const element = audio.current;
      if (!element) return;
      const seconds = Number.isFinite(element.duration) ? element.duration : 0;
      setState({ playing: !element.paused, positionMs: element.currentTime * 1000, durationMs: seconds * 1000, failed: false });
    };
    const fail = () => setState((before) => ({ ...before, playing: false, failed: true }));
    return { onPlay: look, onPause: look, onTimeUpdate: look, onDurationChange: look, onSeeking: look, onError: fail };
  }, []);
  return { audio, address, ...state, toggle, seek, events };
}
