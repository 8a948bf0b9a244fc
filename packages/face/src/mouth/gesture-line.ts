import { MOUTH_PARAMETERS, type MouthShape } from '../pose.ts';
import type { Gesture } from './gestures.ts';
import { INSISTENCE, VISEME_SHAPES, VISEMES, type Viseme } from './visemes.ts';

/** Everything that the mouth does in an utterance, as far as it is known; from it the mouth's shape at each moment. */
export interface GestureLine {
  /** Gestures in any order, but each call later than what was dropped. */
  add(gestures: readonly Gesture[]): void;
  /** Takes out what lies whole between the two, to be said better. */
  remove(fromMs: number, toMs: number): void;
  /** Forgets what is over before. */
  dropBefore(ms: number): void;
  readonly length: number;
  /** Until when anything is known. */
  readonly endMs: number;
  /** Writes the shape at a moment to `into`, in the order of `MOUTH_PARAMETERS`, contacts not yet made. */
  at(ms: number, into: Float32Array): GestureMoment;
}

/** What else is known of a moment; written over by the next call. */
export interface GestureMoment {
  /** How much the gestures have to say: 0 none near, up to 1 (their trust). */
  trust: number;
  /** How closed the lips must be (p, b, m), and how much the lower lip at the teeth (f, v): 0 to 1. */
  pressed: number;
  tucked: number;
}

/** Farther away nothing has any influence, in ms. */
const REACH_MS = 320;
/** How fast influence falls off beside a gesture: before it for the lips, which get ready early, and otherwise. */
const LIPS_EARLY_MS = 55;
const OTHERWISE_MS = 34;
/** A gesture is at its fullest inside of these margins of its length. */
const MARGIN = 0.25;
/** What the mouth at rest has to say against everybody. */
const REST_INSISTS = 0.05;
/** From free lips to lips that touch, in ms. */
const CONTACT_EASE_MS = 46;

const [OPEN, WIDE, NARROW, PUCKER, UP, PRESS, TUCK, TONGUE] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

interface Target {
  shape: Float32Array;
  jaw: number;
  lips: number;
  contact: number;
}

const TARGETS = Object.fromEntries(
  VISEMES.map((viseme) => {
    const shape = Float32Array.from(MOUTH_PARAMETERS, (key) => VISEME_SHAPES[viseme][key as keyof MouthShape] ?? 0);
    return [viseme, { shape, ...INSISTENCE[viseme] }];
  }),
) as Record<Viseme, Target>;

