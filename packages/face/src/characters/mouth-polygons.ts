import type { Pose } from '../pose.ts';
import type { MouthMeasures } from './drawing.ts';
import { type Stance, share } from './head-motion.ts';
import { type MouthGeometry, mouthGeometry } from './mouth.ts';
import { type Contour, strokeOutline } from './path.ts';
import { backwards, type Curve, createPlacing, curvePoints, type Placing } from './placing.ts';
import type { Polygon } from './polygons.ts';

const POINTS = 18;

/** Draws the mouth: what is inside of it first, then the lips. */
export function addMouth(polygons: Polygon[], stance: Stance, measures: MouthMeasures, pose: Readonly<Pose>): void {
  const placing = createPlacing(stance, polygons, measures.depth);
  const mouth = mouthGeometry(measures, pose, pose.smile);
  const { centerX } = stance.head;
  const upper = innerCurve(mouth, centerX, measures.y, mouth.upperY);
  const lower = innerCurve(mouth, centerX, measures.y, mouth.lowerY);
  const [upperEdge, lowerEdge] = [curvePoints(upper, POINTS), curvePoints(lower, POINTS)];
  if (measures.style === 'muzzle') {
    hangLobes(upperEdge, 11);
    hangLobes(lowerEdge, 11 * (1 - share((mouth.lowerY - mouth.upperY) / 14)));
  }
  if (measures.style === 'lips') addLipShadow(placing, mouth, measures, centerX);
  if (mouth.lowerY - mouth.upperY > 0.05) {
    const within = placing.place([[...upperEdge, ...backwards(lowerEdge)]]);
    addInside(placing, mouth, measures, centerX, within);
  }
  if (measures.style === 'lips') addLips(placing, mouth, measures, centerX, upperEdge, lowerEdge);
  else if (measures.style === 'muzzle') addMuzzleLines(placing, mouth, measures, upperEdge, lowerEdge);
  else addLamp(placing, measures, upperEdge, lowerEdge);
}

/** From the left corner to the right one; its middle lies at `y`. */
function innerCurve(mouth: MouthGeometry, centerX: number, mouthY: number, y: number): Curve {
  const { half, cornerY, roundness } = mouth;
  const handleX = half * (0.42 + 0.5 * roundness);
  // The middle of a cubic lies at 1/4 of its ends and 3/4 of its handles.
  const handleY = (y - 0.25 * cornerY) / 0.75;
  return {
    x0: centerX - half,
    y0: mouthY + cornerY,
    x1: centerX - handleX,
    y1: mouthY + handleY,
    x2: centerX + handleX,
    y2: mouthY + handleY,
    x3: centerX + half,
    y3: mouthY + cornerY,
  };
}

/** Lets an edge hang down to both sides of its middle, as under an animal's nose. */
function hangLobes(edge: Contour, drop: number): void {
  const last = edge.length / 2 - 1;
  for (let i = 0; i <= last; i++) edge[2 * i + 1]! += (drop * (1 - Math.cos((4 * Math.PI * i) / last))) / 2;
}

function addInside(placing: Placing, mouth: MouthGeometry, measures: MouthMeasures, x: number, within: Contour[]): void {
  const { y } = measures;
  const wide = measures.halfWidth;
  const box = (top: number, bottom: number, half: number): Contour => [
    x - half,
    top,
    x + half,
    top,
    x + half,
    bottom,
    x - half,
    bottom,
  ];
  const top = y + mouth.upperY;
  const bottom = y + mouth.lowerY;
  placing.add(
    [box(top - 20, bottom + 20, wide * 1.5)],
    {
      linear: [x, top, x, Math.max(bottom, top + 24)],
      stops: [
        [0, measures.inside],
        [1, measures.insideLight],
      ],
    },
    { within },
  );
  if (measures.style === 'lamp') return;
  addTongue(placing, mouth, measures, x, within);
  if (measures.style === 'muzzle') {
    for (const side of [-1, 1]) {
      const [fangX, fangY] = [x + side * wide * 0.52, y + 2];
      placing.add(
        [[fangX - 7, fangY - 14, fangX + 7, fangY - 14, fangX + 6, fangY + 4, fangX + side, fangY + 17, fangX - 6, fangY + 4]],
        measures.teeth,
        { within },
      );
    }
    return;
  }
  // Lower teeth: the jaw carries them; only their edge shows.
  const low = y + mouth.lowerTeethY;
  if (mouth.lowerTeethY > measures.opening * 0.2)
    placing.add(
      [arch(x, low, low + 18, wide * 0.58, 3)],
      {
        linear: [x, low - 2, x, low + 12],
        stops: [
          [0, measures.teethShade],
          [1, measures.insideLight],
        ],
      },
      { within, opacity: 0.85 },
    );
  const teeth = y + mouth.teethY;
  const upperTeeth = arch(x, teeth, teeth - 46, wide * 0.84, -5);
  placing.add(
    [upperTeeth],
    {
      radial: [x, teeth - 6, wide * 0.86, 60],
      stops: [
        [0, measures.teeth],
        [0.55, measures.teeth],
        [1, measures.teethShade],
      ],
    },
    { within },
  );
  for (const step of [-2, -1, 0, 1, 2]) {
    const at = x + step * wide * 0.235;
    const edge = teeth + 1 - Math.abs(step) * 1.4;
    placing.add([[at - 0.5, teeth - 40, at + 0.5, teeth - 40, at + 1.1, edge, at - 1.1, edge]], measures.teethShade, {
      within,
      opacity: 0.5,
    });
  }
  if (mouth.tongueY < mouth.teethY + 4) addTongueTip(placing, mouth, measures, x, within);
  // Lips that stand forward leave the teeth in the dark.
  if (mouth.roundness > 0.3)
    placing.add([box(top - 30, bottom + 30, wide * 1.5)], measures.inside, {
      within,
      opacity: 0.8 * share((mouth.roundness - 0.3) / 0.6),
    });
  // The upper lip's shadow; parted lips let light on the teeth.
  const deep = 0.35 + 0.65 * share((mouth.lowerY - mouth.upperY - 6) / 26);
  placing.add(
    [box(top - 30, top + 22, wide * 1.5)],
    {
      linear: [x, top - 2, x, top + 13],
      stops: [
        [0, measures.inside, 0.62 * deep],
        [1, measures.inside, 0],
      ],
    },
    { within },
  );
  // Deep corners.
  for (const side of [-1, 1])
    placing.add(
      [box(top - 30, bottom + 30, wide * 1.5)],
      {
        radial: [x + side * mouth.half, y + mouth.cornerY, mouth.half * 0.5, mouth.half * 0.5],
        stops: [
          [0, measures.inside, 0.85],
          [1, measures.inside, 0],
        ],
      },
      { within },
    );
}

