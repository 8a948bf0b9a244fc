import wrtc from '@roamhq/wrtc';

// What we use of @roamhq/wrtc, typed here: its own types lean on the browser's, which this server does not load.

/** 10 ms of sound, or what a sink hears: its first pieces come at 16 kHz, before anything is connected. */
export interface SoundPiece {
  samples: Int16Array;
  sampleRate: number;
  bitsPerSample: number;
  channelCount: number;
  numberOfFrames: number;
}

export interface Track {
  readonly kind: 'audio' | 'video';
  stop(): void;
}

/** Takes exactly 10 ms at a time, in a fresh array. */
export interface AudioSource {
  createTrack(): Track;
  onData(piece: SoundPiece): void;
}

export interface AudioSink {
  ondata: ((piece: SoundPiece) => void) | null;
  stop(): void;
}

/** Takes I420 in a buffer of its own (no shared memory, no view of a part) and copies it at once. */
export interface VideoSource {
  createTrack(): Track;
  onFrame(frame: { width: number; height: number; data: Uint8ClampedArray }): void;
}

export interface VideoSourceSettings {
  /** Whether the encoder takes noise out of each picture first; it does where nothing is said. */
  needsDenoising: boolean;
}

/** What the tracks of one face and voice belong to, so that the client plays them in step. */
export interface Stream {
  readonly id: string;
}

export interface DataChannel {
  readonly label: string;
  readonly ordered: boolean;
  readonly readyState: 'connecting' | 'open' | 'closing' | 'closed';
  readonly bufferedAmount: number;
  binaryType: 'arraybuffer' | 'blob';
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  send(text: string | ArrayBuffer | Uint8Array): void;
  close(): void;
}

export interface Transceiver {
  direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  readonly receiver: { readonly track: Track };
  readonly mid: string | null;
  readonly sender: { replaceTrack(track: Track | null): Promise<void>; setStreams(...streams: Stream[]): void };
}

/** The statistics that are read here; times are ms since 1970. */
export interface Statistic {
  type: string;
  timestamp: number;
  kind?: string;
  packetsReceived?: number;
  lastPacketReceivedTimestamp?: number;
}

export interface PeerConnection {
  readonly connectionState: 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';
  readonly iceGatheringState: 'new' | 'gathering' | 'complete';
  readonly localDescription: { sdp: string } | null;
  readonly sctp: { readonly maxMessageSize: number } | null;
  onconnectionstatechange: (() => void) | null;
  onicegatheringstatechange: (() => void) | null;
  onicecandidate: (() => void) | null;
  ontrack: ((event: { track: Track }) => void) | null;
  ondatachannel: ((event: { channel: DataChannel }) => void) | null;
  addTrack(track: Track): unknown;
  createDataChannel(label: string, options?: { ordered?: boolean; maxRetransmits?: number }): DataChannel;
  createOffer(): Promise<{ type: 'offer'; sdp: string }>;
  createAnswer(): Promise<{ type: 'answer'; sdp: string }>;
  setLocalDescription(description: { type: string; sdp: string }): Promise<void>;
  setRemoteDescription(description: { type: 'offer' | 'answer'; sdp: string }): Promise<void>;
  addIceCandidate(candidate: { candidate: string; sdpMid: string | null; sdpMLineIndex: number | null }): Promise<void>;
  getTransceivers(): Transceiver[];
  getStats(): Promise<Map<string, Statistic>>;
  close(): void;
}

export interface PeerConnectionSettings {
  iceServers: { urls: string[]; username?: string; credential?: string }[];
  iceTransportPolicy?: 'all' | 'relay';
  bundlePolicy?: 'balanced' | 'max-bundle';
  /** Not of the standard: the UDP ports of the host candidates. */
  portRange?: { min: number; max: number };
}

interface Library {
  MediaStream: new () => Stream;
  RTCPeerConnection: new (settings: PeerConnectionSettings) => PeerConnection;
  nonstandard: {
    RTCAudioSource: new () => AudioSource;
    RTCAudioSink: new (track: Track) => AudioSink;
    RTCVideoSource: new (settings: VideoSourceSettings) => VideoSource;
  };
}

const library = wrtc as unknown as Library;

export const { RTCPeerConnection, MediaStream } = library;
export const { RTCAudioSource, RTCAudioSink, RTCVideoSource } = library.nonstandard;

/** Addresses of this machine come all at once, within some ms; a pause of this length says that they are there. */
const SETTLED_MS = 25;

/**
 * Resolves when the candidates are gathered, or after so many ms. `hostOnly`: when the UDP addresses of this machine are
 * there (measured: 4 ms), without the wait for the TCP ones, which come 100 ms later and are not used.
 */
export function candidatesGathered(connection: PeerConnection, options: { hostOnly: boolean; withinMs: number }): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      clearTimeout(settled);
      connection.onicegatheringstatechange = null;
      connection.onicecandidate = null;
      resolve();
    };
    const timer = setTimeout(done, options.withinMs);
    let settled: NodeJS.Timeout | undefined;
    const look = () => connection.iceGatheringState === 'complete' && done();
    connection.onicegatheringstatechange = look;
    connection.onicecandidate = () => {
      if (!options.hostOnly) return;
      clearTimeout(settled);
      settled = setTimeout(done, SETTLED_MS);
    };
    look();
  });
}
