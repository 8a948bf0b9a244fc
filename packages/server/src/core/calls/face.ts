import type { FaceState, PictureSettings } from '@visavis/face';
import type { SpeechFollower, SpeechPosition } from './speech-follower.ts';
import type { PictureSource } from './transport.ts';

/** The face of a call. */
export interface FaceSpec {
  /** The file with the avatar's asset. */
  assetFile: string;
  picture: PictureSettings;
  /** A picture that stands behind the head instead of `picture.background`, where it can be read. */
  backgroundFile?: string;
  /** Idle motion with the same seed is the same. */
  seed: number;
  kilobitsPerSecond: number;
}

/** Why pictures are not as they were asked for. `none`: they are. */
export type VideoReason = 'none' | 'cpu' | 'renderer-lost' | 'renderer-failed';

/** How good the pictures are at the moment. */
export interface VideoQuality {
  level: 'full' | 'low-rate' | 'small' | 'audio-only';
  /** While something is said; idle faces may get fewer. */
  fps: number;
  width: number;
  height: number;
  reason: VideoReason;
}

/** One live face. */
export interface Face {
  /** To be shown on the line that plays what the face says. */
  readonly pictures: PictureSource;
  /** Hears what is said, ahead of its playing. */
  readonly follower: SpeechFollower;
  /** What the one with the face is doing; that it speaks is seen from its speech. */
  enter(state: FaceState): void;
  readonly quality: VideoQuality;
  /** Done at once; safe to call twice. */
  close(): void;
}

/** A face that the client draws: what it is told once. */
export interface ClientFaceSpec {
  /** Absolute address of the asset; nobody can guess it. */
  url: string;
  /** `background` as of `VideoSettings`: `own`, `blur`, `#rrggbb`, or `image`, which is at `background_url`. */
  picture: { width: number; height: number; background: string; background_url?: string };
  seed: number;
}

/** How a mouth moves in a part of a reply: frames 20 ms apart. */
export interface MouthFrames {
  utterance: string;
  /** Of the first frame, a multiple of 20. */
  fromMs: number;
  /** As of `encodeMouth`. */
  frames: Uint8Array;
  /** How loud the voice is, a byte a frame. */
  energy: Uint8Array;
}

/** The mouth of a face that the client draws: told as frames, as soon as it is known. */
export interface SentMouth {
  readonly follower: SpeechFollower;
  /** Frames of the replies that may still be heard, for a client that comes anew. */
  told(): readonly MouthFrames[];
  /** Done at once; safe to call twice. */
  close(): void;
}

export interface OpenFaceOptions {
  /** Where in a reply the sound is that was handed over last; undefined: it was silence. */
  position: () => SpeechPosition | undefined;
  /** Called with every change. */
  onQuality: (quality: VideoQuality) => void;
}

/** All faces of a worker. */
export interface Faces {
  /** @throws AppError `no-capacity` where the worker carries as many as it can */
  open(spec: FaceSpec, options: OpenFaceOptions): Face;
  /** Draws nothing, and is no matter of how many faces are carried. @throws AppError `no-capacity` while the worker stops */
  openMouth(onFrames: (piece: MouthFrames) => void): SentMouth;
  /** @throws AppError `no-capacity` where one more cannot be carried now */
  expectRoom(): void;
  hasRoom(): boolean;
  /** Starts what draws, so that the first caller does not wait for it. */
  warmUp(): void;
  count(): number;
  close(): Promise<void>;
}