/** A row of teeth: `edge` is where they end, `root` where they begin; `bow` lifts the sides. */
function arch(x: number, edge: number, root: number, half: number, bow: number): Contour {
  const side = edge + bow;
  const corner = edge > root ? side - 6 : side + 6;
  const curve = curvePoints(
    {
      x0: x - half,
      y0: corner,
      x1: x - half * 0.86,
      y1: edge - bow * 0.2,
      x2: x + half * 0.86,
      y2: edge - bow * 0.2,
      x3: x + half,
      y3: corner,
    },
    14,
  );
  return [...curve, x + half, root, x - half, root];
}

function addTongue(placing: Placing, mouth: MouthGeometry, measures: MouthMeasures, x: number, within: Contour[]): void {
  const top = measures.y + mouth.tongueY;
  const half = measures.halfWidth * 0.66;
  const bottom = measures.y + mouth.lowerY + 24;
  const back = curvePoints(
    { x0: x - half, y0: bottom, x1: x - half * 0.95, y1: top - 5, x2: x - half * 0.32, y2: top - 3, x3: x, y3: top + 3 },
    9,
  );
  const front = curvePoints(
    { x0: x, y0: top + 3, x1: x + half * 0.32, y1: top - 3, x2: x + half * 0.95, y2: top - 5, x3: x + half, y3: bottom },
    9,
  );
  placing.add(
    [[...back, ...front]],
    {
      linear: [x, top, x, top + 34],
      stops: [
        [0, measures.tongueLight],
        [1, measures.tongue],
      ],
    },
    { within },
  );
}

/** The tip of the tongue at, or a little over, the edge of the upper teeth. */
function addTongueTip(placing: Placing, mouth: MouthGeometry, measures: MouthMeasures, x: number, within: Contour[]): void {
  const raised = share((mouth.teethY + 4 - mouth.tongueY) / 8);
  const top = measures.y + mouth.teethY - 3.5 * raised;
  const half = measures.halfWidth * 0.42;
  const tip = curvePoints(
    { x0: x - half, y0: top + 26, x1: x - half, y1: top - 5, x2: x + half, y2: top - 5, x3: x + half, y3: top + 26 },
    14,
  );
  placing.add(
    [tip],
    {
      linear: [x, top, x, top + 22],
      stops: [
        [0, measures.tongueLight],
        [1, measures.tongue],
      ],
    },
    { within, opacity: raised },
  );
}

function addLipShadow(placing: Placing, mouth: MouthGeometry, measures: MouthMeasures, x: number): void {
  const y = measures.y + mouth.lowerY + mouth.lowerLip * 1.02 + 9;
  const [radiusX, radiusY] = [mouth.half * 0.66, 13];
  placing.add([[x - radiusX, y - radiusY, x + radiusX, y - radiusY, x + radiusX, y + radiusY, x - radiusX, y + radiusY]], {
    radial: [x, y, radiusX, radiusY],
    stops: [
      [0, measures.shadow, 0.42],
      [0.5, measures.shadow, 0.2],
      [1, measures.shadow, 0],
    ],
  });
  for (const side of [-1, 1]) {
    const [cornerX, cornerY] = [x + side * (mouth.half + 5), measures.y + mouth.cornerY + 1];
    placing.add(
      [[cornerX - 14, cornerY - 12, cornerX + 14, cornerY - 12, cornerX + 14, cornerY + 12, cornerX - 14, cornerY + 12]],
      {
        radial: [cornerX, cornerY, 13, 11],
        stops: [
          [0, measures.shadow, 0.5],
          [1, measures.shadow, 0],
        ],
      },
    );
  }
}

