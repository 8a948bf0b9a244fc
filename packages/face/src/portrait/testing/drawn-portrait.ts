import { ellipse, fillPolygon, newPicture, plainPaint, radialPaint, strokeOutline } from '../../raster/index.ts';
import { EYES, IRISES, LOWER_OUTER_LIP, SILHOUETTE, UPPER_INNER_LIP, UPPER_OUTER_LIP } from '../landmark-groups.ts';
import type { PortraitAsset } from '../portrait-asset.ts';
import { DRAWN_LANDMARKS } from './drawn-landmarks.ts';

const WIDTH = 320;
const HEIGHT = 356;

/** A simple drawn face for tests: skin, lips, eyes and shoulders where real landmarks say. No photo of anybody. */
export function drawnPortrait(): PortraitAsset {
  const landmarks = Float32Array.from(DRAWN_LANDMARKS, (value) => value / 10);
  const at = (points: readonly number[]) => points.flatMap((point) => [landmarks[3 * point]!, landmarks[3 * point + 1]!]);
  const photo = newPicture(WIDTH, HEIGHT);
  const matte = newPicture(WIDTH, HEIGHT);
  fillPolygon(photo, [0, 0, WIDTH, 0, WIDTH, HEIGHT, 0, HEIGHT], plainPaint({ red: 120, green: 150, blue: 190 }));
  const shoulders = [20, HEIGHT, 60, 300, 130, 270, 190, 270, 260, 300, 300, HEIGHT];
  const head = ellipse(landmarks[3 * 4]!, landmarks[3 * 4 + 1]! - 15, 78, 108);
  for (const [picture, cloth, hair] of [
    [photo, plainPaint({ red: 60, green: 60, blue: 90 }), plainPaint({ red: 70, green: 45, blue: 30 })],
    [matte, plainPaint({ red: 255, green: 255, blue: 255 }), plainPaint({ red: 255, green: 255, blue: 255 })],
  ] as const) {
    fillPolygon(picture, shoulders, cloth);
    fillPolygon(picture, head, hair);
  }
  const skin = radialPaint(160, 160, 120, 140, [
    { at: 0, red: 240, green: 205, blue: 180 },
    { at: 1, red: 190, green: 140, blue: 110 },
  ]);
  fillPolygon(photo, at(SILHOUETTE), skin);
  for (const eye of EYES) {
    const outline = [...at(eye.upperLid), ...at(eye.lowerLid.toReversed())];
    fillPolygon(photo, outline, plainPaint({ red: 235, green: 232, blue: 228 }));
    fillPolygon(
      photo,
      strokeOutline(at(eye.upperLid), () => 1.5),
      plainPaint({ red: 40, green: 30, blue: 25 }),
    );
  }
  for (const iris of IRISES) {
    const [x, y] = at([iris[0]]);
    const [edgeX, edgeY] = at([iris[1]]);
    const radius = Math.hypot(edgeX! - x!, edgeY! - y!);
    fillPolygon(photo, ellipse(x!, y!, radius, radius), plainPaint({ red: 60, green: 90, blue: 70 }));
  }
  fillPolygon(
    photo,
    [...at(UPPER_OUTER_LIP), ...at(LOWER_OUTER_LIP.toReversed())],
    plainPaint({ red: 190, green: 95, blue: 95 }),
  );
  fillPolygon(
    photo,
    strokeOutline(at(UPPER_INNER_LIP), () => 1),
    plainPaint({ red: 110, green: 45, blue: 50 }),
  );
  const half = new Uint8Array((WIDTH * HEIGHT) / 4);
  for (let row = 0; row < HEIGHT / 2; row++) {
    for (let column = 0; column < WIDTH / 2; column++) {
      half[(row * WIDTH) / 2 + column] = Math.min(255, (matte.y[2 * row * WIDTH + 2 * column]! * 255) / 235);
    }
  }
  return { photo, landmarks, matte: half, matteUsable: true };
}
