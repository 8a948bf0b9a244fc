/** A closed or open chain of points: x0, y0, x1, y1, ... */
export type Contour = number[];

const ARGUMENTS: Record<string, number> = { m: 2, l: 2, h: 1, v: 1, c: 6, q: 4, z: 0 };

/**
 * Turns SVG path data (M, L, H, V, C, Q, Z) into chains of points, with curves cut into short lines.
 * @throws {Error} for a command that it does not know, or numbers that are missing.
 */
export function flattenPath(data: string): Contour[] {
  const contours: Contour[] = [];
  let contour: Contour = [];
  let [x, y, startX, startY] = [0, 0, 0, 0];
  for (const [, letter, rest] of data.matchAll(/([a-z])([^a-z]*)/gi)) {
    const command = letter!.toLowerCase();
    const relative = letter === command;
    const numbers = (rest!.match(/-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?/g) ?? []).map(Number);
    const size = ARGUMENTS[command];
    if (size === undefined || (size ? numbers.length === 0 || numbers.length % size !== 0 : numbers.length > 0))
      throw new Error(`Path data has a bad command: ${letter}${rest}`);
    if (command === 'z') {
      [x, y] = [startX, startY];
      continue;
    }
    for (let at = 0; at < numbers.length; at += size) {
      const take = (index: number, isX: boolean) => numbers[at + index]! + (relative ? (isX ? x : y) : 0);
      if (command === 'm' && at === 0) {
        [x, y] = [take(0, true), take(1, false)];
        [startX, startY] = [x, y];
        contour = [x, y];
        contours.push(contour);
      } else if (command === 'c') {
        addCubic(contour, x, y, take(0, true), take(1, false), take(2, true), take(3, false), take(4, true), take(5, false));
        [x, y] = [take(4, true), take(5, false)];
      } else if (command === 'q') {
        const [cx, cy, toX, toY] = [take(0, true), take(1, false), take(2, true), take(3, false)];
        addCubic(
          contour,
          x,
          y,
          x + (2 / 3) * (cx - x),
          y + (2 / 3) * (cy - y),
          toX + (2 / 3) * (cx - toX),
          toY + (2 / 3) * (cy - toY),
          toX,
          toY,
        );
        [x, y] = [toX, toY];
      } else {
        const [toX, toY] =
          command === 'h' ? [take(0, true), y] : command === 'v' ? [x, take(0, false)] : [take(0, true), take(1, false)];
        [x, y] = [toX, toY];
        contour.push(x, y);
      }
    }
  }
  return contours;
}

/** Adds a cubic Bézier curve without its first point; about a line for every 7 units, 3 to 40 of them. */
export function addCubic(
  contour: Contour,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x3: number,
  y3: number,
  unitsPerLine = 7,
): void {
  const length = Math.hypot(x1 - x0, y1 - y0) + Math.hypot(x2 - x1, y2 - y1) + Math.hypot(x3 - x2, y3 - y2);
  const lines = Math.min(40, Math.max(3, Math.ceil(length / unitsPerLine)));
  for (let i = 1; i <= lines; i++) {
    const t = i / lines;
    const s = 1 - t;
    const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    contour.push(a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3);
  }
}

/** The outline of a line with round ends, or with ends that run thin. */
export function strokeOutline(contour: Contour, width: number, taper = false): Contour {
  const count = contour.length / 2;
  if (count < 2) return [];
  const [left, right]: [Contour, Contour] = [[], []];
  let total = 0;
  for (let i = 1; i < count; i++)
    total += Math.hypot(contour[2 * i]! - contour[2 * i - 2]!, contour[2 * i + 1]! - contour[2 * i - 1]!);
  let along = 0;
  for (let i = 0; i < count; i++) {
    const [before, after] = [Math.max(0, i - 1), Math.min(count - 1, i + 1)];
    if (i > 0) along += Math.hypot(contour[2 * i]! - contour[2 * i - 2]!, contour[2 * i + 1]! - contour[2 * i - 1]!);
    const [dx, dy] = [contour[2 * after]! - contour[2 * before]!, contour[2 * after + 1]! - contour[2 * before + 1]!];
    const length = Math.hypot(dx, dy) || 1;
    const half = (width / 2) * (taper ? Math.sqrt(Math.max(0, Math.sin((Math.PI * along) / (total || 1)))) : 1);
    const [nx, ny] = [(-dy / length) * half, (dx / length) * half];
    left.push(contour[2 * i]! + nx, contour[2 * i + 1]! + ny);
    right.push(contour[2 * i]! - nx, contour[2 * i + 1]! - ny);
  }
  const outline = left;
  if (!taper) addCap(outline, contour, count - 1, count - 2, width / 2);
  for (let i = count - 1; i >= 0; i--) outline.push(right[2 * i]!, right[2 * i + 1]!);
  if (!taper) addCap(outline, contour, 0, 1, width / 2);
  return outline;
}

function addCap(outline: Contour, contour: Contour, end: number, inner: number, radius: number): void {
  const [x, y] = [contour[2 * end]!, contour[2 * end + 1]!];
  const angle = Math.atan2(y - contour[2 * inner + 1]!, x - contour[2 * inner]!);
  for (let i = 1; i < 6; i++) {
    const at = angle + Math.PI / 2 - (Math.PI * i) / 6;
    outline.push(x + radius * Math.cos(at), y + radius * Math.sin(at));
  }
}

/** An ellipse as path data. */
export function ellipse(x: number, y: number, radiusX: number, radiusY = radiusX): string {
  const [kx, ky] = [radiusX * 0.5523, radiusY * 0.5523];
  return `M${x - radiusX} ${y} C${x - radiusX} ${y - ky} ${x - kx} ${y - radiusY} ${x} ${y - radiusY} C${x + kx} ${y - radiusY} ${x + radiusX} ${y - ky} ${x + radiusX} ${y} C${x + radiusX} ${y + ky} ${x + kx} ${y + radiusY} ${x} ${y + radiusY} C${x - kx} ${y + radiusY} ${x - radiusX} ${y + ky} ${x - radiusX} ${y} Z`;
}

/** A rectangle with round corners as path data. */
export function roundRectangle(x: number, y: number, width: number, height: number, radius: number): string {
  const k = radius * 0.4477;
  const [r, b] = [x + width, y + height];
  return `M${x + radius} ${y} L${r - radius} ${y} C${r - k} ${y} ${r} ${y + k} ${r} ${y + radius} L${r} ${b - radius} C${r} ${b - k} ${r - k} ${b} ${r - radius} ${b} L${x + radius} ${b} C${x + k} ${b} ${x} ${b - k} ${x} ${b - radius} L${x} ${y + radius} C${x} ${y + k} ${x + k} ${y} ${x + radius} ${y} Z`;
}

/** The same path on the other side of x = 512; of absolute commands, without H and V. */
export function mirrorPath(path: string): string {
  let isX = true;
  return path.replace(/-?(?:\d+\.?\d*|\.\d+)/g, (number) => {
    const value = isX ? 1024 - Number(number) : Number(number);
    isX = !isX;
    return String(Math.round(value * 1000) / 1000);
  });
}
