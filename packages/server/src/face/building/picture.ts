/** A picture in memory: RGB, 3 bytes a pixel, rows from the top. */
export interface Picture {
  width: number;
  height: number;
  rgb: Uint8Array;
}

/** A square of a picture that may be turned and may reach beyond its edges; all in pixels of the picture. */
export interface TurnedSquare {
  centerX: number;
  centerY: number;
  side: number;
  /** Clockwise as one sees it, in radians: where the square's own x axis points to. */
  angle: number;
}

/** Taps along each axis of a pixel that is shrunk: finer than every fourth of them tells no difference. */
const MOST_TAPS = 4;

/**
 * Draws a square of the picture upright into `size` x `size` pixels: 3 numbers each, `value * scale + offset` for a value of 0 to 255.
 * Between pixels it is bilinear, and shrinking averages. What lies beyond the edges is black.
 */
export function sampleSquare(
  picture: Picture,
  square: TurnedSquare,
  size: number,
  range: { scale: number; offset: number; mirrored?: boolean },
): Float32Array {
  const { width, height, rgb } = picture;
  const { scale, offset } = range;
  const step = square.side / size;
  const taps = Math.min(MOST_TAPS, Math.max(1, Math.round(step)));
  const share = 1 / (taps * taps);
  const cos = Math.cos(square.angle);
  const sin = Math.sin(square.angle);
  const out = new Float32Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = 0; tap < taps * taps; tap++) {
        const across = (column + ((tap % taps) + 0.5) / taps) * step - square.side / 2;
        const down = (row + (Math.floor(tap / taps) + 0.5) / taps) * step - square.side / 2;
        // Pixels are squares: the middle of the first is at 0.5.
        const x = square.centerX + across * cos - down * sin - 0.5;
        const y = square.centerY + across * sin + down * cos - 0.5;
        if (x <= -1 || y <= -1 || x >= width || y >= height) continue;
        const left = Math.floor(x);
        const top = Math.floor(y);
        const rightShare = x - left;
        const bottomShare = y - top;
        for (let corner = 0; corner < 4; corner++) {
          const cornerX = left + (corner & 1);
          const cornerY = top + (corner >> 1);
          if (cornerX < 0 || cornerY < 0 || cornerX >= width || cornerY >= height) continue;
          const weight = (corner & 1 ? rightShare : 1 - rightShare) * (corner >> 1 ? bottomShare : 1 - bottomShare);
          const at = (cornerY * width + cornerX) * 3;
          red += weight * (rgb[at] as number);
          green += weight * (rgb[at + 1] as number);
          blue += weight * (rgb[at + 2] as number);
        }
      }
      const at = (row * size + (range.mirrored ? size - 1 - column : column)) * 3;
      out[at] = red * share * scale + offset;
      out[at + 1] = green * share * scale + offset;
      out[at + 2] = blue * share * scale + offset;
    }
  }
  return out;
}

/** Where a point of the drawn square lies in the picture; `x` and `y` from 0 to 1 from its upper left corner. */
export function pointOfSquare(square: TurnedSquare, x: number, y: number): [x: number, y: number] {
  const across = (x - 0.5) * square.side;
  const down = (y - 0.5) * square.side;
  const cos = Math.cos(square.angle);
  const sin = Math.sin(square.angle);
  return [square.centerX + across * cos - down * sin, square.centerY + across * sin + down * cos];
}
