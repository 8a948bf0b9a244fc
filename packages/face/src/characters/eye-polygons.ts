import type { Pose } from '../pose.ts';
import type { EyeMeasures } from './drawing.ts';
import { type Stance, share } from './head-motion.ts';
import { type Contour, strokeOutline } from './path.ts';
import { backwards, createPlacing, curvePoints, type Placing } from './placing.ts';
import type { Polygon } from './polygons.ts';

/** Draws both eyes and brows. */
export function addEyes(polygons: Polygon[], stance: Stance, measures: EyeMeasures, pose: Readonly<Pose>): void {
  const placing = createPlacing(stance, polygons, 4);
  for (const side of [-1, 1] as const) {
    if (measures.style === 'human') addHumanEye(placing, stance.head.centerX, measures, pose, side);
    else addLampEye(placing, stance.head.centerX, measures, pose, side);
    addBrow(placing, stance.head.centerX, measures, pose, side);
  }
}

/** -1 to 1; 0 for what is no number. */
function signed(value: number): number {
  return Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
}

function addHumanEye(placing: Placing, centerX: number, eye: EyeMeasures, pose: Readonly<Pose>, side: -1 | 1): void {
  const { halfWidth, y } = eye;
  const x = centerX + side * eye.distance;
  const blink = share(pose.blink);
  const [gazeX, gazeY] = [signed(pose.gazeX), signed(pose.gazeY)];
  const happy = share(pose.smile);
  // Lids follow a lowered look; a smile lifts the lower one.
  const openness = (1 - blink) * (1 - 0.28 * Math.max(0, gazeY)) * (1 + 0.08 * Math.max(0, -gazeY) + 0.07 * signed(pose.brow));
  const lower = eye.lower * (1 - 0.4 * happy - 0.25 * blink);
  const shutY = lower * 0.72;
  const upper = shutY + (-eye.upper - shutY) * openness;
  // From the inner to the outer corner.
  const [inX, outX] = [x - side * halfWidth, x + side * halfWidth];
  const [inY, outY] = [y + eye.slant * 0.5, y - eye.slant * 0.5 + 1.5 * blink];
  const lid = curvePoints({
    x0: inX,
    y0: inY,
    x1: x - side * halfWidth * 0.56,
    y1: y + upper * 1.36,
    x2: x + side * halfWidth * 0.5,
    y2: y + upper * 1.42 - eye.slant * 0.4,
    x3: outX,
    y3: outY,
  });
  const under = curvePoints({
    x0: inX,
    y0: inY,
    x1: x - side * halfWidth * 0.42,
    y1: y + lower * 1.3,
    x2: x + side * halfWidth * 0.55,
    y2: y + lower * 1.34 - eye.slant * 0.35,
    x3: outX,
    y3: outY,
  });
  const creaseLift = eye.upper * (0.46 + 0.1 * blink);
  const foldTop = -eye.upper * (1 - 0.16 * blink) - creaseLift + eye.upper * 0.1 * Math.max(0, gazeY);
  const fold = curvePoints({
    x0: inX + side * 3,
    y0: inY - 5,
    x1: x - side * halfWidth * 0.56,
    y1: y + foldTop * 1.28,
    x2: x + side * halfWidth * 0.52,
    y2: y + foldTop * 1.34 - eye.slant * 0.4,
    x3: outX + side * 4,
    y3: outY - 6,
  });
  // The lid's skin from the fold down to the lashes.
  placing.add([[...fold, ...backwards(lid)]], {
    linear: [x, y + foldTop, x, y + Math.max(upper, foldTop + 12)],
    stops: [
      [0, eye.lidShade, 0.75],
      [0.5, eye.lid, 1],
      [1, eye.lidShade, 1],
    ],
  });
  if (openness > 0.03) addEyeball(placing, eye, x, y, gazeX, gazeY, upper, [...lid, ...backwards(under)], side, openness);
  placing.add([strokeOutline(fold, 3.4, true)], eye.crease, { opacity: 0.75 });
  placing.add([strokeOutline(under, 2.6, true)], eye.crease, { opacity: 0.55 });
  addLashes(placing, eye, lid, side, blink);
}

