import type { DriveCommand } from '@visavis/protocol';
import { createEmitter, type Emitter } from './live/emitter.ts';
import { VisavisError } from './rest/errors.ts';

/** A piece of speech has so many samples at the most: 1 MB of text on the wire. */
const MOST_SAMPLES = 384 * 1024;

/** The part of a `WebSocket` that is used: a browser's, Node's own (from 22 on), or that of the package `ws`. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number): void;
  // biome-ignore lint/suspicious/noExplicitAny: every implementation has event types of its own
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: any) => void): void;
}

/** The part of an `RTCPeerConnection` that is used: a browser's, or one of a WebRTC package for Node. */
export interface PeerLike {
  createOffer(): Promise<{ type: 'offer' | 'answer' | 'pranswer' | 'rollback'; sdp?: string | undefined }>;
  // biome-ignore lint/suspicious/noExplicitAny: every implementation has types of its own
  setLocalDescription(description: any): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  setRemoteDescription(description: any): Promise<unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  onicecandidate: ((event: any) => void) | null;
}

export interface DriveOptions {
  /** `session.realtime.url` of a `webrtc_video` session. */
  url: string;
  sessionToken: string;
  /** The global one where absent. */
  WebSocket?: new (
    url: string,
  ) => SocketLike;
}

/** The server refuses something, or the connection was closed; `code` as in `docs/webrtc-video.md`, or `closed`. */
export class DriveError extends VisavisError {
  override readonly name = 'DriveError';
  readonly code: string;
  /** Why the socket was closed (RFC 6455, 7.4). */
  readonly closeCode: number | undefined;

  constructor(code: string, message: string, closeCode?: number) {
    super(message);
    this.code = code;
    this.closeCode = closeCode;
  }
}

export interface DriveEvents {
  /** An utterance is heard from now on. */
  started: undefined;
  ended: { playedMs: number; interrupted: boolean };
  /** The pictures are less than they were, or whole again. */
  quality: { level: string; fps: number; width: number; height: number; reason: string };
  /** Of something that nothing waits for, as a text to be said. */
  error: DriveError;
  closed: { code: number; reason: string };
}

/** A face that this program drives. */
export interface FaceDriver extends Emitter<DriveEvents> {
  readonly sessionId: number;
  /**
   * Offers a connection and takes the answer; sound and pictures come with its `track` events. Without transceivers of its own it gets two
   * (`recvonly`), where it can.
   */
  connect(peer: PeerLike): Promise<void>;
  /**
   * Speech to be said after what waits: 16-bit mono samples of any rate from 8,000 to 48,000 (default 16,000), as fast as they are there.
   * Resolves with how much was taken, in samples at 16,000. Throws `DriveError` `speech-queue-full` over ten minutes.
   */
  speak(samples: Int16Array, sampleRate?: number): Promise<number>;
  /** The avatar's own voice says it, after what waits. */
  say(text: string): void;
  /** Silent at once; everything that waits is dropped. */
  interrupt(): Promise<void>;
  close(): void;
}

interface Waiting {
  answer: string;
  resolve: (message: Told) => void;
  reject: (error: DriveError) => void;
}
type Told = Record<string, unknown> & { type: string };

