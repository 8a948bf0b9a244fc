import { doubleArea } from './portrait-mesh.ts';

/** Finds out which triangles have to be drawn again. */
export interface ChangedTriangles {
  /** 1 for each triangle to draw. */
  readonly wanted: Uint8Array;
  /** Compares with the positions before, and tells whether any triangle moved. */
  compare(positions: Float32Array): boolean;
  /** Marks all of a group if one of it is marked, or in any case if `always`; tells whether. */
  markGroup(group: Uint16Array, always: boolean): boolean;
  /** Unmarks what lies with its back to the viewer, and remembers these positions as drawn. */
  settle(positions: Float32Array): void;
}

/** When more of all triangles than this have moved, all are drawn. */
const MOST_MOVED = 0.7;

export function trackTriangles(triangles: Uint16Array, points: number): ChangedTriangles {
  const count = triangles.length / 3;
  const wanted = new Uint8Array(count);
  const flipped = new Uint8Array(count);
  const drawn = new Float32Array(2 * points).fill(Number.NaN);
  /** Boxes around what is, or was, folded: left, top, right, bottom. */
  const folds: number[] = [];

  const touchesFold = (positions: Float32Array, triangle: number): boolean => {
    let left = Number.POSITIVE_INFINITY;
    let top = Number.POSITIVE_INFINITY;
    let right = Number.NEGATIVE_INFINITY;
    let bottom = Number.NEGATIVE_INFINITY;
    for (let corner = 3 * triangle; corner < 3 * triangle + 3; corner++) {
      const x = positions[2 * triangles[corner]!]!;
      const y = positions[2 * triangles[corner]! + 1]!;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    for (let box = 0; box < folds.length; box += 4) {
      if (left <= folds[box + 2]! && right >= folds[box]! && top <= folds[box + 3]! && bottom >= folds[box + 1]!) return true;
    }
    return false;
  };

  return {
    wanted,
    compare(positions) {
      let moved = 0;
      folds.length = 0;
      for (let triangle = 0; triangle < count; triangle++) {
        const a = 2 * triangles[3 * triangle]!;
        const b = 2 * triangles[3 * triangle + 1]!;
        const c = 2 * triangles[3 * triangle + 2]!;
        const isStill =
          positions[a] === drawn[a] &&
          positions[b] === drawn[b] &&
          positions[c] === drawn[c] &&
          positions[a + 1] === drawn[a + 1] &&
          positions[b + 1] === drawn[b + 1] &&
          positions[c + 1] === drawn[c + 1];
        wanted[triangle] = isStill ? 0 : 1;
        if (!isStill) moved++;
        const isFlipped = isStill ? flipped[triangle]! : doubleArea(positions, triangles, 3 * triangle) < 0 ? 1 : 0;
        if (isFlipped === 1 || flipped[triangle] === 1) {
          const xs = [a, b, c].flatMap((at) => [positions[at]!, drawn[at]!]);
          const ys = [a, b, c].flatMap((at) => [positions[at + 1]!, drawn[at + 1]!]);
          folds.push(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
        }
        flipped[triangle] = isFlipped;
      }
      if (moved > MOST_MOVED * count) {
        wanted.fill(1);
      } else if (moved > 0) {
        // Where the mesh folds triangles lie over each other: what has not moved has to be drawn again over, or under, what has.
        for (let triangle = 0; triangle < count; triangle++) {
          if (wanted[triangle] === 0 && touchesFold(positions, triangle)) wanted[triangle] = 1;
        }
      }
      return moved > 0;
    },
    markGroup(group, always) {
      if (!always && !group.some((triangle) => wanted[triangle] === 1)) return false;
      for (const triangle of group) wanted[triangle] = 1;
      return true;
    },
    settle(positions) {
      for (let triangle = 0; triangle < count; triangle++) if (flipped[triangle] === 1) wanted[triangle] = 0;
      drawn.set(positions);
    },
  };
}
