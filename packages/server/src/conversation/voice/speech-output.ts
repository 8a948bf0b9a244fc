import { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { Followable, FollowedWord, SpeechFollower, SpeechPosition } from '../../core/calls/speech-follower.ts';
import type { Speaker } from '../../core/calls/transport.ts';
import type { TimedWord } from '../../core/speech/speech.ts';
import { createInterpolator } from './resample.ts';
import type { SpokenReply } from './spoken-reply.ts';

/** What every voice gives. */
export const SPEAKING_RATE = 24_000;
/** What is asked for at a time. */
const FRAME_MS = 20;
const FRAME = (SPEAKING_RATE * FRAME_MS) / 1_000;
/** Where the framework puts the times of a frame's words. */
export const TIMED_WORDS = 'lk.timed_transcripts';
/** A sound that stops in the middle fades so long, in samples: 5 ms; otherwise it would click. */
const FADE = SPEAKING_RATE / 200;
/** So much of what was handed over can be said again, in ms: more is not on its way, even over bad networks. */
const MOST_AGAIN_MS = 600;

/** What the framework gives between two flushes: a reply, or its part before or after a tool was called. */
interface Part {
  reply: SpokenReply | undefined;
  frames: Int16Array[];
  /** Of the first frame. */
  offset: number;
  /** What was handed over last, `MOST_AGAIN_MS` at most, oldest first. */
  past: Int16Array[];
  /** All that is still to be handed over. */
  samples: number;
  /** All that came. */
  made: number;
  /** In the reply's sound. */
  beginsAtMs: number;
  firstWord: number;
  /** No more will come. */
  whole: boolean;
  begun: boolean;
}

/**
 * The loudspeaker of a session: keeps what is said until the line's clock asks for it, and knows to the sample what was
 * handed over. It tells the framework which words were heard, which would otherwise keep those that were made.
 */
export class SpeechOutput extends voice.AudioOutput implements Speaker, Followable {
  readonly #replyOf: () => SpokenReply | undefined;
  readonly #upsample = createInterpolator();
  readonly #piece = new Int16Array(FRAME);
  #parts: Part[] = [];
  #open: Part | undefined;
  #paused = false;
  #attached = true;
  #onHush: (() => void) | undefined;
  #last = 0;
  #quietFrames = 2;
  #follower: SpeechFollower | undefined;
  #position: SpeechPosition | undefined;

  /** `replyOf` names the reply whose task is running. */
  constructor(replyOf: () => SpokenReply | undefined) {
    super(SPEAKING_RATE, undefined, { pause: true });
    this.#replyOf = replyOf;
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    await super.captureFrame(frame);
    const part = this.#open ?? this.#openPart();
    const { reply } = part;
    reply?.timings.mark('first_audio_made');
    const words = wordsOf(frame, part.beginsAtMs);
    reply?.synthesised(words.map(({ text, startMs, endMs }) => ({ text, startMs, endMs })));
    if (!this.#attached) return;
    if (reply) {
      const positionMs = part.beginsAtMs + milliseconds(part.made);
      this.#follower?.speech({ utterance: reply.id, positionMs, samples: frame.data, words });
    }
    part.frames.push(frame.data);
    part.samples += frame.data.length;
    part.made += frame.data.length;
  }

  override flush(): void {
    super.flush();
    if (this.#open) {
      this.#open.whole = true;
      if (this.#open.reply) this.#follower?.ended(this.#open.reply.id);
    }
    this.#open = undefined;
    if (!this.#attached) this.clearBuffer();
  }

  /** Called twice by the framework at an interruption. */
  clearBuffer(): void {
    super.flush();
    this.#open = undefined;
    for (const part of this.#parts.splice(0)) this.#cut(part);
  }

  override pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#parts[0]?.reply?.hush();
    this.#onHush?.();
  }

  override resume(): void {
    if (this.#paused) this.#goBack();
    this.#paused = false;
  }

  onHush(listener: () => void): void {
    this.#onHush = listener;
  }

  override onAttached(): void {
    this.#attached = true;
    this.#paused = false;
  }

  /** What is left unfinished would be waited for for ever. */
  override onDetached(): void {
    this.#attached = false;
    this.clearBuffer();
  }

  follow(follower: SpeechFollower | undefined): void {
    this.#follower = follower;
    if (follower === undefined) return;
    // It may come in the middle of a reply: what waits to be played is told at once.
    for (const { reply, frames, offset, made, samples, beginsAtMs, whole, firstWord } of this.#parts) {
      if (!reply) continue;
      let at = made - samples;
      const words = reply.words.slice(firstWord);
      for (const [n, frame] of frames.entries()) {
        const rest = n === 0 ? frame.subarray(offset) : frame;
        const positionMs = beginsAtMs + milliseconds(at);
        follower.speech({ utterance: reply.id, positionMs, samples: rest, words: n === 0 ? words : [] });
        at += rest.length;
      }
      if (whole) follower.ended(reply.id);
    }
  }

  get position(): SpeechPosition | undefined {
    return this.#position;
  }

  read(into: Int16Array): void {
    this.#position = undefined;
    const filled = this.#paused ? 0 : this.#take();
    if (filled > 0) this.#quietFrames = 0;
    else if (++this.#quietFrames > 2) {
      into.fill(0);
      return;
    }
    for (let at = filled; at < FRAME; at++) this.#piece[at] = this.#last * Math.max(0, 1 - (at - filled + 1) / FADE);
    this.#last = filled === FRAME ? this.#piece[FRAME - 1]! : 0;
    this.#upsample(this.#piece, into);
  }

  /** What the client has not played, because it was told to be silent, is handed over again. */
  #goBack(): void {
    const part = this.#parts[0];
    if (!part?.reply) return;
    let wanted = (part.reply.goOn(part.past.length * FRAME_MS) * SPEAKING_RATE) / 1_000;
    if (wanted > 0 && part.offset > 0) {
      part.frames[0] = part.frames[0]!.subarray(part.offset);
      part.offset = 0;
    }
    while (wanted > 0) {
      const piece = part.past.pop();
      if (!piece) break;
      const again = piece.subarray(Math.max(0, piece.length - Math.round(wanted)));
      part.frames.unshift(again);
      part.samples += again.length;
      wanted -= again.length;
    }
    part.past = [];
  }

  /** Hands over the next 20 ms, less at the end of a part; nothing while the voice is slower than the clock. */
  #take(): number {
    const part = this.#parts[0];
    if (!part) return 0;
    const { reply } = part;
    if (part.samples < FRAME && !part.whole) {
      reply?.setPlaying(false);
      return 0;
    }
    const wanted = Math.min(FRAME, part.samples);
    for (let filled = 0; filled < wanted; ) {
      const frame = part.frames[0]!;
      const taken = frame.subarray(part.offset, part.offset + wanted - filled);
      this.#piece.set(taken, filled);
      filled += taken.length;
      part.offset += taken.length;
      if (part.offset < frame.length) continue;
      part.frames.shift();
      part.offset = 0;
    }
    if (reply && wanted > 0) {
      this.#position = { utterance: reply.id, ms: part.beginsAtMs + milliseconds(part.made - part.samples) };
    }
    part.samples -= wanted;
    if (wanted > 0) {
      part.past.push(this.#piece.slice(0, wanted));
      if (part.past.length > MOST_AGAIN_MS / FRAME_MS) part.past.shift();
      reply?.setPlaying(true);
      reply?.handed((wanted / SPEAKING_RATE) * 1_000);
      if (!part.begun) this.onPlaybackStarted(Date.now());
      part.begun = true;
    }
    if (part.whole && part.samples === 0) this.#finish(part);
    return wanted;
  }

  #openPart(): Part {
    const reply = this.#replyOf();
    if (reply) reply.spoken = true;
    const part: Part = {
      reply,
      frames: [],
      offset: 0,
      past: [],
      samples: 0,
      made: 0,
      beginsAtMs: reply?.handedMs ?? 0,
      firstWord: reply?.words.length ?? 0,
      whole: false,
      begun: false,
    };
    this.#open = part;
    this.#parts.push(part);
    return part;
  }

  #finish(part: Part): void {
    this.#parts.shift();
    part.reply?.finishPart();
    this.onPlaybackFinished({ playbackPosition: positionIn(part), interrupted: false });
  }

  #cut(part: Part): void {
    part.reply?.hush();
    this.#onHush?.();
    const synchronizedTranscript = part.reply?.cutPart(part.firstWord) ?? '';
    this.#position = undefined;
    if (part.reply) this.#follower?.cut(part.reply.id);
    this.onPlaybackFinished({ playbackPosition: positionIn(part), interrupted: true, synchronizedTranscript });
  }
}

function positionIn({ reply, beginsAtMs }: Part): number {
  return Math.max(0, (reply?.spokenMs ?? 0) - beginsAtMs) / 1_000;
}

const milliseconds = (samples: number) => (samples / SPEAKING_RATE) * 1_000;

function wordsOf(frame: AudioFrame, beginsAtMs: number): FollowedWord[] {
  // The phonemes are put there by our chain of voices.
  const words = (frame.userdata[TIMED_WORDS] ?? []) as Array<voice.TimedString & Pick<TimedWord, 'phonemes'>>;
  const at = (seconds: number) => beginsAtMs + seconds * 1_000;
  return words.map(({ text, startTime = 0, endTime = startTime, phonemes }) => ({
    text,
    startMs: at(startTime),
    endMs: at(endTime),
    ...(phonemes && {
      phonemes: phonemes.map(({ phoneme, start, end }) => ({ symbol: phoneme, startMs: at(start), endMs: at(end) })),
    }),
  }));
}
