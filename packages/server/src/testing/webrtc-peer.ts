import wrtc from '@roamhq/wrtc';
import { type ClientEvent, EVENTS_CHANNEL, type ServerEvent } from '@visavis/protocol';

const { RTCPeerConnection, nonstandard } = wrtc;
const RATE = 48_000;
/** wrtc takes and gives 10 ms at a time. */
const PIECE = RATE / 100;

/** A piece of what came out of the loudspeaker. */
export interface HeardPiece {
  /** By `performance.now()`. */
  at: number;
  /** 48 kHz mono, 10 ms. */
  samples: Int16Array;
}

/** A picture that arrived: I420 as it was decoded. */
export interface SeenPicture {
  /** By `performance.now()`. */
  at: number;
  width: number;
  height: number;
  data: Uint8Array;
}

/** A client of the server, with a microphone and a loudspeaker: real WebRTC in this process. */
export interface WebRtcPeer {
  /** Everything the server told, oldest first; `ping` is answered and left out. */
  events: AsyncIterable<ServerEvent>;
  /** Says this (48 kHz mono) from now on, in real time; resolves with the moment its last sample went out. Silence is sent otherwise. */
  speak(samples: Int16Array): Promise<number>;
  /** Everything heard so far, if `keep` was set. */
  heard: HeardPiece[];
  onHeard(listener: (piece: HeardPiece) => void): void;
  /** Every picture that was decoded; its data is good during the call only. */
  onSeen(listener: (picture: SeenPicture) => void): void;
  /** Asks for pictures, or for none, on the connection that stands; resolves with the server's answer. */
  takePictures(take: boolean): Promise<string>;
  send(event: ClientEvent): void;
  /** Sends anything, as it is. */
  sendRaw(data: string | Uint8Array): void;
  /** No `ping` is answered and no sound is sent any more, until `wake`: as where the network is gone. */
  freeze(): void;
  wake(): void;
  state(): string;
  /** As a page that is closed. */
  close(): void;
}

interface Channel {
  readyState: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string | Uint8Array): void;
}

export interface PeerOptions {
  /** Brings the offer to the server, and its answer back. */
  answer: (offer: string) => Promise<string>;
  iceServers?: Array<{ urls: string | string[]; username?: string; credential?: string }>;
  /** Only through a TURN server. */
  relayOnly?: boolean;
  /** Keeps what is heard in `heard`; default true. */
  keep?: boolean;
  /** Offers to take pictures from the beginning; default false. */
  video?: boolean;
}

