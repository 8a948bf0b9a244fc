import { type AudioLine, LINE_FRAME, LINE_RATE, type Speaker } from '../core/calls/transport.ts';
import type { AudioClock } from './audio-clock.ts';
import { type AudioSink, type AudioSource, RTCAudioSink, RTCAudioSource, type SoundPiece, type Track } from './wrtc.ts';

const PIECE = LINE_RATE / 100;

/** The sound of one connection: what the library hears and what it is fed. */
export interface ConnectedLine extends AudioLine {
  /** Begins to be fed: with silence until something is played. What is played comes out of the track, the same one at every call. */
  start(): Track;
  /** The client's microphone. */
  listenTo(track: Track): void;
  stop(): void;
}

/**
 * `connected`: what is heard before is the library's own silence. `afterSound` is called with every beat, right after the sound was handed
 * over. `onError` hears the first error of each speaker and listener.
 */
export function openLine(options: {
  clock: AudioClock;
  connected: () => boolean;
  afterSound: () => void;
  onError: (error: unknown) => void;
}): ConnectedLine {
  const frame = new Int16Array(LINE_FRAME);
  let speaker: Speaker | undefined;
  let listener: ((samples: Int16Array) => void) | undefined;
  let track: Track | undefined;
  let leaveClock: (() => void) | undefined;
  let sink: AudioSink | undefined;
  let listenerFailed = false;
  let speakerFailed = false;
  let stopped = false;

  const feed = (source: AudioSource, samples: Int16Array) =>
    source.onData({ samples, sampleRate: LINE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: PIECE });

  /** 20 ms. The library is fed whatever happens: a pause would put the sound that follows out of step for seconds. */
  const tick = (source: AudioSource) => {
    try {
      if (speaker === undefined) frame.fill(0);
      else speaker.read(frame);
    } catch (error) {
      frame.fill(0);
      if (!speakerFailed) options.onError(error);
      speakerFailed = true;
    }
    if (stopped) return;
    // Arrays of their own: the library refuses views of a longer one.
    feed(source, frame.slice(0, PIECE));
    feed(source, frame.slice(PIECE));
    options.afterSound();
  };

  const hear = (piece: SoundPiece) => {
    if (listener === undefined || !options.connected()) return;
    // The sink begins at 16 kHz before any packet came, and follows the sender's codec.
    if (piece.sampleRate !== LINE_RATE) return;
    try {
      listener(piece.channelCount === 1 ? piece.samples : mixedToMono(piece));
    } catch (error) {
      if (!listenerFailed) options.onError(error);
      listenerFailed = true;
    }
  };

  return {
    start() {
      if (stopped) throw new Error('The line was stopped before it started');
      if (track !== undefined) return track;
      const source = new RTCAudioSource();
      track = source.createTrack();
      leaveClock = options.clock.join(() => tick(source));
      return track;
    },
    play(next) {
      speaker = next;
      speakerFailed = false;
    },
    onMicrophone(next) {
      listener = next;
      listenerFailed = false;
    },
    listenTo(microphone) {
      if (stopped || sink !== undefined) return;
      sink = new RTCAudioSink(microphone);
      sink.ondata = hear;
    },
    stop() {
      if (stopped) return;
      stopped = true;
      leaveClock?.();
      speaker = undefined;
      listener = undefined;
      // The sink before its track, the track before its connection: the other order has crashed the library for others.
      if (sink !== undefined) sink.ondata = null;
      sink?.stop();
      track?.stop();
    },
  };
}

/** All channels as one. */
function mixedToMono({ samples, channelCount }: SoundPiece): Int16Array {
  const mono = new Int16Array(Math.floor(samples.length / channelCount));
  for (let n = 0; n < mono.length; n++) {
    let sum = 0;
    for (let channel = 0; channel < channelCount; channel++) sum += samples[n * channelCount + channel] ?? 0;
    mono[n] = sum / channelCount;
  }
  return mono;
}
