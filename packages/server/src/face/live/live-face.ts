import type { TransferListItem } from 'node:worker_threads';
import type { FaceState } from '@visavis/face';
import type { Face, FaceSpec, OpenFaceOptions, VideoQuality, VideoReason } from '../../core/calls/face.ts';
import type { FollowedSpeech, SpeechFollower, SpeechPosition } from '../../core/calls/speech-follower.ts';
import { LATE_MS, PICTURE_MS, type Picture } from '../../core/calls/transport.ts';
import { createFrameMemory, type FrameMemory, OUTCOME, slotOf } from './frame-memory.ts';
import type { Level } from './quality-ladder.ts';
import { absoluteMs, type FromThread, type SpeechNews, type ToThread } from './thread-messages.ts';

const SPEAKING_RATE = 24_000;
/** So many beats from one picture to the next: 25 fps, and 12.5 where little moves or the machine is short of time. */
const EVERY = 1;
const EVERY_OTHER = 2;
/** So long after the last sound a face is still drawn at the full rate, in beats: its mouth closes. */
const CLOSING_BEATS = 10;
/**
 * So much longer a picture takes to the screen than the sound of the same beat to the loudspeaker, in ms (measured in Chromium with `bench -- face
 * --rows=drift`: 15 to 21, with what the browser itself adds): its lips are those of the sound that comes then.
 */
const LIPS_EARLY_MS = 20;
/** A renderer that throws is made anew so often before the face goes without pictures. */
const MOST_FAILURES = 3;
/** A face that was paused or lost starts this much before the place that is being played. */
const BEFORE_MS = 300;

/** One face as the thread that plays sound sees it: asks for the next picture, takes the one that is there. */
export interface LiveFace extends Face {
  readonly id: number;
  /** The thread is new: it is to hold this face again. */
  reopen(): void;
  /** The thread is gone; pictures come again after `reopen`. */
  lost(): void;
  message(message: Exclude<FromThread, { type: 'ready' | 'mouth' }>): void;
  /** From now on no better than this. */
  limit(level: Level): void;
  /** Pictures asked for, and those of them that were not there in time, since the last call. */
  takeCounts(): { asked: number; skipped: number };
  /** How long the thread has been at the picture in hand, in ms. */
  waitingMs(): number;
}

export interface LiveFaceOptions extends OpenFaceOptions {
  id: number;
  spec: FaceSpec;
  post: (message: ToThread, transfer?: TransferListItem[]) => void;
  onClosed: () => void;
  onError: (error: unknown) => void;
}

interface Made {
  pieces: FollowedSpeech[];
  ended: boolean;
}

interface Pending {
  number: number;
  /** In beats of this face. */
  due: number;
  since: number;
}