/** Opens the socket of a `webrtc_video` session. Throws `DriveError` where it is refused. */
export async function driveFace(options: DriveOptions): Promise<FaceDriver> {
  const Socket = options.WebSocket ?? (globalThis.WebSocket as unknown as DriveOptions['WebSocket']);
  if (!Socket) throw new TypeError('There is no WebSocket here: give one, as that of the package "ws"');
  const address = new URL(options.url);
  address.protocol = address.protocol.replace('http', 'ws');
  address.searchParams.set('session_token', options.sessionToken);
  const socket = new Socket(address.href);
  const emitter = createEmitter<DriveEvents>();
  /** Answers come in the order of what was asked. */
  const waiting: Waiting[] = [];
  let closed: DriveError | undefined;
  let refusal: DriveError | undefined;

  const take = (message: Told) => {
    const index = waiting.findIndex(({ answer }) => answer === message.type);
    if (index >= 0) return waiting.splice(index, 1)[0]?.resolve(message);
    switch (message.type) {
      case 'agent.speech.started':
        return emitter.emit('started', undefined);
      case 'agent.speech.ended':
        return emitter.emit('ended', { playedMs: Number(message.played_ms), interrupted: message.interrupted === true });
      case 'video.quality':
        return emitter.emit('quality', message as never);
      case 'error': {
        const error = new DriveError(String(message.code), String(message.error));
        refusal = error;
        const asked = ANSWERED_BY[error.code];
        const about = waiting.findIndex(({ answer }) => asked === undefined || answer === asked);
        if (about >= 0 && asked !== null) waiting.splice(about, 1)[0]?.reject(error);
        else emitter.emit('error', error);
      }
    }
  };
  socket.addEventListener('message', ({ data }: { data: unknown }) => take(JSON.parse(String(data)) as Told));
  socket.addEventListener('close', ({ code, reason }: { code: number; reason: string }) => {
    closed = refusal ?? new DriveError('closed', `The connection was closed (${code}).`, code);
    for (const { reject } of waiting.splice(0)) reject(closed);
    emitter.emit('closed', { code, reason: String(reason) });
  });
  // `close` follows, and tells why.
  socket.addEventListener('error', () => undefined);

  const answered = (answer: string, send: () => void) =>
    new Promise<Told>((resolve, reject) => {
      if (closed) return reject(closed);
      waiting.push({ answer, resolve, reject });
      send();
    });
  const tell = (message: DriveCommand | { type: string; [field: string]: unknown }) => {
    if (closed) throw closed;
    socket.send(JSON.stringify(message));
  };
  const established = await answered('connection.established', () => undefined);
  const session_id = Number(established.session_id);

  return {
    on: emitter.on,
    sessionId: session_id,
    async connect(peer) {
      if ('addTransceiver' in peer && 'getTransceivers' in peer) addTransceivers(peer as never);
      const early: unknown[] = [];
      let offered = false;
      const tellCandidate = (candidate: unknown) => tell({ type: 'webrtc.ice_candidate', session_id, candidate });
      peer.onicecandidate = ({ candidate }: { candidate: unknown }) => {
        if (!candidate || closed) return;
        if (offered) tellCandidate(candidate);
        else early.push(candidate);
      };
      const offer = await peer.createOffer();
      await peer.setLocalDescription(offer);
      const { sdp } = await answered('webrtc.answer', () => {
        tell({ type: 'webrtc.offer', session_id, sdp: offer.sdp });
        offered = true;
        early.splice(0).forEach(tellCandidate);
      });
      await peer.setRemoteDescription({ type: 'answer', sdp: String(sdp) });
    },
    async speak(samples, sample_rate = 16_000) {
      const pieces: Array<Promise<Told>> = [];
      for (let at = 0; at < samples.length; at += MOST_SAMPLES) {
        const audio = base64Of(samples.subarray(at, at + MOST_SAMPLES));
        pieces.push(answered('agent.speak.confirmed', () => tell({ type: 'agent.speak', audio, sample_rate })));
      }
      const taken = await Promise.all(pieces);
      return taken.reduce((sum, { audio_samples }) => sum + Number(audio_samples), 0);
    },
    say: (text) => tell({ type: 'agent.say', text }),
    async interrupt() {
      await answered('agent.interrupt.confirmed', () => tell({ type: 'agent.interrupt' }));
    },
    close: () => socket.close(1000),
  };
}

/** What an error is the answer to; null: to something that nothing waits for. Others answer what is asked first. */
const ANSWERED_BY: Record<string, string | null> = {
  'audio-invalid': 'agent.speak.confirmed',
  'speech-queue-full': 'agent.speak.confirmed',
  'offer-invalid': 'webrtc.answer',
  'no-capacity': 'webrtc.answer',
  'no-speech-model': null,
  'voice-failed': null,
  'worker-lost': null,
};

function addTransceivers(peer: {
  getTransceivers(): unknown[];
  addTransceiver(kind: string, init: { direction: string }): unknown;
}): void {
  if (peer.getTransceivers().length > 0) return;
  for (const kind of ['audio', 'video']) peer.addTransceiver(kind, { direction: 'recvonly' });
}

/** Samples as 16-bit little-endian bytes, in base64. */
function base64Of(samples: Int16Array): string {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, sample] of samples.entries()) view.setInt16(index * 2, sample, true);
  let text = '';
  // In pieces, because a call takes so many arguments only.
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return btoa(text);
}
