import { DETECTOR_SIDE, type Network } from './face-models.ts';
import { type Picture, sampleSquare, type TurnedSquare } from './picture.ts';

/** Where a face seems to be, in pixels of the picture. */
export interface DetectedFace {
  /** Square around brows, chin and cheeks, turned as the face is. */
  square: TurnedSquare;
  /** 0 to 1. */
  score: number;
}

const LEAST_SCORE = 0.3;
/** Two boxes that share more than this part of their union are one face. */
const SAME_FACE = 0.3;
/** Each anchor cell: pixels between anchors, and how many stand at each place (BlazeFace's back-camera model). */
const LAYERS = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
];
/** Numbers of an anchor: box (middle, size), then six points; eyes first. */
const NUMBERS = 16;
const TILE_OVERLAP = 0.25;

/** Finds faces that are not much smaller than a tenth of the picture. Best first. */
export function detectFaces(picture: Picture, detector: Network): DetectedFace[] {
  const side = Math.max(picture.width, picture.height);
  return detectIn(picture, { centerX: picture.width / 2, centerY: picture.height / 2, side, angle: 0 }, detector);
}

/** Finds faces half as large: looks at the picture in overlapping parts, each half as long as its longer side. Best first. */
export function detectSmallFaces(picture: Picture, detector: Network): DetectedFace[] {
  const side = Math.max(picture.width, picture.height) / 2;
  return withoutRepeats(tiles(picture, side).flatMap((tile) => detectIn(picture, tile, detector)));
}

function tiles({ width, height }: Picture, side: number): TurnedSquare[] {
  const places = (length: number) => {
    if (length <= side) return [length / 2];
    const count = Math.ceil((length - side) / (side * (1 - TILE_OVERLAP))) + 1;
    return Array.from({ length: count }, (_, at) => side / 2 + (at * (length - side)) / (count - 1));
  };
  return places(height).flatMap((centerY) => places(width).map((centerX) => ({ centerX, centerY, side, angle: 0 })));
}

function detectIn(picture: Picture, region: TurnedSquare, detector: Network): DetectedFace[] {
  const input = sampleSquare(picture, region, DETECTOR_SIDE, { scale: 2 / 255, offset: -1 });
  // Scores of the coarse and the fine layer, then their boxes: by size.
  const [coarseScores, fineScores, coarseBoxes, fineBoxes] = detector(input, 1);
  if (!coarseScores || !fineScores || !coarseBoxes || !fineBoxes)
    throw new Error('The face detector has other outputs than known');
  const unit = region.side / DETECTOR_SIDE;
  const left = region.centerX - region.side / 2;
  const top = region.centerY - region.side / 2;
  const found: DetectedFace[] = [];
  for (const [layer, scores, boxes] of [
    [LAYERS[0], fineScores, fineBoxes],
    [LAYERS[1], coarseScores, coarseBoxes],
  ] as const) {
    if (!layer) continue;
    const columns = DETECTOR_SIDE / layer.stride;
    for (let index = 0; index < scores.length; index++) {
      const score = 1 / (1 + Math.exp(-(scores[index] as number)));
      if (score < LEAST_SCORE) continue;
      const cell = Math.floor(index / layer.anchors);
      const anchorX = ((cell % columns) + 0.5) * layer.stride;
      const anchorY = (Math.floor(cell / columns) + 0.5) * layer.stride;
      const value = (at: number) => boxes[index * NUMBERS + at] as number;
      found.push({
        score,
        square: {
          centerX: left + (anchorX + value(0)) * unit,
          centerY: top + (anchorY + value(1)) * unit,
          side: Math.max(value(2), value(3)) * unit,
          angle: Math.atan2(value(7) - value(5), value(6) - value(4)),
        },
      });
    }
  }
  return withoutRepeats(found);
}

/** Keeps the best of boxes that overlap. */
function withoutRepeats(faces: DetectedFace[]): DetectedFace[] {
  const kept: DetectedFace[] = [];
  for (const face of faces.sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => overlap(face.square, other.square) > SAME_FACE)) kept.push(face);
  }
  return kept;
}

/** Shared part of the union of two squares, their turns not regarded. */
export function overlap(a: TurnedSquare, b: TurnedSquare): number {
  const shared = (one: number, two: number) =>
    Math.max(0, Math.min(one + a.side / 2, two + b.side / 2) - Math.max(one - a.side / 2, two - b.side / 2));
  const both = shared(a.centerX, b.centerX) * shared(a.centerY, b.centerY);
  return both / (a.side * a.side + b.side * b.side - both);
}
