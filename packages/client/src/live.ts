/** Live sessions of Visavis: conversations in writing, spoken and face to face, in a browser. */
export type { ServerEvent, TurnLatency } from '@visavis/protocol';
export { type AgentLine, type Captions, heardCharacters, type Line, type UserLine } from './live/captions.ts';
export type { Emitter } from './live/emitter.ts';
export { type Keeping, type KeptSession, keptSession, leaveKeptCall, type StartedLive } from './live/held-session.ts';
export type { LiveOptions, LiveSession } from './live/live-interface.ts';
export { connectLive } from './live/live-session.ts';
export { type Device, type Devices, type LiveMedia, listDevices } from './live/media.ts';
export { MicrophoneError, type MicrophoneProblem } from './live/microphone.ts';
export type { Connection, LiveEnd, LiveEvents, LiveMode, LiveState, Picture, Told } from './live/state.ts';
export { problemOf } from './live/texts.ts';
export { answeredAfterMs, type Stage, type StageName, stagesOf } from './live/timings.ts';
