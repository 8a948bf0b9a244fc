/**
 * How a mouth stands: what the lips, the jaw and the tongue do, each from 0 (not at all) to 1 (as far as in clear speech).
 * All of them at 0 is a closed, relaxed mouth.
 */
export interface MouthShape {
  /** Jaw and lips apart, as in /a/. */
  open: number;
  /** Corners apart, as in /i/. */
  wide: number;
  /** Corners together, as in /u/. */
  narrow: number;
  /** Lips forward, as in /u/ and /w/. */
  pucker: number;
  /** Upper lip raised, as in /f/. */
  up: number;
  /** Lips pressed together, as in /m/, /b/ and /p/. */
  press: number;
  /** Lower lip under the upper teeth, as in /f/ and /v/. */
  tuck: number;
  /** Tip of the tongue at the upper teeth, as in /th/ and /l/. */
  tongue: number;
}

/** The order in which mouth shapes are kept in arrays and sent. */
export const MOUTH_PARAMETERS = [
  'open',
  'wide',
  'narrow',
  'pucker',
  'up',
  'press',
  'tuck',
  'tongue',
] as const satisfies readonly (keyof MouthShape)[];

/** A whole face at one moment. Angles are in degrees, shifts in face widths; every renderer limits what it cannot show. */
export interface Pose extends MouthShape {
  /** Lids: 0 open, 1 closed. */
  blink: number;
  /** -1 lowered to 1 raised. */
  brow: number;
  /** Where the eyes look: -1 to 1, to the viewer's right and down. */
  gazeX: number;
  gazeY: number;
  /** Turn of the head to the viewer's right. */
  yaw: number;
  /** Nod: down. */
  pitch: number;
  /** Tilt, clockwise for the viewer. */
  roll: number;
  /** Shift of the head: to the viewer's right, and down. */
  shiftX: number;
  shiftY: number;
  /** Breathing: 0 out, 1 in. */
  breath: number;
  /** Corners of the mouth up: 0 as the picture has it, to 1. */
  smile: number;
}

export const CLOSED_MOUTH: Readonly<MouthShape> = {
  open: 0,
  wide: 0,
  narrow: 0,
  pucker: 0,
  up: 0,
  press: 0,
  tuck: 0,
  tongue: 0,
};

/** Looks at the viewer and does nothing. */
export const REST: Readonly<Pose> = {
  ...CLOSED_MOUTH,
  blink: 0,
  brow: 0,
  gazeX: 0,
  gazeY: 0,
  yaw: 0,
  pitch: 0,
  roll: 0,
  shiftX: 0,
  shiftY: 0,
  breath: 0,
  smile: 0,
};

/** What the one with the face is doing. */
export type FaceState = 'idle' | 'listening' | 'thinking' | 'speaking';
