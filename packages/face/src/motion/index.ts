export { mixPoses } from './easing.ts';
export { type IdleLoopOptions, idleLoop } from './idle-loop.ts';
export { createMotion, type Motion, type MotionInput } from './motion.ts';