function addLips(
  placing: Placing,
  mouth: MouthGeometry,
  measures: MouthMeasures,
  x: number,
  upper: Contour,
  lower: Contour,
): void {
  const { y } = measures;
  const { half, upperLip, lowerLip, roundness } = mouth;
  const corner = y + mouth.cornerY;
  const top = y + mouth.upperY;
  const bottom = y + mouth.lowerY;
  const outer = half + 3.5;
  // Upper lip: two arcs and the dip between them.
  const bowX = half * (0.26 + 0.03 * roundness);
  const peak = top - upperLip * 1.14;
  const dip = top - upperLip * 0.82;
  const bow = [
    ...curvePoints(
      {
        x0: x - outer,
        y0: corner,
        x1: x - half * 0.72,
        y1: corner + (peak - corner) * 0.42,
        x2: x - half * 0.46,
        y2: peak - 0.5,
        x3: x - bowX,
        y3: peak,
      },
      8,
    ),
    ...curvePoints(
      { x0: x - bowX, y0: peak, x1: x - bowX * 0.5, y1: peak + 0.4, x2: x - bowX * 0.45, y2: dip, x3: x, y3: dip },
      5,
    ),
    ...curvePoints(
      { x0: x, y0: dip, x1: x + bowX * 0.45, y1: dip, x2: x + bowX * 0.5, y2: peak + 0.4, x3: x + bowX, y3: peak },
      5,
    ),
    ...curvePoints(
      {
        x0: x + bowX,
        y0: peak,
        x1: x + half * 0.46,
        y1: peak - 0.5,
        x2: x + half * 0.72,
        y2: corner + (peak - corner) * 0.42,
        x3: x + outer,
        y3: corner,
      },
      8,
    ),
  ];
  const edge = bottom + lowerLip;
  const below = (edge - 0.25 * corner) / 0.75;
  const bowl = curvePoints(
    {
      x0: x - outer,
      y0: corner,
      x1: x - half * (0.5 + 0.2 * roundness),
      y1: below,
      x2: x + half * (0.5 + 0.2 * roundness),
      y2: below,
      x3: x + outer,
      y3: corner,
    },
    POINTS,
  );
  const lowerLipOutline = [...lower, ...backwards(bowl)];
  placing.add([lowerLipOutline], {
    linear: [x, bottom - 2, x, edge + 2],
    stops: [
      [0, measures.lowerColor],
      [0.45, measures.lowerLight],
      [1, measures.lowerColor],
    ],
  });
  placing.add([[...bow, ...backwards(upper)]], {
    linear: [x, peak, x, top + 3],
    stops: [
      [0, measures.upperColor],
      [0.35, measures.upperColor],
      [1, measures.line],
    ],
  });
  const shine = bottom + lowerLip * 0.4;
  placing.add(
    [[x - half * 0.5, shine - 6, x + half * 0.5, shine - 6, x + half * 0.5, shine + 6, x - half * 0.5, shine + 6]],
    {
      radial: [x - half * 0.08, shine, half * 0.42, 5],
      stops: [
        [0, '#ffffff', 0.34],
        [1, '#ffffff', 0],
      ],
    },
    { within: placing.place([lowerLipOutline]) },
  );
  // The line where lips meet; on an open mouth it goes on as the dark inside.
  const shut = 1 - share((mouth.lowerY - mouth.upperY) / 6);
  if (shut > 0) placing.add([strokeOutline(upper, 4.6, true)], measures.line, { opacity: shut });
  for (const side of [-1, 1]) {
    const cornerX = x + side * half;
    placing.add(
      [
        strokeOutline(
          [cornerX - side * 12, corner + (mouth.cornerY < 0 ? 2 : 0), cornerX, corner, cornerX + side * 5, corner - 1.5],
          4,
          true,
        ),
      ],
      measures.line,
      { opacity: 0.8 },
    );
  }
}

function addMuzzleLines(placing: Placing, mouth: MouthGeometry, measures: MouthMeasures, upper: Contour, lower: Contour): void {
  const open = share((mouth.lowerY - mouth.upperY) / 4);
  if (open > 0) placing.add([strokeOutline(lower, 8, true)], measures.lowerColor, { opacity: open });
  placing.add([strokeOutline(upper, 8.5, true)], measures.line);
}

function addLamp(placing: Placing, measures: MouthMeasures, upper: Contour, lower: Contour): void {
  const line = (width: number) => [strokeOutline(upper, width), strokeOutline(lower, width)];
  placing.add(line(22), measures.line, { opacity: 0.22 });
  placing.add(line(10), measures.upperColor);
  placing.add(line(4), measures.lowerLight);
}
