import { type AudioLine, LINE_FRAME, type Speaker } from '../core/calls/transport.ts';

/** What a busy machine may be late by. */
const MOST_LATE_TICKS = 25;

/** The client's end of a line, with a clock. */
export interface ScriptedLine extends AudioLine {
  /** Goes into the microphone, after what is already going in; resolves when it has gone in. */
  speak(samples: Int16Array): Promise<void>;
  /** Called with every frame that comes out of the loudspeaker. */
  onFrame: ((frame: Int16Array) => void) | undefined;
  /** 20 ms of both directions, at once. */
  tick(): void;
  readonly listening: boolean;
  readonly playing: boolean;
  stop(): void;
}

/** `speed`: how much faster than time its clock is; 0: it stands, and only `tick` moves it. */
export function scriptedLine({ speed = 1 }: { speed?: number } = {}): ScriptedLine {
  const waiting: Array<{ samples: Int16Array; at: number; done: () => void }> = [];
  let microphone: ((samples: Int16Array) => void) | undefined;
  let speaker: Speaker | undefined;
  const begun = performance.now();
  let ticks = 0;

  function hear(): void {
    const piece = new Int16Array(LINE_FRAME / 2);
    const next = waiting[0];
    if (next) {
      piece.set(next.samples.subarray(next.at, next.at + piece.length));
      next.at += piece.length;
      if (next.at >= next.samples.length) waiting.shift()?.done();
    }
    microphone?.(piece);
  }

  const line: ScriptedLine = {
    onMicrophone(listener) {
      microphone = listener;
    },
    play(next) {
      speaker = next;
    },
    speak: (samples) => new Promise((done) => waiting.push({ samples, at: 0, done })),
    onFrame: undefined,
    tick() {
      hear();
      hear();
      const frame = new Int16Array(LINE_FRAME);
      speaker?.read(frame);
      line.onFrame?.(frame);
    },
    get listening() {
      return microphone !== undefined;
    },
    get playing() {
      return speaker !== undefined;
    },
    stop: () => clearInterval(timer),
  };
  const timer = setInterval(
    () => {
      const due = ((performance.now() - begun) * speed) / 20;
      // After a stall it goes on from now: catching up would only make the next one.
      ticks = Math.max(ticks, due - MOST_LATE_TICKS);
      for (; ticks < due; ticks++) line.tick();
    },
    Math.max(1, 20 / (speed || 1)),
  );
  if (speed === 0) clearInterval(timer);
  return line;
}
