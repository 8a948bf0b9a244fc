export type { TimedPhoneme } from './gestures.ts';
export * from './mouth-frames.ts';
export { createMouthTrack, type MouthTrack } from './mouth-track.ts';
export type { TimedWord } from './word-gestures.ts';
