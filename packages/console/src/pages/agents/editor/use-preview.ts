import { useEffect, useRef, useState } from 'react';
import { ownAddress } from '../../../components/own-address.ts';

/** Plays one preview at a time. */
export interface Preview {
  /** What plays now. */
  playing: string | undefined;
  failed: boolean;
  /** Plays it from its beginning, or stops it where it plays. */
  toggle(id: string, url: string | null): void;
}

export function usePreview(): Preview {
  const audio = useRef<HTMLAudioElement>(undefined);
  const [playing, setPlaying] = useState<string>();
  const [failed, setFailed] = useState(false);
  useEffect(() => () => audio.current?.pause(), []);

  const stop = () => {
    audio.current?.pause();
    audio.current = undefined;
    setPlaying(undefined);
  };
  return {
    playing,
    failed,
    toggle(id, url) {
      const wasPlaying = playing === id;
      stop();
      setFailed(false);
      if (wasPlaying || !url) return;
      const started = new Audio(ownAddress(url));
      audio.current = started;
      setPlaying(id);
      started.onended = () => audio.current === started && stop();
      started.play().catch(() => {
        // A newer one, or a stop, has ended it.
        if (audio.current !== started) return;
        stop();
        setFailed(true);
      });
    },
  };
}
