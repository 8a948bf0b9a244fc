/** No picture for so long: what is shown is no longer how the agent is now, in ms. Idle faces come every 80 ms. */
const GONE_AFTER_MS = 1_000;
const LOOK_EVERY_MS = 250;
/** A picture is kept so often, in ms. */
const KEEP_EVERY_MS = 500;

/**
 * Keeps one of the last pictures of a video for when none come: while the connection is made anew, or the server sends sound alone.
 * It is one of a silent agent, where there was one: a mouth that stands open looks broken.
 */
export interface LastPicture {
  /** From now on, until `stop`. */
  watch(): void;
  stop(): void;
}

export function createLastPicture(options: {
  screen: HTMLVideoElement;
  /** Where the picture is kept; has the shape of the video. */
  still: HTMLCanvasElement;
  speaking: () => boolean;
  /** Whether pictures come. Called with every change. */
  onLive: (live: boolean) => void;
}): LastPicture {
  const { screen, still } = options;
  let looking: ReturnType<typeof setInterval> | undefined;
  let waiting: number | undefined;
  let seenAt = Number.NEGATIVE_INFINITY;
  let keptAt = Number.NEGATIVE_INFINITY;
  let isSilent = false;
  let isLive = false;

  const tell = (live: boolean) => {
    if (live === isLive) return;
    isLive = live;
    options.onLive(live);
  };

  const keep = (now: number) => {
    const speaking = options.speaking();
    if (now - keptAt < KEEP_EVERY_MS || (speaking && isSilent)) return;
    keptAt = now;
    isSilent = !speaking;
    still.width = screen.videoWidth;
    still.height = screen.videoHeight;
    still.getContext('2d')?.drawImage(screen, 0, 0);
  };

  const seen = (now: number) => {
    seenAt = now;
    keep(now);
    tell(true);
    waiting = screen.requestVideoFrameCallback(seen);
  };

  return {
    watch() {
      if (looking !== undefined) return;
      looking = setInterval(() => {
        if (performance.now() - seenAt > GONE_AFTER_MS) tell(false);
      }, LOOK_EVERY_MS);
      waiting = screen.requestVideoFrameCallback(seen);
    },
    stop() {
      clearInterval(looking);
      looking = undefined;
      if (waiting !== undefined) screen.cancelVideoFrameCallback(waiting);
      seenAt = Number.NEGATIVE_INFINITY;
      keptAt = Number.NEGATIVE_INFINITY;
      isSilent = false;
      // Somebody else may be seen next.
      still.width = 0;
      tell(false);
    },
  };
}
