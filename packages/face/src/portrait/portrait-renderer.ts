import type { Pose } from '../pose.ts';
import { drawMesh, type Mesh, newPicture, type Texture, type Yuv } from '../raster/index.ts';
import type { FaceRenderer, PictureSettings } from '../renderer.ts';
import { trackTriangles } from './changed-triangles.ts';
import { buildRig, deform, motionOf, type PortraitRig, turnOf } from './deform.ts';
import { prepareEyes, whiteOfEyes } from './eyes.ts';
import { measureFace } from './face-measures.ts';
import { type Framing, frameFace } from './framing.ts';
import { EYES, LOWER_INNER_LIP, LOWER_OUTER_LIP, UPPER_INNER_LIP, UPPER_OUTER_LIP, WITHIN_LIPS } from './landmark-groups.ts';
import { prepareMouth } from './mouth-interior.ts';
import { preparePhoto } from './photo-texture.ts';
import type { PortraitAsset } from './portrait-asset.ts';
import { colorAt, toothColorOf } from './teeth.ts';

/** Around the picture the texture goes on by this much of its height, so that the head can move at the border of the picture. */
const MARGIN = 0.08;

/**
 * Draws a photo. Only triangles that have moved since the frame before are drawn, and mouth and eyes only where something there has:
 * what stands still costs nothing, and the picture is the same as if everything were drawn.
 */
export function createPortraitRenderer(asset: PortraitAsset, { width, height, background }: PictureSettings): FaceRenderer {
  const framing = frameFace(measureFace(asset.landmarks), asset.photo, width, height);
  const margin = 2 * Math.ceil((MARGIN * height) / 2);
  const bounds = { left: -margin, top: -margin, right: width + margin, bottom: height + margin };
  const landmarks = framed(asset.landmarks, framing);
  const rig = buildRig(landmarks, bounds);
  const matte = asset.matteUsable ? asset.matte : undefined;
  const { texture, opaque, behind } = preparePhoto(asset.photo, matte, framing, width, height, margin, background);
  const offset = { x: margin, y: margin };
  const skin = skinOf(landmarks, opaque, offset);
  const lip = meanColor([0, 37, 267, 17, 84, 314], landmarks, opaque, offset);
  const tooth = toothColorOf(whiteOfEyes(rig, landmarks, opaque, offset), skin);
  const mouth = prepareMouth(rig, opaque, offset, { width, height }, { tooth, skin, lip });
  const eyes = prepareEyes(rig, landmarks, opaque, offset);

  const { points, triangles, textureCoordinates } = rig.mesh;
  const positions = new Float32Array(2 * points);
  const changes = trackTriangles(triangles, points);
  const mouthTriangles = touching(rig, [
    ...UPPER_INNER_LIP,
    ...LOWER_INNER_LIP,
    ...UPPER_OUTER_LIP,
    ...LOWER_OUTER_LIP,
    ...WITHIN_LIPS,
  ]);
  const eyeTriangles = touching(
    rig,
    EYES.flatMap((eye) => [...eye.upperLid, ...eye.lowerLid]),
  );
  const mesh: Mesh = { positions, textureCoordinates, triangles };
  const picture = newPicture(width, height);
  const opaqueOnly = behind ? opaqueTriangles(mesh, texture) : undefined;
  let before = { mouth: '', eyes: '' };

  return {
    width,
    height,
    render(pose: Readonly<Pose>, frame: Uint8Array) {
      const motion = motionOf(rig, pose);
      deform(rig, motion, positions);
      const moved = changes.compare(positions);
      const now = {
        mouth: `${motion.amounts.jaw} ${motion.tongue}`,
        eyes: `${motion.gazeX} ${motion.gazeY} ${motion.blink}`,
      };
      const mouthChanged = changes.markGroup(mouthTriangles, now.mouth !== before.mouth);
      const eyesChanged = changes.markGroup(eyeTriangles, now.eyes !== before.eyes);
      if (moved || mouthChanged || eyesChanged) {
        changes.settle(positions);
        drawFace(changes.wanted);
        const turn = turnOf(rig, motion);
        if (mouthChanged) mouth.draw(picture, motion, turn, positions);
        if (eyesChanged) eyes.draw(picture, motion, turn, positions);
        before = now;
      }
      frame.set(picture.y);
      frame.set(picture.u, width * height);
      frame.set(picture.v, (width * height * 5) / 4);
    },
  };

  function drawFace(which: Uint8Array): void {
    if (!behind || !opaqueOnly) {
      drawMesh(picture, opaque, mesh, { wanted: which });
      return;
    }
    // Most of the head lets nothing through: that part is drawn the quick way.
    const solid = which.map((is, triangle) => is & opaqueOnly[triangle]!);
    const open = which.map((is, triangle) => is & (1 - opaqueOnly[triangle]!));
    drawMesh(picture, texture, mesh, { wanted: open, behind });
    drawMesh(picture, { ...texture, alpha: undefined }, mesh, { wanted: solid });
  }
}

