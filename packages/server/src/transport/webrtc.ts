import { EVENTS_CHANNEL } from '@visavis/protocol';
import type {
  CreateTransport,
  IceServer,
  Transport,
  TransportOptions,
  TransportState,
  VideoWish,
} from '../core/calls/transport.ts';
import { AppError } from '../core/errors.ts';
import { withAdvertisedAddresses } from './advertised-addresses.ts';
import type { AudioClock } from './audio-clock.ts';
import { checkCandidate, checkOffer, takesVp8 } from './check-offer.ts';
import { type ConnectedLine, openLine } from './connected-line.ts';
import { createEventChannel } from './event-channel.ts';
import { openPictureLine, type PictureLine } from './picture-line.ts';
import { watchPresence } from './presence.ts';
import { candidatesGathered, MediaStream, type PeerConnection, RTCPeerConnection, type Stream } from './wrtc.ts';

/** STUN and TURN servers that do not answer hold the answer up no longer. */
const GATHER_WITHIN_MS = 2_000;
/** A client that took the answer is connected within this time, or not at all. */
const CONNECT_WITHIN_MS = 20_000;
const CLOSE_WITHIN_MS = 400;
/** What a client may tell of its addresses after its offer. */
const MOST_CANDIDATES = 100;
/** Of a browser's jitter buffer and loudspeaker, as measured with Chromium: 40-60 ms. */
const BROWSER_DELAY_MS = 50;
/** From `Speaker.read` to the network: two pieces of 10 ms, the encoder's packet of 20. */
const ENCODER_DELAY_MS = 20;

export interface WebRtcSettings {
  /** Feeds all lines of this process. */
  clock: AudioClock;
  /** First and last UDP port of the server's own candidates; undefined: any. A connection takes one on each address. */
  udpPorts?: [first: number, last: number] | undefined;
  /** The address of a 1:1 NAT before this server. */
  publicIp?: string | undefined;
  /** Whether candidates with IPv6 addresses are used, of either side; default true. */
  ipv6?: boolean | undefined;
  /** Hears of errors of speakers and listeners, which end nothing here; each of them once. */
  onError: (error: unknown) => void;
}

/** Connections to browsers by `@roamhq/wrtc` (libwebrtc), which does jitter buffer, loss concealment, congestion control and ICE. */
export function createWebRtcTransports(settings: WebRtcSettings): CreateTransport {
  let opened = 0;
  return (options) => openTransport(settings, options, opened++);
}