function addEyeball(
  placing: Placing,
  eye: EyeMeasures,
  x: number,
  y: number,
  gazeX: number,
  gazeY: number,
  upper: number,
  opening: Contour,
  side: -1 | 1,
  openness: number,
): void {
  placing.add([opening], {
    radial: [x, y + 2, eye.halfWidth * 1.12, eye.upper * 1.9],
    stops: [
      [0, eye.white],
      [0.55, eye.white],
      [1, eye.whiteShade],
    ],
  });
  const within = placing.place([opening]);
  const { radius, color, rim, pupil } = eye.iris;
  const irisX = x + gazeX * eye.halfWidth * 0.3;
  const irisY = y - eye.upper * 0.12 + gazeY * eye.upper * 0.42;
  placing.add(
    [circle(irisX, irisY, radius)],
    {
      radial: [irisX, irisY + radius * 0.34, radius * 1.3, radius * 1.3],
      stops: [
        [0, color],
        [0.4, color],
        [0.86, rim],
        [1, rim],
      ],
    },
    { within },
  );
  placing.add([circle(irisX, irisY, eye.iris.pupilRadius ?? radius * 0.46)], pupil, { within });
  // The lid's shadow on the eye.
  const half = eye.halfWidth + 6;
  placing.add(
    [[x - half, y - eye.upper * 2, x + half, y - eye.upper * 2, x + half, y + eye.lower * 2, x - half, y + eye.lower * 2]],
    {
      linear: [x, y + upper, x, y + upper + eye.upper * 0.85],
      stops: [
        [0, eye.lash, 0.42],
        [1, eye.lash, 0],
      ],
    },
    { within },
  );
  // What is reflected goes with the light: in the slit of an eye that is almost shut it would be a white speck.
  const light = share((openness - 0.2) / 0.25);
  if (light > 0) {
    const [left, right] = [irisX - radius * 0.34, irisX + radius * 0.4];
    placing.add([circle(left, irisY - radius * 0.4, radius * 0.27)], '#ffffff', { within, opacity: 0.96 * light });
    placing.add([circle(right, irisY + radius * 0.42, radius * 0.14)], '#ffffff', { within, opacity: 0.5 * light });
  }
  // The inner corner.
  const cornerX = x - side * (eye.halfWidth - 3);
  placing.add([circle(cornerX, y + eye.slant * 0.5 + 1, 5)], '#d98a80', { within, opacity: 0.6 });
}

/** A line along the lid that grows thicker outward and ends in a wing. */
function addLashes(placing: Placing, eye: EyeMeasures, lid: Contour, side: -1 | 1, blink: number): void {
  const count = lid.length / 2;
  const [outX, outY] = [lid[2 * count - 2]!, lid[2 * count - 1]!];
  const upper: Contour = [];
  for (let i = 0; i < count; i++) {
    const along = i / (count - 1);
    const thick = eye.lashWidth * (0.34 + 0.66 * Math.sin(Math.min(1, along * 1.12) * Math.PI * 0.62));
    upper.push(lid[2 * i]!, lid[2 * i + 1]! - thick * (1 - 0.45 * blink));
  }
  const tip: Contour = [outX + side * eye.wing, outY - eye.wing * 0.62 * (1 - 1.5 * blink)];
  const base: Contour = [outX + side * 1.5, outY + 2];
  const lowerEdge: Contour = [];
  for (let i = 0; i < count; i++) lowerEdge.push(lid[2 * i]!, lid[2 * i + 1]! + 1.2 + 1.4 * blink);
  placing.add([[...upper, ...tip, ...base, ...backwards(lowerEdge)]], eye.lash);
}

