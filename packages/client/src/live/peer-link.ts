import type { ClientEvent, EVENTS_CHANNEL, ServerEvent } from '@visavis/protocol';

/** The protocol's name for it; the protocol itself, with its schemas, stays out of the browser. */
const CHANNEL: typeof EVENTS_CHANNEL = 'events';
/** Addresses of this machine are found within so many ms; ones that servers tell (STUN, TURN) may take longer. */
const GATHER_OWN_MS = 200;
const GATHER_SERVERS_MS = 2_000;
/** An attempt that has not joined by then is given up, in ms. */
const JOIN_MS = 10_000;
/** Without an event for so long the link is dead, in ms: the server sends one a second. */
const SILENCE_MS = 2_500;
const CHECK_MS = 250;

/** How the agent is seen: not at all, in pictures of the server, or drawn by this page. */
export type Seen = 'not' | 'video' | 'drawn';

export interface LinkOptions {
  /** Takes the offer to the server and brings its answer. */
  connect: (offerSdp: string, options: { seen: Seen; signal: AbortSignal }) => Promise<string>;
  iceServers: RTCIceServer[];
  microphone: MediaStream | undefined;
  /** How the agent is to be seen from the beginning. */
  seen: Seen;
  onEvent: (event: ServerEvent) => void;
  onSound: (stream: MediaStream, receiver: RTCRtpReceiver) => void;
  onPicture: (track: MediaStreamTrack) => void;
  /** Called once, when the link is of no use any more; not after `close`. `error` is what `connect` threw. */
  onDown: (error?: unknown) => void;
}

/** One WebRTC connection to a session: it works, or it is down for good; `call.ts` makes the next one. */
export interface PeerLink {
  /** Does nothing while the channel is not open. */
  send(event: ClientEvent): void;
  replaceMicrophone(microphone: MediaStream): Promise<void>;
  /** Sees the agent so from now on; the sound goes on. Throws what `connect` throws, and stays as it was. */
  see(how: Seen): Promise<void>;
  close(): void;
}

export function openLink(options: LinkOptions): PeerLink {
  const peer = new RTCPeerConnection({ iceServers: options.iceServers });
  const channel = peer.createDataChannel(CHANNEL, { ordered: true });
  const abort = new AbortController();
  let heardAt = performance.now();
  let checkedAt = heardAt;
  let joined = false;
  let closed = false;

  const close = () => {
    if (closed) return;
    closed = true;
    clearInterval(check);
    abort.abort();
    channel.close();
    peer.close();
  };
  const down = (error?: unknown) => {
    if (closed) return;
    close();
    options.onDown(error);
  };
  const send = (event: ClientEvent) => {
    if (channel.readyState === 'open') channel.send(JSON.stringify(event));
  };

  const check = setInterval(() => {
    const now = performance.now();
    // The page slept: what has arrived meanwhile comes after this.
    if (now - checkedAt > 4 * CHECK_MS) heardAt = Math.max(heardAt, now - SILENCE_MS + 2 * CHECK_MS);
    checkedAt = now;
    if (now - heardAt > (joined ? SILENCE_MS : JOIN_MS)) down();
  }, CHECK_MS);

  channel.onmessage = ({ data }) => {
    heardAt = performance.now();
    const event = parse(data);
    if (!event) return;
    if (event.type === 'ping') return send({ type: 'pong', at: event.at });
    if (event.type === 'session.joined') joined = true;
    options.onEvent(event);
  };
  channel.onclose = () => down();
  peer.onconnectionstatechange = () => {
    if (peer.connectionState === 'failed' || peer.connectionState === 'disconnected') down();
  };
  peer.ontrack = ({ track, streams, receiver }) => {
    if (track.kind === 'video') options.onPicture(track);
    // The track alone: a stream with pictures would be played as a video.
    else options.onSound(streams[0] && streams[0].getTracks().length === 1 ? streams[0] : new MediaStream([track]), receiver);
  };

  const [track] = options.microphone?.getAudioTracks() ?? [];
  const voice = peer.addTransceiver(track ?? 'audio', {
    direction: 'sendrecv',
    ...(track && options.microphone && { streams: [options.microphone] }),
  });

  let pictures: RTCRtpTransceiver | undefined;
  let { seen } = options;
  const wish = (how: Seen) => {
    seen = how;
    if (pictures) pictures.direction = how === 'video' ? 'recvonly' : 'inactive';
    else if (how === 'video') pictures = peer.addTransceiver('video', { direction: 'recvonly' });
  };

  const negotiate = async () => {
    await peer.setLocalDescription();
    await gathered(peer, options.iceServers);
    if (closed) return;
    const sdp = await options.connect(peer.localDescription?.sdp ?? '', { seen, signal: abort.signal });
    if (closed) return;
    heardAt = performance.now();
    await peer.setRemoteDescription({ type: 'answer', sdp });
  };
  wish(seen);
  let negotiating = negotiate();
  negotiating.catch(down);

  const renegotiate = async (how: Seen) => {
    const before = seen;
    if (closed || how === before) return;
    wish(how);
    try {
      await negotiate();
    } catch (error) {
      wish(before);
      if (peer.signalingState === 'have-local-offer') await peer.setLocalDescription({ type: 'rollback' });
      throw error;
    }
  };
  return {
    send,
    async replaceMicrophone(microphone) {
      if (!closed) await voice.sender.replaceTrack(microphone.getAudioTracks()[0] ?? null);
    },
    see(how) {
      // One after the other: an offer in between would be refused.
      const next = negotiating.then(() => renegotiate(how));
      negotiating = next.catch(() => undefined);
      return next;
    },
    close,
  };
}

/** Resolves as soon as the offer holds what it needs: the server answers once and takes no later candidates. */
function gathered(peer: RTCPeerConnection, iceServers: RTCIceServer[]): Promise<void> {
  const urls = iceServers.flatMap((server) => server.urls);
  const wanted = urls.some((url) => url.startsWith('turn')) ? 'relay' : urls.length > 0 ? 'srflx' : undefined;
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      peer.onicecandidate = null;
      peer.onicegatheringstatechange = null;
      resolve();
    };
    const timer = setTimeout(done, wanted ? GATHER_SERVERS_MS : GATHER_OWN_MS);
    peer.onicecandidate = ({ candidate }) => {
      if (wanted !== undefined && candidate?.type === wanted) done();
    };
    peer.onicegatheringstatechange = () => {
      if (peer.iceGatheringState === 'complete') done();
    };
    if (peer.iceGatheringState === 'complete') done();
  });
}

function parse(data: unknown): ServerEvent | undefined {
  try {
    const event: unknown = JSON.parse(String(data));
    return typeof event === 'object' && event !== null && 'type' in event ? (event as ServerEvent) : undefined;
  } catch {
    return undefined;
  }
}
