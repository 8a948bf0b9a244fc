import { useCallback, useEffect, useRef, useState } from 'react';

/** Plays a sound until it ends, or `signal` stops it; `begun` is called when it is heard. */
export type Player<T = Blob | string> = (source: T, signal: AbortSignal, begun: () => void) => Promise<void>;

export interface Sound {
  /** What plays, or is about to. */
  playing: string | undefined;
  /** Whether the sound that is about to play is still being fetched or made. */
  loading: boolean;
  /**
   * Plays a sound instead of the one before. Gives what went wrong, or undefined when it has ended or was stopped.
   * @param player plays it instead of the loudspeaker alone
   */
  play<T extends Blob | string>(key: string, source: (signal: AbortSignal) => Promise<T>, player?: Player<T>): Promise<unknown>;
  stop(): void;
}

/** One loudspeaker: one sound at a time, silent when the component goes. */
export function useSound(): Sound {
  const [playing, setPlaying] = useState<string>();
  const [loading, setLoading] = useState(false);
  const current = useRef<AbortController>(undefined);
  const stop = useCallback(() => current.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const play: Sound['play'] = useCallback(async (key, source, player = playToTheEnd) => {
    current.current?.abort();
    const turn = new AbortController();
    current.current = turn;
    setPlaying(key);
    setLoading(true);
    try {
      const found = await source(turn.signal);
      await player(found, turn.signal, () => setLoading(false));
      return undefined;
    } catch (error) {
      return turn.signal.aborted ? undefined : error;
    } finally {
      if (current.current === turn) {
        current.current = undefined;
        setPlaying(undefined);
        setLoading(false);
      }
    }
  }, []);

  return { playing, loading, play, stop };
}

/** By the loudspeaker alone. */
export async function playToTheEnd(source: Blob | string, signal: AbortSignal, begun: () => void): Promise<void> {
  if (signal.aborted) return;
  const address = typeof source === 'string' ? source : URL.createObjectURL(source);
  const audio = new Audio(address);
  const stop = () => audio.pause();
  signal.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      audio.addEventListener('playing', begun);
      audio.addEventListener('ended', () => resolve());
      audio.addEventListener('pause', () => resolve());
      audio.addEventListener('error', () => reject(new Error(audio.error?.message || 'The sound cannot be played')));
      audio.play().catch((error: unknown) => (signal.aborted ? resolve() : reject(error)));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    audio.removeAttribute('src');
    if (typeof source !== 'string') URL.revokeObjectURL(address);
  }
}
