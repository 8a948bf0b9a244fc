/** Shapes for `fillPolygon`: curves and strokes as lists of x, y pairs. */

/** An ellipse, clockwise; `turn` in radians. */
export function ellipse(centerX: number, centerY: number, radiusX: number, radiusY: number, turn = 0, corners = 48): number[] {
  const points: number[] = [];
  const cosine = Math.cos(turn);
  const sine = Math.sin(turn);
  for (let corner = 0; corner < corners; corner++) {
    const angle = (2 * Math.PI * corner) / corners;
    const x = radiusX * Math.cos(angle);
    const y = radiusY * Math.sin(angle);
    points.push(centerX + x * cosine - y * sine, centerY + x * sine + y * cosine);
  }
  return points;
}

/**
 * A smooth curve through points (centripetal-like Catmull-Rom), `steps` pieces between two of them.
 * @param closed whether it comes back to its first point.
 */
export function smoothCurve(points: ArrayLike<number>, closed: boolean, steps = 6): number[] {
  const count = points.length / 2;
  if (count < 3) return Array.from(points);
  const at = (index: number) => (closed ? (index + count) % count : Math.min(count - 1, Math.max(0, index)));
  const result: number[] = [];
  const last = closed ? count : count - 1;
  for (let index = 0; index < last; index++) {
    const a = 2 * at(index - 1);
    const b = 2 * at(index);
    const c = 2 * at(index + 1);
    const d = 2 * at(index + 2);
    for (let step = 0; step < steps; step++) {
      const t = step / steps;
      result.push(
        catmullRom(points[a]!, points[b]!, points[c]!, points[d]!, t),
        catmullRom(points[a + 1]!, points[b + 1]!, points[c + 1]!, points[d + 1]!, t),
      );
    }
  }
  if (!closed) result.push(points[2 * count - 2]!, points[2 * count - 1]!);
  return result;
}

/** Between `b` (t = 0) and `c` (t = 1). */
export function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/**
 * The outline of a stroke along an open line.
 * @param widthAt its width in pixels from the beginning (0) to the end (1).
 */
export function strokeOutline(line: ArrayLike<number>, widthAt: (along: number) => number): number[] {
  const count = line.length / 2;
  const one: number[] = [];
  const other: number[] = [];
  for (let index = 0; index < count; index++) {
    const before = Math.max(0, index - 1);
    const after = Math.min(count - 1, index + 1);
    const dx = line[2 * after]! - line[2 * before]!;
    const dy = line[2 * after + 1]! - line[2 * before + 1]!;
    const length = Math.hypot(dx, dy) || 1;
    const half = widthAt(count > 1 ? index / (count - 1) : 0) / 2;
    const x = line[2 * index]!;
    const y = line[2 * index + 1]!;
    one.push(x - (dy / length) * half, y + (dx / length) * half);
    other.unshift(x + (dy / length) * half, y - (dx / length) * half);
  }
  // `unshift` has put x before y pair by pair, last pair first: as it is needed.
  return one.concat(other);
}
