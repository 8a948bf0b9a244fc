import type { CallEvent } from '../core/calls/call-events.ts';
import type { SpeechFollower, SpeechPosition } from '../core/calls/speech-follower.ts';
import { type AudioLine, LINE_FRAME } from '../core/calls/transport.ts';
import type { StartVoiceConversation, VoiceEvent } from '../core/calls/voice-conversation.ts';

const RATE = 24_000;
const FRAME = RATE / 50;

/** A conversation that says what a test gives it, on whatever line it is attached to: no model, no ears. */
export interface TalkingConversation {
  start: StartVoiceConversation;
  /** Says this (24 kHz) as one reply; it is played from now on, all of it made at once. */
  say(utterance: string, samples: Int16Array): void;
  /** Cuts off what is being said. Gives when, by `performance.now()`. */
  cut(): number;
  emit(event: VoiceEvent & CallEvent): void;
  /** How often it was given a line. */
  attached: number;
  detached: number;
}

export function talkingConversation(): TalkingConversation {
  let line: AudioLine | undefined;
  let follower: SpeechFollower | undefined;
  let saying: { utterance: string; samples: Int16Array; at: number } | undefined;
  let position: SpeechPosition | undefined;
  let onEvent: (event: VoiceEvent) => void = () => undefined;

  const tellMade = () => {
    if (!saying) return;
    const { utterance, samples, at } = saying;
    // In pieces, as a voice makes it.
    for (let from = at; from < samples.length; from += RATE / 2) {
      const piece = samples.slice(from, from + RATE / 2);
      follower?.speech({ utterance, positionMs: (from / RATE) * 1_000, samples: piece, words: [] });
    }
    follower?.ended(utterance);
  };

  const end = () => {
    if (saying && saying.at < saying.samples.length) follower?.cut(saying.utterance);
    saying = undefined;
    position = undefined;
  };

  const read = (frame: Int16Array) => {
    frame.fill(0);
    position = undefined;
    if (!saying) return;
    position = { utterance: saying.utterance, ms: (saying.at / RATE) * 1_000 };
    for (let n = 0; n < LINE_FRAME; n++) frame[n] = saying.samples[saying.at + (n >> 1)] ?? 0;
    saying.at += FRAME;
    if (saying.at >= saying.samples.length) saying = undefined;
  };

  const talk: TalkingConversation = {
    attached: 0,
    detached: 0,
    async start(_spec, listener) {
      onEvent = listener;
      return {
        attach(next) {
          talk.attached += 1;
          if (line && line !== next) line.play(undefined);
          line = next;
          next.play({ read });
        },
        async detach() {
          talk.detached += 1;
          end();
          line?.play(undefined);
          line = undefined;
        },
        interrupt: () => saying !== undefined,
        played: () => undefined,
        speech: {
          follow(next) {
            follower = next;
            tellMade();
          },
          get position() {
            return position;
          },
        },
        message: async function* () {
          yield* [];
        },
        close: async () => end(),
      };
    },
    say(utterance, samples) {
      saying = { utterance, samples, at: 0 };
      tellMade();
    },
    cut() {
      end();
      return performance.now();
    },
    emit: (event) => onEvent(event),
  };
  return talk;
}
