import wrtc from '@roamhq/wrtc';
import { CLIENT_EVENT_BYTES, EVENTS_CHANNEL, HEARTBEAT_MS, type ServerEvent } from '@visavis/protocol';
import {
  type CreateTransport,
  LINE_FRAME,
  LINE_RATE,
  type Speaker,
  type Transport,
  type TransportState,
} from '../core/calls/transport.ts';
import { AppError } from '../core/errors.ts';
import type { AudioClock } from './audio-clock.ts';
import { checkOffer } from './check-offer.ts';
import { withPublicAddress } from './public-address.ts';

const { RTCPeerConnection, nonstandard } = wrtc;

/** wrtc takes and gives 10 ms at a time. */
const PIECE = LINE_RATE / 100;
/** Candidates are gathered for at most this long; those of this machine are there in some 10 ms. */
const GATHERING_MS = 2_000;
/** Nothing heard for so long: the client is lost. Microphones send all the time, heartbeats are answered every second. */
const LOST_AFTER_MS = 3_000;
/** What a channel that is not open yet may keep. */
const MOST_QUEUED = 1_000;
/** What the library may still have to send before the client counts as gone, in bytes. */
const MOST_BUFFERED = 4 * 1024 * 1024;
/** What is in hand may take so long to be sent at the end, in ms. */
const FLUSH_MS = 300;
/** Between the last handover and the loudspeaker, beside the way: the encoder's and the browser's buffers (findings/webrtc.md), in ms. */
const BUFFERS_MS = 50;

export interface WebRtcSettings {
  clock: AudioClock;
  /** First and last UDP port; any, where undefined. */
  udpPorts?: [number, number] | undefined;
  /** Put in the place of this machine's own addresses. */
  publicIp?: string | undefined;
  onError: (error: unknown) => void;
}

/** Connections to browsers by `@roamhq/wrtc` (libwebrtc), which does jitter buffer, loss concealment, congestion control and ICE. */
export function createWebRtcTransports(settings: WebRtcSettings): CreateTransport {
  return ({ iceServers }) => createTransport(settings, iceServers);
}

/** What is used of a data channel: wrtc's own types are those of the browser, which are not loaded here. */
interface Channel {
  label: string;
  readyState: string;
  bufferedAmount: number;
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  send(text: string): void;
}

interface Sound {
  samples: Int16Array;
  sampleRate: number;
  channelCount?: number;
}

