/** The sound on a line: signed 16 bit, mono, this many samples a second. */
export const LINE_RATE = 48_000;
/** What the clock hands over at a time: 20 ms. */
export const LINE_FRAME = LINE_RATE / 50;

/** What a line plays. It is asked for every 20 ms, whether anything is said or not. */
export interface Speaker {
  /** Fills all `LINE_FRAME` samples of `frame`: with speech, or with zeros. */
  read(frame: Int16Array): void;
  /** Called when the client is told to be silent at once: what was read and is on its way is not heard. One listener. */
  onHush?(listener: () => void): void;
}

/** Sound both ways. */
export interface AudioLine {
  /** Sound of the microphone at `LINE_RATE`, in pieces of 10 ms as they come; a new listener replaces the one before. */
  onMicrophone(listener: ((samples: Int16Array) => void) | undefined): void;
  /** What is played from now on; undefined: silence. The line is never left unfed. */
  play(speaker: Speaker | undefined): void;
}

/** One whole picture. */
export interface Picture {
  width: number;
  height: number;
  /** I420, in a buffer of its own: neither shared memory nor a part of a longer one. It is copied at once. */
  data: Uint8ClampedArray;
}

/** What a video line shows. It is asked every `PICTURE_MS`, right after the line's speaker. */
export interface PictureSource {
  /** The picture for the sound that was just read; undefined: the one before stays. */
  next(): Picture | undefined;
  /** Half way to the next picture: the one that `next` would have given, had it been there in time. It is shown `LATE_MS` late. */
  late?(): Picture | undefined;
}

/** From picture to picture: every second beat of the sound's clock, in ms. */
export const PICTURE_MS = 40;
/** One beat of the sound's clock, in ms: a mouth so much behind its sound is not noticed. */
export const LATE_MS = 20;

/** Pictures to the client. */
export interface VideoLine {
  /** What is shown from now on; undefined: the last picture stays. */
  show(source: PictureSource | undefined): void;
}

/** How much of a client's network pictures may take. */
export interface VideoWish {
  kilobitsPerSecond: number;
}

/** How a client is connected. `lost`: nothing was heard of it for some seconds, it may come back; `closed`: for good. */
export type TransportState = 'connecting' | 'connected' | 'lost' | 'closed';

/** One connection of a client: sound both ways, an ordered channel of events, and whether anybody is there. */
export interface Transport {
  readonly line: AudioLine;
  /** Where pictures go; undefined while the client takes none, or gets none. */
  readonly video: VideoLine | undefined;
  /**
   * Answers the client's offer; later ones only where they change this very connection (see `renews`). Without `video` the answer
   * declines pictures.
   * @throws AppError `offer-invalid` (what is wrong with it is said), `no-capacity`
   */
  answer(offer: string, options?: { video?: VideoWish | undefined }): Promise<string>;
  /**
   * Another address of the client, for the offer that was answered last or is being answered. One that is a name is passed over.
   * @throws AppError `offer-invalid`
   */
  addCandidate(candidate: IceCandidate): Promise<void>;
  /** Whether an offer is for this connection, which stands, rather than for a new one: then its sound goes on without a break. */
  renews(offer: string): boolean;
  /** Sends one text on the event channel; what is sent before the channel is open goes first. Never throws. */
  send(text: string): void;
  /** Texts of the client, at most `CLIENT_EVENT_BYTES` long; longer and binary ones are answered with an error by the transport. */
  onText(listener: (text: string) => void): void;
  /** Called with every change; after `closed` never again. */
  onState(listener: (state: TransportState) => void): void;
  readonly state: TransportState;
  /** How long a sample takes from `Speaker.read` to the client's loudspeaker, in ms: measured, else a guess. */
  playoutDelayMs(): number;
  /** Sends what is still to be sent and closes; done within 500 ms whatever the client does. Safe to call twice. */
  close(): Promise<void>;
}

/** An ICE server as browsers take it. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** An address of a client, as browsers tell it. */
export interface IceCandidate {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
}

export interface TransportOptions {
  iceServers: IceServer[];
  /** Where the client may have no event channel, because it has another one: then nothing is sent to it, and nothing comes. */
  eventsOptional?: boolean;
}

export type CreateTransport = (options: TransportOptions) => Transport;
