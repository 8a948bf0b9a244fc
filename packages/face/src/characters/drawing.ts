/**
 * What a built-in character is: pictures made of filled paths, sorted into layers that move apart as the head turns, and the
 * measures of its eyes and mouth, which are drawn anew for every pose. All lengths are in units of a square of 1024, y down; the
 * figure stands in its middle. Plain data: it is kept as JSON.
 */
export interface CharacterDrawing {
  name: string;
  /** Behind everything, never moves. Reaches from x -400 to 1424 for wide pictures. */
  background: Picture;
  /** From the back to the front. The face's moving parts are drawn where `features` stands. */
  layers: Array<Layer | 'features'>;
  head: HeadMeasures;
  eyes: EyeMeasures;
  mouth: MouthMeasures;
}

/** `#rrggbb`. */
export type Color = string;

/** Offset from 0 to 1, color, and how opaque (1 unless told). */
export type Stop = [offset: number, color: Color, opacity?: number];

export type Paint =
  | Color
  | { linear: [fromX: number, fromY: number, toX: number, toY: number]; stops: Stop[] }
  | { radial: [centerX: number, centerY: number, radiusX: number, radiusY: number]; stops: Stop[] };

/** One painted path. */
export interface Shape {
  /** SVG path data: M, L, H, V, C, Q, Z, absolute or relative. */
  path: string;
  paint: Paint;
  opacity?: number;
  /** Draws the line instead of what it encloses. `taper`: both ends run thin. */
  stroke?: { width: number; taper?: boolean };
  /** Standard deviation of a softening. */
  blur?: number;
  /** Draws it also mirrored at x = 512. */
  mirror?: boolean;
}

/** Shapes that show only within a path. */
export interface Clipped {
  within: string;
  shapes: Shape[];
}

export type Picture = Array<Shape | Clipped>;

export interface Layer {
  name: string;
  /** `still` stays, `body` breathes and holds the neck, `head` turns. */
  follows: 'still' | 'body' | 'head';
  /** How far in front of the middle of the head's surface it lies, in units. */
  depth?: number;
  /** How much of the head's roundness it has: 1 lies on it, 0 is flat. */
  relief?: number;
  /** How much of the jaw's movement it makes. */
  jaw?: number;
  /** From the first height to the second the movement with the head dies away: hair on shoulders. */
  settles?: [fromY: number, toY: number];
  picture: Picture;
}

export interface HeadMeasures {
  /** Middle of the round head. */
  centerX: number;
  centerY: number;
  radiusX: number;
  radiusY: number;
  /** From the axis of the neck to the tip of the face. */
  depth: number;
  /** Where the head turns and tilts on the neck. */
  pivotY: number;
  /** From here down the skin follows the jaw; wholly at the chin. */
  jawY: number;
  chinY: number;
  /** Where the neck meets the clothes. */
  collarY: number;
}

export interface EyeMeasures {
  /** `human`: lids and lashes; `lamp`: a shining oval that closes to a line. */
  style: 'human' | 'lamp';
  /** Of the left eye from the middle of the face; the right one mirrors it. */
  distance: number;
  y: number;
  halfWidth: number;
  /** Of the open lids over and under the line between the corners. */
  upper: number;
  lower: number;
  /** How much higher the outer corner lies than the inner one. */
  slant: number;
  iris: { radius: number; color: Color; rim: Color; pupil: Color; pupilRadius?: number };
  white: Color;
  whiteShade: Color;
  lid: Color;
  lidShade: Color;
  crease: Color;
  lash: Color;
  lashWidth: number;
  /** Length of the outer lashes. */
  wing: number;
  brow: {
    color: Color;
    y: number;
    /** Of the inner and the outer end from the middle of the face. */
    from: number;
    to: number;
    thickness: number;
    arch: number;
    /** How much lower the outer end lies than the inner one. */
    fall: number;
  };
}

export interface MouthMeasures {
  /** `lips`: painted lips; `muzzle`: a dark line without lips; `lamp`: a shining outline. */
  style: 'lips' | 'muzzle' | 'lamp';
  y: number;
  halfWidth: number;
  /** Of the widest opening. */
  opening: number;
  upperLip: number;
  lowerLip: number;
  /** How far the corners stand up at rest. */
  smile: number;
  upperColor: Color;
  lowerColor: Color;
  lowerLight: Color;
  line: Color;
  inside: Color;
  insideLight: Color;
  tongue: Color;
  tongueLight: Color;
  teeth: Color;
  teethShade: Color;
  /** Of the soft shadow beneath the lower lip. */
  shadow: Color;
  depth: number;
}