export function createLiveFace({ id, spec, position, onQuality, post, onClosed, onError }: LiveFaceOptions): LiveFace {
  /** What is made and not yet played: a new renderer hears it again. */
  const made = new Map<string, Made>();
  /** The last place that was played: whoever tells of more speech may just be between two. */
  let heard: SpeechPosition | undefined;
  let limit: Level = 'full';
  let trouble: VideoReason = 'none';
  let failures = 0;
  let frames: FrameMemory = createFrameMemory(spec.picture.width, spec.picture.height);
  let plain = plainOf(frames);
  let opened = false;
  let closed = false;
  let state: FaceState = 'idle';
  let beat = 0;
  /** When it was last heard, or told that it would be. */
  let spokeAt = Number.NEGATIVE_INFINITY;
  let number = 0;
  let pending: Pending | undefined;
  let asked = 0;
  let skipped = 0;
  let told: VideoQuality | undefined;

  const quality = (): VideoQuality => {
    const level = trouble === 'none' ? limit : 'audio-only';
    return {
      level,
      fps: level === 'audio-only' ? 0 : 1_000 / PICTURE_MS / (level === 'full' ? EVERY : EVERY_OTHER),
      width: frames.width,
      height: frames.height,
      reason: trouble === 'none' ? (level === 'full' ? 'none' : 'cpu') : trouble,
    };
  };

  const tellQuality = () => {
    const now = quality();
    if (closed || (told && told.level === now.level && told.reason === now.reason && told.width === now.width)) return;
    const first = told === undefined;
    told = now;
    // At the beginning there is only something to tell where it is less than was asked for.
    if (!first || now.level !== 'full') onQuality(now);
  };

  const pictureNow = () => {
    const small = limit === 'small' || limit === 'audio-only';
    return small ? { ...spec.picture, width: half(spec.picture.width), height: half(spec.picture.height) } : spec.picture;
  };

  const toBeHeard = (utterance: string, pieces: FollowedSpeech[]) => {
    const heardTo = heard?.utterance === utterance ? heard.ms - BEFORE_MS : 0;
    return pieces.filter((piece) => endOf(piece) > heardTo);
  };

  const tell = (news: SpeechNews) => {
    if (news.type !== 'speech') return post({ ...news, id });
    // A copy that may be given away: the original is still to be played.
    const samples = news.piece.samples.slice();
    post({ type: 'speech', id, piece: { ...news.piece, samples } }, [samples.buffer]);
  };

  const open = () => {
    opened = false;
    pending = undefined;
    const picture = pictureNow();
    if (picture.width !== frames.width || picture.height !== frames.height) {
      frames = createFrameMemory(picture.width, picture.height);
      plain = plainOf(frames);
    }
    const { assetFile, backgroundFile, seed } = spec;
    post({ type: 'open', id, assetFile, picture, backgroundFile, seed, frames: frames.shared });
    for (const [utterance, { pieces, ended }] of made) {
      for (const piece of toBeHeard(utterance, pieces)) tell({ type: 'speech', piece });
      if (ended) tell({ type: 'ended', utterance });
    }
  };

  /** `passedMs` after the beat. */
  const ask = (passedMs = 0) => {
    const speaking = position();
    const every = limit === 'full' && beat - spokeAt < CLOSING_BEATS ? EVERY : EVERY_OTHER;
    const aheadMs = every * PICTURE_MS - passedMs;
    const atMs = absoluteMs() + aheadMs;
    number += 1;
    asked += 1;
    pending = { number, due: beat + every, since: performance.now() };
    post({
      type: 'draw',
      id,
      number,
      dueMs: atMs + LATE_MS,
      moment: {
        atMs,
        speech: speaking && { utterance: speaking.utterance, ms: speaking.ms + aheadMs + LIPS_EARLY_MS },
        state,
      },
    });
  };

  /** The picture that was asked for, if it is there by its beat or `LATE_MS` later; a later one is dropped. */
  const take = (): Picture | undefined => {
    if (pending === undefined || beat < pending.due) return undefined;
    const done = frames.read();
    const inTime = beat === pending.due;
    const slot = frames.slots[slotOf(pending.number)];
    if (done.number !== pending.number) return undefined;
    pending = undefined;
    if (!inTime || done.outcome !== OUTCOME.drawn || slot === undefined) return undefined;
    plain.data.set(slot);
    return plain;
  };

  const next = (): Picture | undefined => {
    beat += 1;
    const speaking = position();
    if (speaking) {
      if (heard !== undefined && heard.utterance !== speaking.utterance) forget(heard.utterance);
      heard = speaking;
      spokeAt = beat;
    }
    const picture = take();
    if (opened && pending === undefined && limit !== 'audio-only') ask();
    return picture;
  };

  const late = (): Picture | undefined => {
    if (pending === undefined || beat !== pending.due) return undefined;
    const picture = take();
    if (picture === undefined) skipped += 1;
    if (opened && pending === undefined && limit !== 'audio-only') ask(LATE_MS);
    return picture;
  };

  const forget = (utterance: string) => {
    if (made.delete(utterance)) tell({ type: 'forget', utterance });
  };

  const follower: SpeechFollower = {
    speech(piece) {
      if (closed) return;
      // It is heard soon: by then there is a picture for every beat, and none of its first ones is missing.
      spokeAt = beat;
      const pieces = toBeHeard(piece.utterance, made.get(piece.utterance)?.pieces ?? []);
      made.set(piece.utterance, { pieces: [...pieces, piece], ended: false });
      // A mouth that nobody asks for would keep all of it, and work through it at once when pictures come again: then the face is opened anew.
      if (limit !== 'audio-only') tell({ type: 'speech', piece });
    },
    ended(utterance) {
      const known = made.get(utterance);
      if (known) known.ended = true;
      if (!closed) tell({ type: 'ended', utterance });
    },
    cut(utterance) {
      made.delete(utterance);
      if (!closed) tell({ type: 'cut', utterance });
    },
  };

  open();
  return {
    id,
    pictures: { next, late },
    follower,
    enter(next) {
      state = next;
    },
    get quality() {
      return quality();
    },
    reopen: () => trouble !== 'renderer-failed' && open(),
    lost() {
      opened = false;
      pending = undefined;
      if (trouble === 'none') trouble = 'renderer-lost';
      tellQuality();
    },
    message(message) {
      if (closed) return;
      if (message.type === 'opened') {
        opened = true;
        trouble = 'none';
        return tellQuality();
      }
      onError(new Error(`A face cannot be drawn: ${message.problem}`));
      failures += 1;
      opened = false;
      pending = undefined;
      if (failures < MOST_FAILURES) return open();
      trouble = 'renderer-failed';
      tellQuality();
    },
    limit(level) {
      if (level === limit) return;
      const before = { picture: pictureNow(), limit };
      limit = level;
      const isOther = pictureNow().width !== before.picture.width || before.limit === 'audio-only';
      if (isOther && level !== 'audio-only' && trouble !== 'renderer-failed') open();
      tellQuality();
    },
    takeCounts() {
      const counts = { asked, skipped };
      asked = 0;
      skipped = 0;
      return counts;
    },
    // One that is there and that nobody takes, because nobody looks, is not waited for.
    waitingMs: () => (pending === undefined || frames.read().number === pending.number ? 0 : performance.now() - pending.since),
    close() {
      if (closed) return;
      closed = true;
      opened = false;
      pending = undefined;
      made.clear();
      post({ type: 'close', id });
      onClosed();
    },
  };
}

/** The library takes no shared memory. */
function plainOf({ width, height, slots }: FrameMemory): Picture {
  return { width, height, data: new Uint8ClampedArray(slots[0]?.length ?? 0) };
}

/** Half a side, even, as small as renderers go. */
function half(side: number): number {
  return Math.max(64, 2 * Math.round(side / 4));
}

function endOf({ positionMs, samples }: FollowedSpeech): number {
  return positionMs + (samples.length / SPEAKING_RATE) * 1_000;
}
