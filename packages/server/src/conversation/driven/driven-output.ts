import type { DrivenEvent } from '../../core/calls/driven-conversation.ts';
import type { Followable, FollowedWord, SpeechFollower, SpeechPosition } from '../../core/calls/speech-follower.ts';
import type { Speaker } from '../../core/calls/transport.ts';
import { createInterpolator } from '../voice/resample.ts';
import { createRateConverter, type RateConverter } from './rate-converter.ts';
import { createUtterance, milliseconds, SPEAKING_RATE, type Utterance } from './utterance.ts';

/** So much may wait to be played, in ms. */
export const LONGEST_QUEUE_MS = 10 * 60_000;
/** Speech whose sound stops coming for so long is over, in ms; less is a pause in it. */
export const ENDS_AFTER_MS = 400;
/**
 * Sound is played when so much of it is there, or after so long, in ms: it comes over a network, and the mouth has to know the next 120 ms.
 */
export const GATHERED_MS = 160;

const FRAME_MS = 20;
const FRAME = SPEAKING_RATE / 50;
/** A sound that stops in the middle fades so long, in samples: 5 ms; otherwise it would click. */
const FADE = SPEAKING_RATE / 200;
/** So much is converted ahead of the playing, for the mouth. */
const AHEAD = 2 * SPEAKING_RATE;
/** So much is converted in one beat at most: about a millisecond's work. */
const CONVERTED_MS = 120;
/** Rates whose converters are kept; a client has one. */
const KEPT_RATES = 4;

/** The loudspeaker of a driven face: a queue of utterances, played one after the other. */
export interface DrivenOutput extends Speaker, Followable {
  /** Continues the speech that comes at present, or begins one. */
  speak(samples: Int16Array, rate: number): void;
  /** Begins an utterance whose sound will come (`add`), to be played after what waits. */
  begin(guessedMs: number): Utterance;
  add(utterance: Utterance, samples: Int16Array, words: FollowedWord[]): void;
  end(utterance: Utterance): void;
  /** Silent at once; nothing waits any more. False where nothing was to be said. */
  cut(): boolean;
  waitingMs(): number;
}

export function createDrivenOutput(emit: (event: DrivenEvent) => void): DrivenOutput {
  const upsample = createInterpolator();
  const piece = new Int16Array(FRAME);
  const converters = new Map<number, RateConverter>();
  let utterances: Utterance[] = [];
  /** The speech that comes at present. */
  let speech: Utterance | undefined;
  let follower: SpeechFollower | undefined;
  let position: SpeechPosition | undefined;
  let nextId = 1;
  /** Whether the first utterance is being played, rather than gathered; how long it has been gathered, or was empty, in ms. */
  let flows = false;
  let gatheredMs = 0;
  let emptyMs = 0;
  let last = 0;
  let quietFrames = 2;

  const converterFor = (rate: number): RateConverter => {
    const known = converters.get(rate);
    if (known) return known;
    if (converters.size >= KEPT_RATES) converters.clear();
    const converter = createRateConverter(rate, SPEAKING_RATE);
    converters.set(rate, converter);
    return converter;
  };

  const open = (): Utterance => {
    const utterance = createUtterance(`u${nextId++}`);
    utterances.push(utterance);
    return utterance;
  };

  const finish = (utterance: Utterance) => {
    utterances.shift();
    if (speech === utterance) speech = undefined;
    follower?.ended(utterance.id);
    flows = false;
    gatheredMs = 0;
    emptyMs = 0;
    if (utterance.begun) emit({ type: 'speech-end', playedMs: Math.round(utterance.handedMs()), interrupted: false });
  };

  const hold = () => {
    flows = false;
    gatheredMs = 0;
  };

  /** Hands over the next 20 ms, less where no more is there. */
  const take = (): number => {
    const [utterance] = utterances;
    if (!utterance) return 0;
    for (const made of utterance.convert({ ahead: AHEAD, mostMs: CONVERTED_MS, converterFor })) {
      follower?.speech({ utterance: utterance.id, ...made });
    }
    // Of a text's sound whole frames only, but at its end: its voice makes the rest just now.
    const isFrame = utterance === speech || utterance.whole || utterance.ready() >= FRAME;
    if (utterance.ready() === 0 || !isFrame) {
      hold();
      emptyMs += FRAME_MS;
      const isOver = utterance.isConverted() && (utterance.whole || (speech === utterance && emptyMs >= ENDS_AFTER_MS));
      if (!isOver) return 0;
      finish(utterance);
      return take();
    }
    emptyMs = 0;
    if (!flows) {
      // What is not converted yet is there, too.
      const hereMs = utterance === speech ? utterance.waitingMs() : milliseconds(utterance.ready());
      flows = utterance.whole || hereMs >= GATHERED_MS || gatheredMs >= GATHERED_MS;
      gatheredMs += FRAME_MS;
      if (!flows) return 0;
    }
    const ms = utterance.handedMs();
    const taken = utterance.take(piece);
    position = { utterance: utterance.id, ms };
    if (!utterance.begun) {
      utterance.begun = true;
      emit({ type: 'speech-start' });
    }
    if (utterance.whole && utterance.isConverted() && utterance.ready() === 0) finish(utterance);
    return taken;
  };

  return {
    speak(samples, rate) {
      speech ??= open();
      speech.addRaw(samples, rate);
    },
    begin(guessedMs) {
      if (speech) speech.whole = true;
      speech = undefined;
      const utterance = open();
      utterance.guessedMs = guessedMs;
      return utterance;
    },
    add(utterance, samples, words) {
      if (!utterances.includes(utterance)) return;
      const positionMs = utterance.addMade(samples, words);
      follower?.speech({ utterance: utterance.id, positionMs, samples, words });
    },
    end(utterance) {
      utterance.whole = true;
      utterance.guessedMs = 0;
      if (utterances.includes(utterance)) follower?.ended(utterance.id);
    },
    cut() {
      const all = utterances;
      utterances = [];
      speech = undefined;
      position = undefined;
      hold();
      emptyMs = 0;
      converters.clear();
      for (const utterance of all) {
        utterance.whole = true;
        follower?.cut(utterance.id);
        if (utterance.begun) emit({ type: 'speech-end', playedMs: Math.round(utterance.handedMs()), interrupted: true });
      }
      return all.length > 0;
    },
    waitingMs: () => utterances.reduce((sum, utterance) => sum + utterance.waitingMs(), 0),
    follow(next) {
      follower = next;
      for (const utterance of next ? utterances : []) {
        for (const made of utterance.rest()) next?.speech({ utterance: utterance.id, ...made });
        if (utterance.whole && utterance.isConverted()) next?.ended(utterance.id);
      }
    },
    get position() {
      return position;
    },
    read(into) {
      position = undefined;
      const filled = take();
      if (filled > 0) quietFrames = 0;
      else if (++quietFrames > 2) {
        into.fill(0);
        return;
      }
      for (let at = filled; at < FRAME; at++) piece[at] = last * Math.max(0, 1 - (at - filled + 1) / FADE);
      last = filled === FRAME ? piece[FRAME - 1]! : 0;
      upsample(piece, into);
    },
  };
}
