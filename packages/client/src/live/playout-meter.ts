/** Until the first sound is heard it is looked for this often, in ms; after that the place is told this often. */
const FIRST_SOUND_EVERY_MS = 20;
const REPORT_EVERY_MS = 250;
const DELAY_EVERY_MS = 500;
/** Where the browser does not say how long sound waits in its jitter buffer, in ms. */
const USUAL_DELAY_MS = 60;
/** A reply that begins with silence is reported after so long all the same, in ms. */
const SILENT_START_MS = 600;
/** Root mean square of what counts as sound; a reply's voice is around 0.05 to 0.2, comfort noise below 0.0005. */
const AUDIBLE = 0.001;

/** How much of a reply has come out of the loudspeaker. */
export interface PlayoutMeter {
  /** The server began, went on with, or stopped sending the reply's sound at this place. */
  playing(replyId: string, playing: boolean, positionMs: number): void;
  /** The user talks: what is on its way is not heard, and where the reply fell silent is told. */
  hush(replyId: string): void;
  /** In ms from the reply's beginning; 0 for a reply that is not the one being played. */
  heardMs(replyId: string): number;
  /** Loudness of the agent at this moment, 0 to 1. */
  level(): number;
  close(): void;
}

interface Playing {
  replyId: string;
  /** When this stretch was announced, and where in the reply it begins. */
  at: number;
  fromMs: number;
  /** Where it stopped; nothing after that place is played. */
  untilMs: number;
  heardMs: number;
  audible: boolean;
  /** The last report is out. */
  done: boolean;
}

/**
 * Measures playout of one connection. The server announces a stretch of sound when it sends it; it is heard after the time that sound
 * waits in the browser: the jitter buffer (`getStats`, newest half second) and the way to the loudspeaker (`AudioContext.outputLatency`).
 * The first report waits for sound that can really be measured in the stream, where the browser lets us listen (a running `context`).
 */
export function createPlayoutMeter(options: {
  stream: MediaStream;
  receiver: RTCRtpReceiver;
  context: AudioContext | undefined;
  /** Silences the loudspeaker, or no longer. */
  silence: (silent: boolean) => void;
  report: (replyId: string, playedMs: number) => void;
}): PlayoutMeter {
  const { context, silence, report } = options;
  const source = context?.createMediaStreamSource(options.stream);
  const analyser = context?.createAnalyser();
  if (analyser) analyser.fftSize = 512;
  if (source && analyser) source.connect(analyser);
  const samples = new Float32Array(512);

  let current: Playing | undefined;
  let bufferMs = USUAL_DELAY_MS;
  let reportedAt = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  /** When the loudspeaker was silenced; undefined: it is not. */
  let hushedAt: number | undefined;
  let unhush: ReturnType<typeof setTimeout> | undefined;

  const delayMs = () => bufferMs + 1000 * (context?.state === 'running' ? context.outputLatency || context.baseLatency || 0 : 0);
  const heardOf = (playing: Playing) => {
    const elapsed = performance.now() - playing.at - delayMs();
    const heard = Math.min(playing.untilMs, playing.fromMs + Math.max(0, elapsed));
    playing.heardMs = Math.max(playing.heardMs, heard);
    return playing.heardMs;
  };
  const level = () => {
    if (!analyser || context?.state !== 'running') return 0;
    analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  };

  const tick = () => {
    if (!current || current.done) return rest();
    const heard = heardOf(current);
    if (!current.audible) {
      const elapsed = performance.now() - current.at;
      const sounds = analyser && context?.state === 'running' ? level() > AUDIBLE : elapsed > delayMs();
      if (!sounds && elapsed < delayMs() + SILENT_START_MS && current.untilMs === Number.POSITIVE_INFINITY) return;
      current.audible = true;
      // Heard sooner than was reckoned: then sound waits less than was told.
      if (sounds && elapsed < delayMs()) bufferMs = Math.max(0, bufferMs - (delayMs() - elapsed));
      tell(current, Math.max(1, heard));
      rest();
      timer = setInterval(tick, REPORT_EVERY_MS / 5);
      return;
    }
    const over = heard >= current.untilMs;
    if (over || performance.now() - reportedAt >= REPORT_EVERY_MS) tell(current, heard);
    if (over) {
      current.done = true;
      rest();
    }
  };
  const tell = (playing: Playing, playedMs: number) => {
    reportedAt = performance.now();
    report(playing.replyId, Math.round(playedMs));
  };
  const rest = () => clearInterval(timer);

  /** What was on its way when the loudspeaker was silenced goes by first. */
  const endHush = () => {
    if (hushedAt === undefined) return;
    clearTimeout(unhush);
    unhush = setTimeout(() => silence(false), Math.max(0, hushedAt + delayMs() - performance.now()));
    hushedAt = undefined;
  };

  const measureDelay = createDelayMeasure(options.receiver);
  const delayTimer = setInterval(() => {
    void measureDelay().then((measured) => {
      if (measured !== undefined) bufferMs = measured;
    });
  }, DELAY_EVERY_MS);

  return {
    playing(replyId, playing, positionMs) {
      if (playing) {
        endHush();
        const again = current?.replyId === replyId ? current : undefined;
        if (current && !again && current.audible) tell(current, heardOf(current));
        current = {
          replyId,
          at: performance.now(),
          fromMs: positionMs,
          untilMs: Number.POSITIVE_INFINITY,
          heardMs: again ? Math.min(again.heardMs, positionMs) : 0,
          audible: false,
          done: false,
        };
        rest();
        timer = setInterval(tick, FIRST_SOUND_EVERY_MS);
      } else if (current?.replyId === replyId) {
        current.untilMs = Math.max(positionMs, current.fromMs);
      }
    },
    hush(replyId) {
      clearTimeout(unhush);
      hushedAt = performance.now();
      silence(true);
      if (current?.replyId !== replyId || current.done) return;
      current.untilMs = heardOf(current);
      if (current.audible) tell(current, current.untilMs);
      current.done = true;
      rest();
    },
    heardMs: (replyId) => (current?.replyId === replyId ? heardOf(current) : 0),
    level,
    close() {
      rest();
      clearTimeout(unhush);
      silence(false);
      clearInterval(delayTimer);
      source?.disconnect();
    },
  };
}

/** How long the samples of the newest half second waited in the jitter buffer, in ms; undefined where that is not told. */
function createDelayMeasure(receiver: RTCRtpReceiver): () => Promise<number | undefined> {
  let before = { delay: 0, count: 0 };
  return async () => {
    const report = await receiver.getStats().catch(() => undefined);
    for (const stats of report?.values() ?? []) {
      if (stats.type !== 'inbound-rtp' || stats.jitterBufferEmittedCount === undefined) continue;
      const now = { delay: Number(stats.jitterBufferDelay), count: Number(stats.jitterBufferEmittedCount) };
      const measured = (1000 * (now.delay - before.delay)) / (now.count - before.count);
      before = now;
      return Number.isFinite(measured) ? measured : undefined;
    }
    return undefined;
  };
}