function addBrow(placing: Placing, centerX: number, { brow }: EyeMeasures, pose: Readonly<Pose>, side: -1 | 1): void {
  if (brow.thickness <= 0) return;
  const raised = signed(pose.brow);
  const lift = raised * (raised > 0 ? 17 : 9);
  const y = brow.y - lift;
  const [inX, outX] = [centerX + side * (brow.from - (raised < 0 ? -3 * raised : 0)), centerX + side * brow.to];
  const inY = y + 4 + (raised < 0 ? -4 * raised : 0);
  const outY = y + brow.fall;
  const width = outX - inX;
  const arch = brow.arch * (1 + 0.35 * Math.max(0, raised));
  const top = curvePoints({
    x0: inX,
    y0: inY - brow.thickness * 0.5,
    x1: inX + width * 0.34,
    y1: y - arch - brow.thickness * 0.62,
    x2: inX + width * 0.68,
    y2: y - arch - brow.thickness * 0.5,
    x3: outX,
    y3: outY,
  });
  const bottom = curvePoints({
    x0: inX + side,
    y0: inY + brow.thickness * 0.5,
    x1: inX + width * 0.36,
    y1: y - arch + brow.thickness * 0.42,
    x2: inX + width * 0.66,
    y2: y - arch + brow.thickness * 0.22,
    x3: outX,
    y3: outY,
  });
  // A round inner end.
  const cap = [
    inX - side * brow.thickness * 0.22,
    inY + brow.thickness * 0.3,
    inX - side * brow.thickness * 0.34,
    inY,
    inX - side * brow.thickness * 0.2,
    inY - brow.thickness * 0.32,
  ];
  placing.add([[...top, ...backwards(bottom), ...cap]], {
    linear: [inX - side * 4, y, outX, y],
    stops: [
      [0, brow.color, 0.5],
      [0.28, brow.color, 0.92],
      [1, brow.color, 0.9],
    ],
  });
}

function addLampEye(placing: Placing, centerX: number, eye: EyeMeasures, pose: Readonly<Pose>, side: -1 | 1): void {
  const x = centerX + side * eye.distance + signed(pose.gazeX) * eye.halfWidth * 0.34;
  const y = eye.y + signed(pose.gazeY) * eye.upper * 0.3;
  const open = 1 - share(pose.blink);
  const happy = share(pose.smile);
  const halfHeight = 4 + (eye.upper - 4) * open * (1 - 0.12 * happy);
  const half = eye.halfWidth * (1 + 0.14 * (1 - open));
  const glow = eye.iris.rim;
  placing.add(
    [
      [
        x - half * 2,
        y - halfHeight - half,
        x + half * 2,
        y - halfHeight - half,
        x + half * 2,
        y + halfHeight + half,
        x - half * 2,
        y + halfHeight + half,
      ],
    ],
    {
      radial: [x, y, half * 1.95, halfHeight + half * 0.95],
      stops: [
        [0, glow, 0.5],
        [0.45, glow, 0.26],
        [1, glow, 0],
      ],
    },
  );
  // A smile pushes the lower edge up: an eye that laughs.
  const dent = happy * halfHeight * 0.62;
  const k = 0.5523;
  const shape = [
    ...curvePoints(
      {
        x0: x - half,
        y0: y,
        x1: x - half,
        y1: y - halfHeight * k * 1.25,
        x2: x - half * k * 1.1,
        y2: y - halfHeight,
        x3: x,
        y3: y - halfHeight,
      },
      10,
    ),
    ...curvePoints(
      {
        x0: x,
        y0: y - halfHeight,
        x1: x + half * k * 1.1,
        y1: y - halfHeight,
        x2: x + half,
        y2: y - halfHeight * k * 1.25,
        x3: x + half,
        y3: y,
      },
      10,
    ),
    ...curvePoints(
      {
        x0: x + half,
        y0: y,
        x1: x + half,
        y1: y + halfHeight * k * 1.25,
        x2: x + half * k * 1.1,
        y2: y + halfHeight - dent,
        x3: x,
        y3: y + halfHeight - dent,
      },
      10,
    ),
    ...curvePoints(
      {
        x0: x,
        y0: y + halfHeight - dent,
        x1: x - half * k * 1.1,
        y1: y + halfHeight - dent,
        x2: x - half,
        y2: y + halfHeight * k * 1.25,
        x3: x - half,
        y3: y,
      },
      10,
    ),
  ];
  placing.add([shape], {
    linear: [x, y - halfHeight, x, y + halfHeight],
    stops: [
      [0, eye.white],
      [0.5, eye.iris.color],
      [1, eye.iris.rim],
    ],
  });
  if (open > 0.2) {
    const within = placing.place([shape]);
    placing.add([circle(x - half * 0.3, y - halfHeight * 0.42, half * 0.3)], '#ffffff', { within, opacity: 0.9 * open });
    placing.add([circle(x + half * 0.34, y + halfHeight * 0.3, half * 0.14)], '#ffffff', { within, opacity: 0.55 * open });
  }
}

function circle(x: number, y: number, radius: number): Contour {
  const points: Contour = [];
  for (let i = 0; i < 24; i++) {
    const angle = (i * Math.PI) / 12;
    points.push(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  return points;
}
