/** Which of the 468 landmarks lie where. "First" is the eye on the left of the picture. */

/** Edge of the opening between the lips, from the left corner to the right: upper lip, lower lip. The corners are in both. */
export const UPPER_INNER_LIP = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308] as const;
export const LOWER_INNER_LIP = [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308] as const;
/** Outer edges of the lips, the same way. */
export const UPPER_OUTER_LIP = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291] as const;
export const LOWER_OUTER_LIP = [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291] as const;

/** Points inside the lips, between both edges. */
export const WITHIN_LIPS = [
  76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306, 77, 90, 180, 85, 16, 315, 404, 320, 307, 62, 183, 42, 41, 38, 12, 268, 271,
  272, 407, 292, 96, 89, 179, 86, 15, 316, 403, 319, 325,
] as const;

/** Outline of the face, from the top of the forehead clockwise for the viewer. */
export const SILHOUETTE = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58,
  132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
] as const;

export interface EyeLandmarks {
  /** Edge of the upper lid without the corners, then two lines above it up to the brow. */
  readonly upperLid: readonly number[];
  readonly crease: readonly number[];
  readonly aboveCrease: readonly number[];
  /** Edge of the lower lid with both corners, and the line below. */
  readonly lowerLid: readonly number[];
  readonly belowLid: readonly number[];
}

export const EYES: readonly [EyeLandmarks, EyeLandmarks] = [
  {
    upperLid: [246, 161, 160, 159, 158, 157, 173],
    crease: [247, 30, 29, 27, 28, 56, 190],
    aboveCrease: [113, 225, 224, 223, 222, 221, 189],
    lowerLid: [33, 7, 163, 144, 145, 153, 154, 155, 133],
    belowLid: [130, 25, 110, 24, 23, 22, 26, 112, 243],
  },
  {
    upperLid: [466, 388, 387, 386, 385, 384, 398],
    crease: [467, 260, 259, 257, 258, 286, 414],
    aboveCrease: [342, 445, 444, 443, 442, 441, 413],
    lowerLid: [263, 249, 390, 373, 374, 380, 381, 382, 362],
    belowLid: [359, 255, 339, 254, 253, 252, 256, 341, 463],
  },
];

export const BROWS: readonly (readonly number[])[] = [
  [70, 63, 105, 66, 107, 46, 53, 52, 65, 55],
  [300, 293, 334, 296, 336, 276, 283, 282, 295, 285],
];

/** Five points each: the middle and four on the edge. Which eye they belong to is told by where they are. */
export const IRISES = [
  [468, 469, 470, 471, 472],
  [473, 474, 475, 476, 477],
] as const;

export const LANDMARKS = 478;
/** Landmarks that belong to the skin; the rest are the irises. */
export const SKIN_LANDMARKS = 468;