/** Connects; resolves when the event channel is open. */
export async function connectPeer({
  answer,
  iceServers = [],
  relayOnly = false,
  keep = true,
  video = false,
}: PeerOptions): Promise<WebRtcPeer> {
  const peer = new RTCPeerConnection({ iceServers, ...(relayOnly && { iceTransportPolicy: 'relay' }) } as never);
  const source = new nonstandard.RTCAudioSource();
  const track = source.createTrack();
  peer.addTrack(track as never);
  const channel = peer.createDataChannel(EVENTS_CHANNEL) as unknown as Channel;
  const inbox = createInbox<ServerEvent>();
  const heard: HeardPiece[] = [];
  const listeners: Array<(piece: HeardPiece) => void> = [];
  const seers: Array<(picture: SeenPicture) => void> = [];
  let sink: InstanceType<typeof nonstandard.RTCAudioSink> | undefined;
  let screen: InstanceType<typeof nonstandard.RTCVideoSink> | undefined;
  let pictures: { direction: string } | undefined;
  let frozen = false;
  /** The server said to be silent at once, as the user talks. */
  let hushed = false;
  let saying: { samples: Int16Array; at: number; done: (at: number) => void } | undefined;

  const look = (remote: unknown) => {
    screen?.stop();
    screen = new nonstandard.RTCVideoSink(remote as never);
    screen.onframe = ({ frame }: { frame: { width: number; height: number; data: Uint8Array } }) => {
      const { width, height, data } = frame;
      for (const listener of seers) listener({ at: performance.now(), width, height, data });
    };
  };
  peer.ontrack = ({ track: remote }: { track: { kind: string } }) => {
    if (remote.kind === 'video') return look(remote);
    sink = new nonstandard.RTCAudioSink(remote as never);
    sink.ondata = ({ samples, sampleRate }: { samples: Int16Array; sampleRate: number }) => {
      if (sampleRate !== RATE) return;
      const piece = { at: performance.now(), samples: hushed ? new Int16Array(samples.length) : new Int16Array(samples) };
      if (keep) heard.push(piece);
      for (const listener of listeners) listener(piece);
    };
  };
  const pong = (at: number) => {
    try {
      channel.send(JSON.stringify({ type: 'pong', at }));
    } catch {
      // The server closed the channel just now.
    }
  };
  let standing = () => {};
  channel.onmessage = ({ data }) => {
    const event = JSON.parse(String(data)) as ServerEvent;
    standing();
    if (event.type === 'reply.playing') hushed = event.hushed;
    if (event.type !== 'ping') inbox.put(event);
    else if (!frozen && channel.readyState === 'open') pong(event.at);
  };
  channel.onclose = () => inbox.end();
  // Not as soon as the channel is open here: what is sent before the server's side stands, its library may hand over after what comes later.
  const opened = new Promise<void>((resolve, reject) => {
    standing = resolve;
    peer.onconnectionstatechange = () => {
      if (peer.connectionState === 'failed') reject(new Error('The connection failed'));
    };
  });

  const negotiate = async () => {
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const sdp = await answer(peer.localDescription?.sdp ?? '');
    await peer.setRemoteDescription({ type: 'answer', sdp });
    return sdp;
  };
  const wish = (take: boolean) => {
    if (pictures === undefined && take) pictures = peer.addTransceiver('video', { direction: 'recvonly' } as never) as never;
    else if (pictures) pictures.direction = take ? 'recvonly' : 'inactive';
  };
  if (video) wish(true);
  await negotiate();

  const startedAt = performance.now();
  let pieces = 0;
  const microphone = setInterval(() => {
    for (; pieces * 10 <= performance.now() - startedAt; pieces++) {
      if (frozen) continue;
      const samples = new Int16Array(PIECE);
      if (saying) {
        samples.set(saying.samples.subarray(saying.at, saying.at + PIECE));
        saying.at += PIECE;
      }
      source.onData({ samples, sampleRate: RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: PIECE });
      if (saying && saying.at >= saying.samples.length) {
        const { done } = saying;
        saying = undefined;
        done(performance.now());
      }
    }
  }, 5);
  await opened;

  return {
    events: inbox,
    heard,
    onHeard: (listener) => void listeners.push(listener),
    onSeen: (listener) => void seers.push(listener),
    takePictures(take) {
      wish(take);
      return negotiate();
    },
    speak: (samples) =>
      new Promise((done) => {
        saying = { samples, at: 0, done };
      }),
    send: (event) => channel.send(JSON.stringify(event)),
    sendRaw: (data) => channel.send(data),
    freeze() {
      frozen = true;
    },
    wake() {
      frozen = false;
    },
    state: () => peer.connectionState,
    close() {
      clearInterval(microphone);
      sink?.stop();
      screen?.stop();
      track.stop();
      channel.onmessage = null;
      inbox.end();
      peer.close();
    },
  };
}

async function gathered(peer: InstanceType<typeof RTCPeerConnection>): Promise<void> {
  if (peer.iceGatheringState === 'complete') return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 5_000);
    peer.onicegatheringstatechange = () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    };
  });
}

/** What comes, for whoever reads it. */
function createInbox<T>(): AsyncIterable<T> & { put(item: T): void; end(): void } {
  const items: T[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  return {
    put(item) {
      items.push(item);
      wake?.();
    },
    end() {
      ended = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (ended) return;
        else await new Promise<void>((resume) => (wake = resume));
      }
    },
  };
}

/** Loudness of a piece: the root mean square of its samples, 0 to 32768. */
export function loudness(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}