function framed(landmarks: Float32Array, { left, top, scale }: Framing): Float32Array {
  return landmarks.map((value, index) => (index % 3 === 0 ? value - left : index % 3 === 1 ? value - top : value) * scale);
}

/** Triangles with a corner among these points. */
function touching(rig: PortraitRig, points: readonly number[]): Uint16Array {
  const among = new Set(points);
  for (const { point, of } of rig.mesh.doubles) if (among.has(of)) among.add(point);
  const { triangles } = rig.mesh;
  const found: number[] = [];
  for (let corner = 0; corner < triangles.length; corner += 3) {
    if (among.has(triangles[corner]!) || among.has(triangles[corner + 1]!) || among.has(triangles[corner + 2]!))
      found.push(corner / 3);
  }
  return Uint16Array.from(found);
}

/** 1 for each triangle under which the texture lets nothing through. */
function opaqueTriangles({ textureCoordinates, triangles }: Mesh, texture: Texture): Uint8Array {
  const result = new Uint8Array(triangles.length / 3);
  const alpha = texture.alpha!.full;
  for (let triangle = 0; triangle < result.length; triangle++) {
    const corners = [0, 1, 2].map((corner) => 2 * triangles[3 * triangle + corner]!);
    const xs = corners.map((at) => textureCoordinates[at]!);
    const ys = corners.map((at) => textureCoordinates[at + 1]!);
    const left = Math.max(0, Math.floor(Math.min(...xs)) - 2);
    const right = Math.min(texture.width - 1, Math.ceil(Math.max(...xs)) + 2);
    const top = Math.max(0, Math.floor(Math.min(...ys)) - 2);
    const bottom = Math.min(texture.height - 1, Math.ceil(Math.max(...ys)) + 2);
    let solid = 1;
    for (let row = top; row <= bottom && solid === 1; row++) {
      for (let column = left; column <= right; column++) {
        if (alpha[row * texture.width + column] !== 255) {
          solid = 0;
          break;
        }
      }
    }
    result[triangle] = solid;
  }
  return result;
}

/** Cheeks, forehead and nose. */
function skinOf(landmarks: Float32Array, photo: Texture, offset: { x: number; y: number }): Yuv {
  return meanColor([50, 280, 205, 425, 151, 4, 101, 330], landmarks, photo, offset);
}

function meanColor(points: readonly number[], landmarks: Float32Array, photo: Texture, offset: { x: number; y: number }): Yuv {
  const colors = points.map((point) => colorAt(photo, landmarks[3 * point]! + offset.x, landmarks[3 * point + 1]! + offset.y));
  const mean = (pick: (color: Yuv) => number) => colors.reduce((sum, color) => sum + pick(color), 0) / colors.length;
  return { y: mean((color) => color.y), u: mean((color) => color.u), v: mean((color) => color.v) };
}
