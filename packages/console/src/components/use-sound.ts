import { useCallback, useEffect, useRef, useState } from 'react';

export interface Sound {
  /** What plays, or is about to. */
  playing: string | undefined;
  /** Whether the sound that is about to play is still being fetched or made. */
  loading: boolean;
  /** Plays a sound instead of the one before. Gives what went wrong, or undefined when it has ended or was stopped. */
  play(key: string, source: (signal: AbortSignal) => Promise<Blob | string>): Promise<unknown>;
  stop(): void;
}

/** One loudspeaker: one sound at a time, silent when the component goes. */
export function useSound(): Sound {
  const [playing, setPlaying] = useState<string>();
  const [loading, setLoading] = useState(false);
  const current = useRef<AbortController>(undefined);
  const stop = useCallback(() => current.current?.abort(), []);
  useEffect(() => stop, [stop]);

  const play = useCallback(async (key: string, source: (signal: AbortSignal) => Promise<Blob | string>) => {
    current.current?.abort();
    const turn = new AbortController();
    current.current = turn;
    setPlaying(key);
    setLoading(true);
    try {
      const found = await source(turn.signal);
      await playToTheEnd(found, turn.signal, () => setLoading(false));
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

/** Resolves when the sound has ended, or `signal` stopped it. */
async function playToTheEnd(source: Blob | string, signal: AbortSignal, begun: () => void): Promise<void> {
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