/** One connection; nothing of the library exists before the offer was found good. */
function openTransport(
  settings: WebRtcSettings,
  { iceServers, eventsOptional = false }: TransportOptions,
  phase: number,
): Transport {
  const stateListeners: ((state: TransportState) => void)[] = [];
  const textListeners: ((text: string) => void)[] = [];
  let state: TransportState = 'connecting';
  let connection: PeerConnection | undefined;
  let closed: Promise<void> | undefined;
  let connectTimer: NodeJS.Timeout | undefined;
  let presence: ReturnType<typeof watchPresence> | undefined;

  const guarded = <T>(listener: (value: T) => void, value: T) => {
    try {
      listener(value);
    } catch (error) {
      settings.onError(error);
    }
  };

  const enter = (next: TransportState) => {
    if (state === next || state === 'closed') return;
    state = next;
    for (const listener of stateListeners) guarded(listener, next);
  };

  const channel = createEventChannel({
    text: (text) => {
      for (const listener of textListeners) guarded(listener, text);
    },
    opened: () => follow(),
    sign: () => presence?.sign(),
    // A browser that closes its connection, reloads or leaves closes the channel at once: 2 ms later, where ICE takes 17 s.
    closed: () => void close(),
  });
  const line: ConnectedLine = openLine({
    clock: settings.clock,
    connected: () => state === 'connected',
    afterSound: () => pictures.beat(),
    onError: settings.onError,
  });
  const pictures = openPictureLine({ phase, onError: settings.onError });
  let stream: Stream | undefined;
  let sendsPictures = false;
  let answered: string | undefined;
  let negotiating: Promise<unknown> = Promise.resolve();
  let hasChannel = true;
  let candidates = 0;

  /** Read from the connection, never from the event: old news come late and out of order. */
  const follow = () => {
    const peer = connection;
    if (peer === undefined || closed) return;
    if (peer.connectionState === 'failed' || peer.connectionState === 'closed') void close();
    if (peer.connectionState !== 'connected' || (hasChannel && !channel.isOpen()) || state !== 'connecting') return;
    clearTimeout(connectTimer);
    presence = watchPresence({ packetAgeMs: hasChannel ? () => packetAgeMs(peer) : anyPacketAge(peer), change: enter });
    enter('connected');
  };

  const close = () => {
    closed ??= (async () => {
      clearTimeout(connectTimer);
      presence?.stop();
      await channel.close(CLOSE_WITHIN_MS);
      line.stop();
      pictures.stop();
      if (connection) shut(connection);
      enter('closed');
    })();
    return closed;
  };

  const renews = (offer: string) =>
    answered !== undefined && closed === undefined && state !== 'closed' && identityOf(offer) === answered;

  const answer = (offer: string, { video }: { video?: VideoWish | undefined } = {}): Promise<string> => {
    if (closed || (connection && !renews(offer))) {
      return Promise.reject(new AppError('offer-invalid', 'This connection has its offer already; make a new one.'));
    }
    const isFirst = connection === undefined;
    const run = () => (isFirst ? answerFirst(offer, video) : answerAgain(offer, video));
    const result = isFirst ? run() : negotiating.then(run);
    negotiating = result.catch(() => undefined);
    return result;
  };

  const negotiate = async (peer: PeerConnection, offer: string, video: VideoWish | undefined) => {
    const checked = checkOffer(offer, {
      ipv6: settings.ipv6 ?? true,
      videoKilobitsPerSecond: video?.kilobitsPerSecond,
      eventsOptional,
    });
    stream ??= new MediaStream();
    const { sdp, showing } = await answerOf(peer, checked, {
      line,
      pictures,
      stream,
      video: video !== undefined,
      hostOnly: iceServers.length === 0,
    });
    sendsPictures = showing;
    answered = identityOf(offer);
    return withAdvertisedAddresses(sdp, { publicIp: settings.publicIp, ipv6: settings.ipv6 ?? true });
  };

  const answerFirst = async (offer: string, video: VideoWish | undefined) => {
    // Nothing of the library exists before the offer was found good.
    checkOffer(offer, { ipv6: settings.ipv6 ?? true, eventsOptional });
    hasChannel = /^m=application /m.test(offer);
    try {
      const peer = connect(iceServers, settings);
      connection = peer;
      peer.onconnectionstatechange = follow;
      peer.ontrack = ({ track }) => {
        if (track.kind === 'audio') line.listenTo(track);
      };
      peer.ondatachannel = ({ channel: given }) => {
        if (given.label === EVENTS_CHANNEL && given.ordered) channel.use(given, peer.sctp?.maxMessageSize ?? 65_536);
        else given.close();
      };
      const sdp = await negotiate(peer, offer, video);
      connectTimer = setTimeout(() => void close(), CONNECT_WITHIN_MS);
      return sdp;
    } catch (error) {
      if (closed) throw new AppError('no-capacity', 'The connection was closed while it was being made', { cause: error });
      await close();
      throw error;
    }
  };

  /** The connection stays as it is where the offer cannot be answered. */
  const answerAgain = async (offer: string, video: VideoWish | undefined) => {
    if (connection === undefined || closed) throw new AppError('offer-invalid', 'This connection is closed; make a new one.');
    return negotiate(connection, offer, video);
  };

  return {
    line,
    get video() {
      return sendsPictures ? pictures : undefined;
    },
    answer,
    async addCandidate(candidate) {
      const isGood = checkCandidate(candidate, { ipv6: settings.ipv6 ?? true });
      if (!isGood || candidates++ >= MOST_CANDIDATES) return;
      await negotiating;
      try {
        if (!closed) await connection?.addIceCandidate(candidate);
      } catch (cause) {
        throw new AppError('offer-invalid', 'The candidate does not belong to the offer.', { cause });
      }
    },
    renews,
    send: (text) => hasChannel && channel.send(text),
    onText: (listener) => void textListeners.push(listener),
    onState: (listener) => void stateListeners.push(listener),
    get state() {
      return state;
    },
    playoutDelayMs: () => ENCODER_DELAY_MS + (channel.roundTripMs() ?? 0) / 2 + BROWSER_DELAY_MS,
    close,
  };
}

