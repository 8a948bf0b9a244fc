import { MOUTH_PARAMETERS, type MouthShape, type Pose, REST } from '../pose.ts';

/** 0 to 1 without a jerk at either end; what lies outside is limited. */
export function smooth(share: number): number {
  const limited = Math.min(Math.max(share, 0), 1);
  return limited * limited * (3 - 2 * limited);
}

/** How much of the way to where it wants to be a thing goes in a step, if it goes 63 % in `timeMs`. */
export const approach = (stepMs: number, timeMs: number) => 1 - Math.exp(-stepMs / timeMs);

const POSE_PARAMETERS = Object.keys(REST) as (keyof Pose)[];

/** Between two poses: 0 the first, 1 the second. What joins a cached loop to motion that is made live. */
export function mixPoses(from: Readonly<Pose>, to: Readonly<Pose>, share: number): Pose {
  const mixed = { ...from };
  for (const key of POSE_PARAMETERS) mixed[key] += (to[key] - from[key]) * share;
  return mixed;
}

export function scaleMouth(shape: Readonly<MouthShape>, by: number): MouthShape {
  const scaled = { ...shape };
  for (const key of MOUTH_PARAMETERS) scaled[key] = shape[key] * by;
  return scaled;
}

export const widestOf = (shape: Readonly<MouthShape>) => Math.max(...MOUTH_PARAMETERS.map((key) => shape[key]));
