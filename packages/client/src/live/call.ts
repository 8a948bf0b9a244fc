import type { ClientEvent, EndedReason, ServerEvent } from '@visavis/protocol';
import { openLink, type PeerLink, type Seen } from './peer-link.ts';
import { createPlayoutMeter, type PlayoutMeter } from './playout-meter.ts';

/** Waits before the next attempt, in ms; the last one repeats. */
const BACK_OFF_MS = [200, 500, 1_000, 2_000];
/** A call that cannot be had back for so long is over, in ms: the server waits as long by default. */
const GIVE_UP_MS = 60_000;

/** The connection stays open for so long after the `bye`, in ms: closing it at once would take the word back. */
const FAREWELL_MS = 100;

/** Thrown by `connect` where asking again is of no use: the session has ended, the server has no room. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
}

/** Why a call is over. */
export type CallEnd =
  | { kind: 'session-ended'; reason: EndedReason }
  | { kind: 'refused'; error: CallRefused }
  | { kind: 'unreachable' }
  | { kind: 'left' };

export type CallState =
  | { name: 'connecting' }
  | { name: 'connected' }
  | { name: 'reconnecting' }
  | { name: 'ended'; end: CallEnd };

export interface CallOptions {
  /** Takes an offer to the session's `connect` and brings its answer. Throws `CallRefused` to end the call; other errors are tried again. */
  connect: (offerSdp: string, options: { seen: Seen; signal: AbortSignal }) => Promise<string>;
  iceServers: RTCIceServer[];
  /** Its owner stops it; undefined listens only. */
  microphone: MediaStream | undefined;
  /** Plays the agent. */
  audio: HTMLAudioElement;
  /** Shows the agent, without sound: that is played by `audio`, in step. Undefined: no more. */
  show: (pictures: MediaStream | undefined) => void;
  /** How the agent is to be seen from the beginning. */
  seen: Seen;
  /** Made in answer to a tap or a key, or else it does not run and playout is reckoned only. Its owner closes it. */
  context?: AudioContext;
  onEvent: (event: ServerEvent) => void;
  onState: (state: CallState) => void;
  /** The browser plays nothing before the next tap or key: call `audio.play()` there. */
  onSoundBlocked?: () => void;
}

/** A spoken session, kept up over lost connections and changes of network. Knows nothing of the page around it. */
export interface Call {
  readonly state: CallState;
  /** Stops the agent's talk. */
  interrupt(): void;
  /** How much of this reply has been heard by now, in ms. */
  heardMs(replyId: string): number;
  /** Is spoken to through another one from now on. */
  replaceMicrophone(microphone: MediaStream): Promise<void>;
  /** Sees the agent so from now on: what is being said goes on. Throws where the server refuses, and stays as it was. */
  see(how: Seen): Promise<void>;
  /** Loudness of the agent at this moment, 0 to 1. */
  level(): number;
  /** Leaves the call; the session goes on. */
  leave(): void;
}

