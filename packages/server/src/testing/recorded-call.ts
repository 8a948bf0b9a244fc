import { setImmediate } from 'node:timers/promises';
import { type AudioLine, LINE_FRAME, LINE_RATE, type Speaker } from '../core/calls/transport.ts';
import { createStartRecorder, type SessionRecorder, type SessionRecorderOptions } from '../recordings/session-recorder.ts';

/** Sounds of a call: beeps that begin at these times, in seconds; between them there is faint noise. */
export interface Sounds {
  user?: number[];
  agent?: number[];
}

/** How sound comes; everything is as it should be where nothing is said. */
export interface Behaviour {
  /** How much later than it was spoken a piece of the microphone comes, in ms; undefined: it is lost. Not earlier than the one before. */
  microphone?: (spokenAtMs: number) => number | undefined;
  /** How much faster than the recorder's the client's and the line's clocks run, in millionths. */
  clientPpm?: number;
  linePpm?: number;
  playoutDelayMs?: (atMs: number) => number;
  /** From when to when nothing can run, in ms: pieces come all at once, ticks are caught up on. */
  stall?: [fromMs: number, toMs: number];
}

/** A call whose clock runs as fast as the recorder can write. */
export interface RecordedCall {
  recorder: SessionRecorder;
  /** How far the clock is, in ms. */
  readonly timeMs: number;
  /** Talks from now until this time; the first talk, and each after a pause, is on a new line. */
  talk(untilMs: number, sounds: Sounds, behaviour?: Behaviour): Promise<void>;
  /** The client is told to be silent. */
  hush(): void;
  /** Nobody is there until then. */
  pause(untilMs: number): void;
}

/** Waits until the encoder is no further behind than where all is well. */
const MOST_BEHIND_MS = 4_000;
const BEEP_MS = 100;
const PIECE = LINE_RATE / 100;

export function startRecordedCall(
  options: Pick<SessionRecorderOptions, 'encoders' | 'onProblem'> & { file: string; startedAt?: number },
): RecordedCall {
  let time = 0;
  const recorder = createStartRecorder({ ...options, now: () => options.startedAt ?? 1_700_000_000_000, clock: () => time })(
    options.file,
  );
  let away = true;
  let listener: ((samples: Int16Array) => void) | undefined;
  let speaker: Speaker | undefined;
  let hush = () => {};
  let speakerOf: (at: number) => Speaker = () => ({ read: (frame) => frame.fill(0) });
  let delay: (atMs: number) => number = () => 0;

  function connect(): void {
    const line: AudioLine = {
      onMicrophone: (next) => {
        listener = next;
      },
      play: (next) => {
        speaker = next;
      },
    };
    const recorded = recorder.record(line, () => delay(time));
    recorded.onMicrophone(() => undefined);
    recorded.play({
      read: (frame) => speakerOf(time).read(frame),
      onHush(told) {
        hush = told;
      },
    });
  }

  async function talk(untilMs: number, sounds: Sounds, behaviour: Behaviour = {}): Promise<void> {
    const { microphone = () => 30, clientPpm = 0, linePpm = 0, playoutDelayMs = () => 80, stall } = behaviour;
    const from = time;
    if (away) connect();
    away = false;
    delay = playoutDelayMs;
    speakerOf = (at) => ({ read: (frame) => sound(frame, at, 1, sounds.agent) });
    // A stalled process sees everything at its end.
    const seen = (at: number) => (stall && at >= stall[0] && at < stall[1] ? stall[1] : at);
    const pieceMs = 10 / (1 + clientPpm / 1e6);
    const tickMs = 20 / (1 + linePpm / 1e6);
    let pieces = 0;
    let ticks = 0;
    let lastArrival = 0;
    let waiting: { at: number; samples: Int16Array } | undefined;
    for (let nextRest = from + 500; ; ) {
      while (!waiting) {
        const spoken = from + pieces++ * pieceMs;
        const late = microphone(spoken);
        if (late === undefined) continue;
        const samples = new Int16Array(PIECE);
        sound(samples, spoken, pieceMs / 10, sounds.user);
        lastArrival = Math.max(lastArrival, spoken + pieceMs + late);
        waiting = { at: seen(lastArrival), samples };
      }
      const tick = seen(from + ticks * tickMs);
      if (Math.min(tick, waiting.at) >= untilMs) break;
      if (tick <= waiting.at) {
        time = Math.max(time, tick);
        ticks++;
        speaker?.read(new Int16Array(LINE_FRAME));
      } else {
        time = Math.max(time, waiting.at);
        listener?.(waiting.samples);
        waiting = undefined;
      }
      if (time < nextRest) continue;
      nextRest = time + 500;
      while (recorder.behindMs() > MOST_BEHIND_MS) await setImmediate();
    }
    time = untilMs;
  }

  return {
    recorder,
    get timeMs() {
      return time;
    },
    talk,
    hush: () => hush(),
    pause(untilMs) {
      recorder.pause();
      away = true;
      time = untilMs;
    },
  };
}

/** Fills a piece that begins at `atMs`, its samples so much further apart than they should be. */
function sound(samples: Int16Array, atMs: number, stretch: number, beeps: readonly number[] = []): void {
  const lengthMs = (samples.length * 1000) / LINE_RATE;
  const near = beeps.filter((beep) => beep * 1000 < atMs + lengthMs && beep * 1000 + BEEP_MS > atMs);
  for (let n = 0; n < samples.length; n++) {
    const at = atMs + (n * stretch * 1000) / LINE_RATE;
    const beeping = near.some((beep) => at >= beep * 1000 && at < beep * 1000 + BEEP_MS);
    samples[n] = beeping ? Math.round(9_000 * Math.sin((2 * Math.PI * 600 * at) / 1000)) : (n * 7919) % 41;
  }
}