function connect(iceServers: IceServer[], settings: WebRtcSettings): PeerConnection {
  try {
    return new RTCPeerConnection({
      iceServers,
      bundlePolicy: 'max-bundle',
      ...(settings.udpPorts && { portRange: { min: settings.udpPorts[0], max: settings.udpPorts[1] } }),
    });
  } catch (cause) {
    throw new AppError('no-capacity', 'No connection could be opened', { cause });
  }
}

/** What an offer has in common with others of the same connection (RFC 8866, 5.2; RFC 8839, 4.4.1.1.1: new ones where ICE begins anew). */
function identityOf(offer: string): string {
  const origin = /^o=\S+ (\d+) /m.exec(offer)?.[1];
  const user = /^a=ice-ufrag:(\S+)/m.exec(offer)?.[1];
  const fingerprint = /^a=fingerprint:\S+ (\S+)/m.exec(offer)?.[1];
  return [origin, user, fingerprint].join(' ');
}

interface Lines {
  line: ConnectedLine;
  pictures: PictureLine;
  /** Of both: a browser plays only tracks of one stream in step. */
  stream: Stream;
  /** Whether pictures are sent to a client that takes them. */
  video: boolean;
  /** No servers are asked for candidates. */
  hostOnly: boolean;
}

/** The answer with all candidates; of video, the first section that takes pictures gets them, if any are sent. */
async function answerOf(
  peer: PeerConnection,
  offer: string,
  { line, pictures, stream, video, hostOnly }: Lines,
): Promise<{ sdp: string; showing: boolean }> {
  let showing = false;
  let gathered: Promise<void> | undefined;
  try {
    await peer.setRemoteDescription({ type: 'offer', sdp: offer });
    for (const transceiver of peer.getTransceivers()) {
      const { sender } = transceiver;
      if (transceiver.receiver.track.kind === 'audio') {
        transceiver.direction = 'sendrecv';
        await sender.replaceTrack(line.start());
        sender.setStreams(stream);
        continue;
      }
      const show: boolean = video && !showing && transceiver.mid !== null && takesVp8(offer, transceiver.mid);
      transceiver.direction = show ? 'sendonly' : 'inactive';
      await sender.replaceTrack(show ? pictures.track() : null);
      if (show) sender.setStreams(stream);
      showing ||= show;
    }
    const description = await peer.createAnswer();
    gathered = candidatesGathered(peer, { hostOnly, withinMs: GATHER_WITHIN_MS });
    await peer.setLocalDescription(description);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : '';
    throw new AppError('offer-invalid', `The offer cannot be answered: ${why}`, { cause });
  }
  await gathered;
  if (peer.connectionState === 'closed') throw new Error('closed');
  const answer = peer.localDescription?.sdp ?? '';
  // Every port of `udpPorts` is taken, or there is no network.
  if (!answer.includes('a=candidate:')) throw new AppError('no-capacity', 'No UDP port is free for another connection');
  return { sdp: answer, showing };
}

/** Both times are of the library's one clock. */
async function packetAgeMs(peer: PeerConnection): Promise<number | undefined> {
  for (const statistic of (await peer.getStats()).values()) {
    if (statistic.type !== 'inbound-rtp' || statistic.kind !== 'audio') continue;
    const { timestamp, lastPacketReceivedTimestamp: last } = statistic;
    return last === undefined ? undefined : Math.max(0, timestamp - last);
  }
  return undefined;
}

/**
 * How long ago anything came, of a client without an event channel and a microphone: it reports what it receives several times a second.
 * The count is looked at; the library tells no time of it.
 */
function anyPacketAge(peer: PeerConnection): () => Promise<number | undefined> {
  let count = -1;
  let at = performance.now();
  return async () => {
    for (const statistic of (await peer.getStats()).values()) {
      if (statistic.type !== 'transport' || statistic.packetsReceived === undefined) continue;
      if (statistic.packetsReceived !== count) at = performance.now();
      count = statistic.packetsReceived;
    }
    return performance.now() - at;
  };
}

function shut(connection: PeerConnection) {
  connection.onconnectionstatechange = null;
  connection.ontrack = null;
  connection.ondatachannel = null;
  connection.close();
}
