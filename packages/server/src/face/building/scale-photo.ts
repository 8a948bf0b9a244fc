/** A cut of a photo in its final size; both sides are even. */
export interface ScaledPhoto {
  readonly width: number;
  readonly height: number;
  /** 3 bytes a pixel. */
  readonly rgb: Uint8Array;
  /** Pixels of the cut per pixel of the photo: nearly the same for both, since sides are rounded. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Cuts a part out of a photo and makes it smaller by averaging areas; never larger. */
export function cutAndScale(
  rgb: Uint8Array,
  photoWidth: number,
  part: { left: number; top: number; right: number; bottom: number },
  scale: number,
): ScaledPhoto {
  const partWidth = part.right - part.left;
  const partHeight = part.bottom - part.top;
  const width = evenAtMost(partWidth * scale);
  const height = evenAtMost(partHeight * scale);
  // At scale 1 an odd side loses its last line.
  const scaleX = scale < 1 ? width / partWidth : 1;
  const scaleY = scale < 1 ? height / partHeight : 1;
  const columns = sharesOf(width, scaleX);
  const rows = sharesOf(height, scaleY);
  const result = new Uint8Array(width * height * 3);
  const line = new Float32Array(width * 3);
  for (let row = 0; row < height; row++) {
    line.fill(0);
    let total = 0;
    for (const [sourceRow, rowShare] of rows[row]!) {
      total += rowShare;
      const base = ((part.top + sourceRow) * photoWidth + part.left) * 3;
      for (let column = 0; column < width; column++) {
        const shares = columns[column]!;
        for (let index = 0; index < shares.length; index++) {
          const [sourceColumn, share] = shares[index]!;
          const at = base + 3 * sourceColumn;
          const weight = share * rowShare;
          line[3 * column]! += rgb[at]! * weight;
          line[3 * column + 1]! += rgb[at + 1]! * weight;
          line[3 * column + 2]! += rgb[at + 2]! * weight;
        }
      }
    }
    for (let index = 0; index < line.length; index++) {
      const shares = columns[Math.floor(index / 3)]!;
      let across = 0;
      for (const [, share] of shares) across += share;
      result[row * width * 3 + index] = line[index]! / (across * total) + 0.5;
    }
  }
  return { width, height, rgb: result, scaleX, scaleY };
}

/** For each target position the source positions that it covers and how much of each. */
function sharesOf(length: number, scale: number): (readonly [source: number, share: number])[][] {
  return Array.from({ length }, (_, index) => {
    const begin = index / scale;
    const end = (index + 1) / scale;
    const shares: (readonly [number, number])[] = [];
    for (let source = Math.floor(begin + 1e-6); source < end - 1e-6; source++) {
      shares.push([source, Math.min(end, source + 1) - Math.max(begin, source)]);
    }
    return shares;
  });
}

function evenAtMost(length: number): number {
  return Math.max(2, 2 * Math.floor(length / 2 + 1e-6));
}