function createTransport({ clock, udpPorts, publicIp, onError }: WebRtcSettings, iceServers: unknown[]): Transport {
  const peer = new RTCPeerConnection({
    iceServers: iceServers as never,
    ...(udpPorts && { portRange: { min: udpPorts[0], max: udpPorts[1] } }),
  } as never);
  const source = new nonstandard.RTCAudioSource();
  const track = source.createTrack();
  const silence = new Int16Array(LINE_FRAME);
  let sink: InstanceType<typeof nonstandard.RTCAudioSink> | undefined;
  let channel: Channel | undefined;
  const queued: string[] = [];
  let state: TransportState = 'connecting';
  let speaker: Speaker | undefined;
  let onMicrophone: ((samples: Int16Array) => void) | undefined;
  let onText: (text: string) => void = () => undefined;
  const stateListeners: Array<(state: TransportState) => void> = [];
  let leaveClock: (() => void) | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let roundTripMs = 0;
  let heardAt = performance.now();
  let packets = 0;
  let answered = false;
  let closing: Promise<void> | undefined;

  const move = (next: TransportState) => {
    if (state === next || state === 'closed') return;
    state = next;
    for (const listener of stateListeners) listener(next);
  };

  const send = (text: string) => {
    if (channel?.readyState !== 'open') {
      if (state !== 'closed' && queued.length < MOST_QUEUED) queued.push(text);
      return;
    }
    try {
      if (channel.bufferedAmount > MOST_BUFFERED) void close();
      else channel.send(text);
    } catch (error) {
      onError(error);
    }
  };
  const tell = (event: ServerEvent) => send(JSON.stringify(event));

  function receive(data: unknown): void {
    heardAt = performance.now();
    if (typeof data !== 'string') {
      tell({ type: 'error', code: 'event-not-text', error: 'Events are texts, one JSON object each' });
    } else if (Buffer.byteLength(data) > CLIENT_EVENT_BYTES) {
      tell({ type: 'error', code: 'event-too-large', error: `An event has at most ${CLIENT_EVENT_BYTES} bytes` });
    } else {
      const at = pongOf(data);
      if (at === undefined) onText(data);
      else roundTripMs = Math.max(0, performance.now() - at);
    }
  }

  function openChannel(opened: Channel): void {
    if (opened.label !== EVENTS_CHANNEL || channel) return;
    channel = opened;
    const flush = () => {
      for (const text of queued.splice(0)) send(text);
      // The connection stands as soon as anything can be told over it.
      if (peer.connectionState === 'connected') move('connected');
    };
    opened.onmessage = ({ data }) => receive(data);
    opened.onopen = flush;
    // A page that goes away closes its channel at once, long before ICE notices.
    opened.onclose = () => void close();
    if (opened.readyState === 'open') flush();
  }

  function hear({ samples, sampleRate, channelCount = 1 }: Sound): void {
    // Until it is connected the library gives frames of its own making, at 16 kHz.
    if (sampleRate !== LINE_RATE || !onMicrophone || state === 'connecting') return;
    onMicrophone(channelCount === 1 ? samples : leftOf(samples, channelCount));
  }

  function feed(): void {
    const frame = new Int16Array(LINE_FRAME);
    if (speaker) {
      try {
        speaker.read(frame);
      } catch (error) {
        frame.fill(0);
        onError(error);
      }
    } else frame.set(silence);
    for (let at = 0; at < LINE_FRAME; at += PIECE) {
      // A buffer of its own: the library refuses views of a longer one.
      source.onData({
        samples: frame.slice(at, at + PIECE),
        sampleRate: LINE_RATE,
        bitsPerSample: 16,
        channelCount: 1,
        numberOfFrames: PIECE,
      });
    }
  }

  /** Once a second: says that we are there, and looks whether anything came. The sink's frames prove nothing: it makes some up. */
  async function beat(): Promise<void> {
    tell({ type: 'ping', at: performance.now() });
    const received = await packetsReceived(peer).catch(() => packets);
    if (received > packets) heardAt = performance.now();
    packets = received;
    if (state === 'connected' && performance.now() - heardAt > LOST_AFTER_MS) move('lost');
    else if (state === 'lost' && performance.now() - heardAt <= LOST_AFTER_MS) move('connected');
  }

  async function close(): Promise<void> {
    closing ??= (async () => {
      clearInterval(heartbeat);
      leaveClock?.();
      onMicrophone = undefined;
      speaker = undefined;
      await flushed(channel);
      move('closed');
      if (channel) channel.onclose = channel.onmessage = channel.onopen = null;
      sink?.stop();
      track.stop();
      peer.close();
    })();
    return closing;
  }

  peer.ondatachannel = (event: { channel: unknown }) => openChannel(event.channel as Channel);
  peer.onconnectionstatechange = () => {
    if (peer.connectionState === 'failed' || peer.connectionState === 'closed') void close();
    else if (peer.connectionState === 'connected' && channel?.readyState === 'open') move('connected');
  };

  return {
    line: {
      onMicrophone: (listener) => {
        onMicrophone = listener;
      },
      play: (next) => {
        speaker = next;
      },
    },
    get state() {
      return state;
    },
    async answer(offer) {
      if (answered) throw new Error('A transport answers one offer');
      answered = true;
      checkOffer(offer);
      try {
        peer.ontrack = ({ track: heard }: { track: { kind: string } }) => {
          if (heard.kind !== 'audio' || sink) return;
          sink = new nonstandard.RTCAudioSink(heard as never);
          sink.ondata = (sound: Sound) => hear(sound);
        };
        await peer.setRemoteDescription({ type: 'offer', sdp: offer });
        for (const transceiver of peer.getTransceivers()) {
          if (transceiver.receiver.track.kind !== 'audio') {
            transceiver.direction = 'inactive';
            continue;
          }
          transceiver.direction = 'sendrecv';
          await transceiver.sender.replaceTrack(track as never);
        }
        await peer.setLocalDescription(await peer.createAnswer());
      } catch (error) {
        void close();
        // The library says what it stumbled over, sometimes with the whole line.
        throw new AppError('offer-invalid', 'The offer cannot be answered: WebRTC refuses it', { cause: error });
      }
      await gathered(peer);
      const sdp = peer.localDescription?.sdp;
      if (state === 'closed' || !sdp)
        throw new AppError('offer-invalid', 'The offer cannot be answered: the connection was closed');
      leaveClock = clock.join(feed);
      heardAt = performance.now();
      heartbeat = setInterval(() => void beat(), HEARTBEAT_MS);
      return publicIp === undefined ? sdp : withPublicAddress(sdp, publicIp);
    },
    send,
    onText(listener) {
      onText = listener;
    },
    onState(listener) {
      stateListeners.push(listener);
    },
    playoutDelayMs: () => roundTripMs / 2 + BUFFERS_MS,
    close,
  };
}

/** The `at` of a `pong`; undefined where the text is something else. */
function pongOf(text: string): number | undefined {
  const match = /^\s*\{\s*"type"\s*:\s*"pong"\s*,\s*"at"\s*:\s*(\d+(?:\.\d+)?)\s*\}\s*$/.exec(text);
  return match ? Number(match[1]) : undefined;
}

function leftOf(samples: Int16Array, channels: number): Int16Array {
  return Int16Array.from({ length: Math.floor(samples.length / channels) }, (_, at) => samples[at * channels] ?? 0);
}

type Peer = InstanceType<typeof RTCPeerConnection>;

async function gathered(peer: Peer): Promise<void> {
  if (peer.iceGatheringState === 'complete') return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, GATHERING_MS);
    peer.onicegatheringstatechange = () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    };
  });
}

async function packetsReceived(peer: Peer): Promise<number> {
  const report = await peer.getStats();
  let received = 0;
  (report as unknown as Map<string, { type: string; packetsReceived?: number }>).forEach((entry) => {
    if (entry.type === 'inbound-rtp') received += entry.packetsReceived ?? 0;
  });
  return received;
}

/** What was told last still reaches the client. */
async function flushed(channel: Channel | undefined): Promise<void> {
  const until = performance.now() + FLUSH_MS;
  while (channel?.readyState === 'open' && channel.bufferedAmount > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // `bufferedAmount` is 0 as soon as the library has taken it; the network needs a moment more.
  if (channel?.readyState === 'open') await new Promise((resolve) => setTimeout(resolve, 50));
}
