import { mixPoses } from '../motion/easing.ts';
import { idleLoop } from '../motion/idle-loop.ts';
import { MOUTH_PARAMETERS, type MouthShape, type Pose } from '../pose.ts';
import { type FaceRenderer, i420Bytes } from '../renderer.ts';

/** Pictures of one face that are kept may take so much memory. */
const MOST_BYTES = 20 * 1024 * 1024;
/** As an idle face is asked for. */
const FPS = 12.5;
const LONGEST_SECONDS = 4;
const SHORTEST_SECONDS = 2;
/** From live motion into the loop, and back, in ms. */
const INTO_MS = 480;
const OUT_MS = 240;

/** Draws a face: live, or while it is idle from a loop of pictures that are drawn once, which costs next to nothing. */
export interface IdlePlayer {
  /** `live` gives the pose of the live motion; it is asked where it is needed only. Times never go back. */
  draw(now: { nowMs: number; isIdle: boolean; live: () => Pose }, frame: Uint8Array): void;
}

export function createIdlePlayer({ renderer, seed }: { renderer: FaceRenderer; seed: number }): IdlePlayer {
  const bytes = i420Bytes(renderer.width, renderer.height);
  const seconds = Math.min(LONGEST_SECONDS, Math.floor(MOST_BYTES / bytes) / FPS);
  const poses = seconds < SHORTEST_SECONDS ? [] : idleLoop({ seed, seconds, fps: FPS });
  const pictures: Array<Uint8Array | undefined> = poses.map(() => undefined);
  /** When the face became idle, or was no more, in ms; what it showed then. */
  let idleSinceMs: number | undefined;
  let leftAtMs = Number.NEGATIVE_INFINITY;
  let shown: Pose | undefined;

  const placeAt = (nowMs: number) => Math.floor(((nowMs - (idleSinceMs ?? nowMs)) / 1_000) * FPS) % poses.length;

  const drawLoop = (nowMs: number, frame: Uint8Array) => {
    const place = placeAt(nowMs);
    shown = poses[place];
    if (shown === undefined) return;
    let picture = pictures[place];
    if (picture === undefined) {
      renderer.render(shown, frame);
      picture = frame.slice(0, bytes);
      pictures[place] = picture;
    } else frame.set(picture);
  };

  const drawPose = (pose: Pose, frame: Uint8Array) => {
    shown = pose;
    renderer.render(pose, frame);
  };

  return {
    draw({ nowMs, isIdle, live }, frame) {
      if (!isIdle || poses.length === 0) {
        if (idleSinceMs !== undefined) leftAtMs = nowMs;
        idleSinceMs = undefined;
        const share = (nowMs - leftAtMs) / OUT_MS;
        const pose = live();
        if (share >= 1 || shown === undefined) return drawPose(pose, frame);
        // The mouth is not mixed: it has to be with the sound at once.
        const mixed = { ...mixPoses(shown, pose, Math.max(share, 0.2)), ...mouthOf(pose) };
        renderer.render(mixed, frame);
        return;
      }
      idleSinceMs ??= nowMs;
      const share = (nowMs - idleSinceMs) / INTO_MS;
      if (share >= 1) return drawLoop(nowMs, frame);
      drawPose(mixPoses(live(), poses[placeAt(nowMs)] as Pose, share), frame);
    },
  };
}

function mouthOf(pose: Pose): MouthShape {
  return Object.fromEntries(MOUTH_PARAMETERS.map((name) => [name, pose[name]])) as unknown as MouthShape;
}
