/** What a worker tells its recording process. `id` names a recording; `pcm`: stereo, 16 bit, at `LINE_RATE`. */
export type ToEncoders =
  /** `startedAt`, in ms since 1970, is written into the file. */
  | { type: 'open'; id: number; file: string; startedAt: number }
  | { type: 'sound'; id: number; pcm: Uint8Array }
  /** So many samples a channel. */
  | { type: 'silence'; id: number; samples: number }
  | { type: 'close'; id: number };

/** And what that answers. */
export type FromEncoders =
  /** The encoder has taken what one message brought. */
  | { type: 'taken'; id: number }
  /** The last word about a recording: its file is finished, or, with `problem`, as good as it could be made. */
  | { type: 'ended'; id: number; problem?: string };
