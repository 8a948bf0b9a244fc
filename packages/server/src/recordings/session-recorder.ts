import type { Recorder } from '../core/calls/recorder.ts';
import { type AudioLine, LINE_RATE, type Speaker } from '../core/calls/transport.ts';
import type { EncoderProcess } from './encoder-process.ts';
import { createSoundTrack, LOOK_AHEAD } from './sound-track.ts';

export interface SessionRecorderOptions {
  encoders: Pick<EncoderProcess, 'open'>;
  /** Called once where the recording breaks off; the call goes on. `disk-full`, or what happened. */
  onProblem: (file: string, problem: string) => void;
  /** Ms since 1970, for the beginning. */
  now?: () => number;
  /** A clock in ms that is never set, for everything else. */
  clock?: () => number;
}

export interface SessionRecorder extends Recorder {
  /** The first sample's time, in ms since 1970. */
  startedAt: number;
  /** How much of what has sounded the encoder has not taken yet, in ms; about 1,500 where all is well. */
  behindMs(): number;
}

/** Sound is written so much later than it sounds, in samples (1.5 s): a piece that comes late still finds its place. */
const DELAY = 3 * LOOK_AHEAD;
/** What is handed to the encoder at a time: 250 ms. */
const BLOCK = LINE_RATE / 4;
/** So many blocks may be on their way to the encoder. */
const MOST_ON_THE_WAY = 8;
/** An encoder that is a minute behind has failed; memory is not for that. In samples. */
const MOST_HELD = 60 * LINE_RATE;
/** In ms: silence has to be written even where nothing is heard that would make it so. */
const WRITE_EVERY_MS = 1_000;
/** How long `close` waits for the file, in ms; the encoder goes on without it. */
const CLOSE_MS = 900;

/**
 * Begins recordings: stereo, the user left, the agent right, both when they are heard, on one timeline. None of it can hurt the call.
 * @returns `StartRecorder` of the core
 */
export function createStartRecorder(options: SessionRecorderOptions): (file: string) => SessionRecorder {
  const { encoders, onProblem, now = Date.now, clock = () => performance.now() } = options;
  return (file) => {
    const startedAt = now();
    const startedOn = clock();
    const user = createSoundTrack();
    const agent = createSoundTrack();
    let state: 'recording' | 'closing' | 'over' = 'recording';
    let connection = 0;
    let sent = 0;
    let onTheWay = 0;
    let length: number | undefined;
    let finished: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finished = resolve;
    });

    const encoding = encoders.open(file, startedAt, {
      taken() {
        onTheWay--;
        write();
      },
      ended(problem) {
        if (state !== 'over' && (problem !== undefined || state === 'recording')) onProblem(file, problem ?? 'ffmpeg has ended');
        end();
      },
    });
    const timer = setInterval(write, WRITE_EVERY_MS);
    timer.unref();

    const position = () => Math.max(0, Math.round(((clock() - startedOn) * LINE_RATE) / 1000));

    function end(): void {
      state = 'over';
      clearInterval(timer);
      finished();
    }

    function write(): void {
      if (state === 'over') return;
      const here = position();
      const until = length ?? here - DELAY;
      const settledUntil = length === undefined ? here - LOOK_AHEAD : Number.POSITIVE_INFINITY;
      user.settle(settledUntil);
      agent.settle(settledUntil);
      while (onTheWay < MOST_ON_THE_WAY && until > sent && (length !== undefined || until - sent >= BLOCK)) {
        const next = Math.min(user.nextSound(sent), agent.nextSound(sent), until);
        onTheWay++;
        if (next - sent >= BLOCK) {
          encoding.writeSilence(next - sent);
          sent = next;
          continue;
        }
        const samples = Math.min(BLOCK, until - sent);
        const stereo = new Int16Array(samples * 2);
        user.read(sent, stereo, 0);
        agent.read(sent, stereo, 1);
        encoding.write(stereo);
        sent += samples;
      }
      if (length !== undefined && sent >= length && state === 'recording') {
        state = 'closing';
        encoding.close();
      }
      if (user.held + agent.held <= 2 * MOST_HELD) return;
      onProblem(file, 'the encoder is too slow');
      encoding.close();
      end();
    }

    /** Writes where there is a block to write, so that it never becomes much at a time. */
    function heard(): void {
      if (position() - DELAY - sent >= BLOCK) write();
    }

    return {
      startedAt,
      behindMs: () => (state === 'recording' ? ((position() - sent + onTheWay * BLOCK) * 1000) / LINE_RATE : 0),
      record(line, playoutDelayMs) {
        const mine = ++connection;
        user.breakOff();
        agent.breakOff();
        const recording = () => state === 'recording' && length === undefined && connection === mine;
        return tap(line, {
          microphone(samples) {
            if (!recording()) return;
            const here = position();
            // The last of its samples has just been spoken.
            user.add(samples.slice(), here - samples.length, here);
            heard();
          },
          speaker(frame) {
            if (!recording()) return;
            const here = position();
            agent.add(frame.slice(), here + Math.round((playoutDelayMs() * LINE_RATE) / 1000), here);
            heard();
          },
          hush: () => recording() && agent.silenceFrom(position()),
        });
      },
      pause() {
        connection++;
      },
      async close() {
        if (length === undefined) {
          length = position();
          write();
        }
        let limit: NodeJS.Timeout | undefined;
        const patience = new Promise<void>((resolve) => {
          limit = setTimeout(resolve, CLOSE_MS);
        });
        await Promise.race([done, patience]);
        clearTimeout(limit);
        return { durationMs: Math.round((Math.min(sent, length) * 1000) / LINE_RATE) };
      },
    };
  };
}

/** The same line; what goes over it is also given to `to`. */
function tap(
  line: AudioLine,
  to: { microphone: (samples: Int16Array) => void; speaker: (frame: Int16Array) => void; hush: () => void },
): AudioLine {
  let listener: ((samples: Int16Array) => void) | undefined;
  line.onMicrophone((samples) => {
    to.microphone(samples);
    listener?.(samples);
  });
  const tapped = (speaker: Speaker): Speaker => {
    speaker.onHush?.(to.hush);
    return {
      read(frame) {
        speaker.read(frame);
        to.speaker(frame);
      },
    };
  };
  return {
    onMicrophone(next) {
      listener = next;
    },
    play: (speaker) => line.play(speaker && tapped(speaker)),
  };
}