export function createGestureLine(): GestureLine {
  /** By their start. */
  let line: Gesture[] = [];
  /** The first that is not surely over for the last moment asked for: moments mostly come in order. */
  let first = 0;
  /** No gesture is longer, so that the search back may stop. */
  let longestMs = 0;
  const moment: GestureMoment = { trust: 0, pressed: 0, tucked: 0 };

  function seek(ms: number): void {
    const fromMs = ms - REACH_MS - longestMs;
    while (first > 0 && line[first - 1]!.startMs >= fromMs) first -= 1;
    while (first < line.length && line[first]!.startMs < fromMs) first += 1;
  }

  return {
    get length() {
      return line.length;
    },
    get endMs() {
      return line.reduceRight((end, gesture, i) => (i < line.length - 8 ? end : Math.max(end, gesture.endMs)), 0);
    },
    add(gestures) {
      for (const gesture of gestures) {
        let at = line.length;
        while (at > 0 && line[at - 1]!.startMs > gesture.startMs) at -= 1;
        line.splice(at, 0, gesture);
        longestMs = Math.max(longestMs, Math.min(gesture.endMs - gesture.startMs, 5_000));
      }
      first = Math.min(first, line.length);
    },
    remove(fromMs, toMs) {
      line = line.filter(({ startMs, endMs }) => startMs < fromMs || endMs > toMs);
      first = 0;
    },
    dropBefore(ms) {
      let over = 0;
      while (over < line.length && line[over]!.endMs < ms - REACH_MS) over += 1;
      line.splice(0, over);
      first = Math.max(0, first - over);
    },
    at(ms, into) {
      into.fill(0);
      seek(ms);
      let jaw = REST_INSISTS;
      let lips = REST_INSISTS;
      let contact = REST_INSISTS;
      let trust = 0;
      let told = 0;
      let pressed = 0;
      let tucked = 0;
      for (let i = first; i < line.length; i++) {
        const gesture = line[i]!;
        if (gesture.startMs > ms + REACH_MS) break;
        const marginMs = (gesture.endMs - gesture.startMs) * MARGIN;
        const earlyMs = gesture.startMs + marginMs - ms;
        const lateMs = ms - (gesture.endMs - marginMs);
        const awayMs = Math.max(earlyMs, lateMs, 0);
        if (awayMs > REACH_MS) continue;
        const near = Math.exp(-awayMs / OTHERWISE_MS);
        const lipsNear = earlyMs > 0 ? Math.exp(-awayMs / LIPS_EARLY_MS) : near;
        const target = TARGETS[gesture.viseme];
        const { shape } = target;
        const { strength } = gesture;
        const onJaw = near * target.jaw;
        const onLips = lipsNear * target.lips;
        const onContact = near * target.contact;
        jaw += onJaw;
        lips += onLips;
        contact += onContact;
        into[OPEN]! += onJaw * strength * shape[OPEN]!;
        into[UP]! += onJaw * strength * shape[UP]!;
        into[WIDE]! += onLips * strength * shape[WIDE]!;
        into[NARROW]! += onLips * strength * shape[NARROW]!;
        into[PUCKER]! += onLips * strength * shape[PUCKER]!;
        into[TONGUE]! += onContact * shape[TONGUE]!;
        told += near;
        trust += near * gesture.trust;
        if (gesture.viseme === 'PP') pressed = Math.max(pressed, contactAt(gesture, ms));
        else if (gesture.viseme === 'FF') tucked = Math.max(tucked, contactAt(gesture, ms));
      }
      into[OPEN]! /= jaw;
      into[UP]! /= jaw;
      for (let k = WIDE; k <= PUCKER; k++) into[k]! /= lips;
      into[TONGUE]! /= contact;
      moment.trust = told === 0 ? 0 : (trust / told) * Math.min(1, told * 2);
      moment.pressed = pressed;
      moment.tucked = tucked * (1 - pressed);
      return moment;
    },
  };
}

/** 1 while the lips must touch, easing in and out. */
function contactAt({ contactFromMs, contactToMs }: Gesture, ms: number): number {
  const away = Math.max(contactFromMs - ms, ms - contactToMs, 0) / CONTACT_EASE_MS;
  return away >= 1 ? 0 : 1 - away * away * (3 - 2 * away);
}

const PRESS_SHAPE = VISEME_SHAPES.PP.press ?? 0;
const TUCK_SHAPE = VISEME_SHAPES.FF;

/** Brings the lips of a shape together, by so much: nothing is open or between them then. */
export function pressLips(shape: Float32Array, by: number): void {
  for (const k of [OPEN, UP, TUCK, TONGUE] as const) shape[k]! *= 1 - by;
  shape[PRESS] = Math.max(shape[PRESS]!, by * PRESS_SHAPE);
}

/** Brings the lower lip under the upper teeth, by so much. */
export function tuckLip(shape: Float32Array, by: number): void {
  shape[OPEN]! += (TUCK_SHAPE.open! - shape[OPEN]!) * by;
  shape[UP] = Math.max(shape[UP]!, by * TUCK_SHAPE.up!);
  shape[TUCK] = Math.max(shape[TUCK]!, by * TUCK_SHAPE.tuck!);
  shape[TONGUE]! *= 1 - by;
  shape[PRESS]! *= 1 - by;
}