export function createCall(options: CallOptions): Call {
  const { audio, onEvent } = options;
  let state: CallState = { name: 'connecting' };
  let link: PeerLink | undefined;
  let meter: PlayoutMeter | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;
  let lostAt = performance.now();
  /** What was heard of the newest reply stays so, though its connection is gone. */
  let heard: { replyId: string; ms: number } | undefined;
  /** Grows with every link, so that what an older one still does counts for nothing. */
  let current = 0;
  let { seen, microphone } = options;

  const enter = (next: CallState) => {
    if (state.name === next.name && next.name !== 'connecting') return;
    state = next;
    options.onState(next);
  };

  const dropLink = () => {
    current += 1;
    clearTimeout(retry);
    meter?.close();
    meter = undefined;
    // Its pictures stop without it: browsers show black then.
    if (link) options.show(undefined);
    link?.close();
    link = undefined;
  };

  const begin = () => {
    if (state.name === 'ended') return;
    dropLink();
    const mine = current;
    link = openLink({
      connect: options.connect,
      iceServers: options.iceServers,
      microphone,
      seen,
      onPicture: (track) => mine === current && options.show(new MediaStream([track])),
      onEvent: (event) => mine === current && hear(event),
      onSound: (stream, receiver) => mine === current && play(stream, receiver),
      onDown: (error) => mine === current && lose(error),
    });
  };

  const lose = (error?: unknown) => {
    dropLink();
    if (error instanceof CallRefused) return end({ kind: 'refused', error });
    if (state.name === 'connected') {
      attempts = 0;
      lostAt = performance.now();
      enter({ name: 'reconnecting' });
    }
    if (performance.now() - lostAt > GIVE_UP_MS) return end({ kind: 'unreachable' });
    retry = setTimeout(begin, BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length - 1)]);
    attempts += 1;
  };

  const end = (why: CallEnd) => {
    if (state.name === 'ended') return;
    dropLink();
    removers.abort();
    audio.srcObject = null;
    options.show(undefined);
    enter({ name: 'ended', end: why });
  };

  const hear = (event: ServerEvent) => {
    if (event.type === 'session.joined') enter({ name: 'connected' });
    if (event.type === 'reply.playing') {
      if (event.hushed) meter?.hush(event.reply_id);
      else meter?.playing(event.reply_id, event.playing, event.position_ms);
    }
    onEvent(event);
    if (event.type === 'session.ended') end({ kind: 'session-ended', reason: event.reason });
    if (event.type === 'server.restarting') lose();
  };

  const play = (stream: MediaStream, receiver: RTCRtpReceiver) => {
    meter?.close();
    meter = createPlayoutMeter({
      stream,
      receiver,
      context: options.context,
      silence: (silent) => {
        audio.muted = silent;
      },
      report: (reply_id, played_ms) => send({ type: 'playout', reply_id, played_ms }),
    });
    audio.srcObject = stream;
    audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') options.onSoundBlocked?.();
    });
  };

  const send = (event: ClientEvent) => link?.send(event);

  /** Another network: the old addresses are of no use, and waiting is not needed. */
  const networkChanged = () => {
    if (state.name === 'connected') {
      lostAt = performance.now();
      enter({ name: 'reconnecting' });
    }
    attempts = 0;
    begin();
  };

  const removers = new AbortController();
  const { signal } = removers;
  addEventListener('online', networkChanged, { signal });
  watchNetworkType(networkChanged, signal);
  addEventListener('pagehide', () => send({ type: 'bye' }), { signal });
  // A page that comes back from the browser's cache of whole pages has lost its connection.
  addEventListener('pageshow', ({ persisted }) => persisted && networkChanged(), { signal });

  options.onState(state);
  begin();
  return {
    get state() {
      return state;
    },
    interrupt: () => send({ type: 'interrupt' }),
    heardMs(replyId) {
      const before = heard?.replyId === replyId ? heard.ms : 0;
      const ms = Math.max(before, meter?.heardMs(replyId) ?? 0);
      if (ms > before) heard = { replyId, ms };
      return ms;
    },
    async replaceMicrophone(next) {
      microphone = next;
      await link?.replaceMicrophone(next);
    },
    async see(how) {
      const before = seen;
      seen = how;
      try {
        await link?.see(how);
      } catch (error) {
        seen = before;
        throw error;
      }
      if (how !== 'video') options.show(undefined);
    },
    level: () => meter?.level() ?? 0,
    leave() {
      const leaving = link;
      send({ type: 'bye' });
      link = undefined;
      end({ kind: 'left' });
      setTimeout(() => leaving?.close(), FAREWELL_MS);
    },
  };
}

/** `change` also tells of every new guess at the network's speed; only another kind of network matters. */
function watchNetworkType(changed: () => void, signal: AbortSignal): void {
  const { connection } = navigator as Navigator & { connection?: EventTarget & { type?: string } };
  let type = connection?.type;
  const look = () => {
    if (connection?.type === type) return;
    type = connection?.type;
    if (type !== 'none') changed();
  };
  connection?.addEventListener('change', look, { signal });
}
