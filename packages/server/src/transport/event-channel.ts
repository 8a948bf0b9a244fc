import { CLIENT_EVENT_BYTES, HEARTBEAT_MS, type ServerEvent } from '@visavis/protocol';
import type { DataChannel } from './wrtc.ts';

/** What may wait to be sent, before the channel is open or because the client takes nothing: beyond it the client is given up. */
export const WAITING_EVENTS = 1_000;
export const WAITING_BYTES = 1024 * 1024;
/** Round trips that are remembered: the shortest of them is the network's, the others waited for a busy page. */
const REMEMBERED_ROUND_TRIPS = 5;
/** Pings that may still be answered. */
const OPEN_PINGS = 30;

export interface EventChannelEvents {
  /** Texts can go both ways. */
  opened(): void;
  /** A text of the client that is not a `pong`, of no more than `CLIENT_EVENT_BYTES`. */
  text(text: string): void;
  /** Anything came: the client is there. */
  sign(): void;
  /** The client closed it, or takes nothing any more. */
  closed(): void;
}

/** The data channel `events`: waits for it, heartbeats, and refuses what is no event. */
export interface EventChannel {
  /** The channel that the client opened; another one is closed. */
  use(channel: DataChannel, longestBytes: number): void;
  isOpen(): boolean;
  send(text: string): void;
  /** The shortest of the last round trips in ms; undefined before the first `pong`. */
  roundTripMs(): number | undefined;
  /** Sends what waits, then closes; at most so many ms. */
  close(withinMs: number): Promise<void>;
}

export function createEventChannel(events: EventChannelEvents): EventChannel {
  let channel: DataChannel | undefined;
  let longest = Number.POSITIVE_INFINITY;
  let waiting: string[] = [];
  let waitingBytes = 0;
  let closing = false;
  let heartbeat: NodeJS.Timeout | undefined;
  const pings = new Map<number, number>();
  const roundTrips: number[] = [];

  const giveUp = () => {
    clearInterval(heartbeat);
    if (closing) return;
    closing = true;
    waiting = [];
    events.closed();
  };

  const sendEvent = (event: ServerEvent) => send(JSON.stringify(event));

  /** Into the library; never throws. */
  const hand = (open: DataChannel, text: string, bytes: number) => {
    if (bytes > longest) {
      const error = `An event of ${bytes} bytes could not be sent: this client takes ${longest} at a time.`;
      open.send(JSON.stringify({ type: 'error', code: 'event-too-large', error } satisfies ServerEvent));
      return;
    }
    open.send(text);
  };

  const send = (text: string) => {
    if (closing) return;
    const bytes = Buffer.byteLength(text);
    try {
      if (channel?.readyState === 'open') {
        if (channel.bufferedAmount + bytes > WAITING_BYTES) giveUp();
        else hand(channel, text, bytes);
      } else {
        waitingBytes += bytes;
        waiting.push(text);
        if (waiting.length > WAITING_EVENTS || waitingBytes > WAITING_BYTES) giveUp();
      }
    } catch {
      // The channel closed between the look at its state and the call.
      giveUp();
    }
  };

  const flush = () => {
    const texts = waiting;
    waiting = [];
    waitingBytes = 0;
    for (const text of texts) send(text);
  };

  const ping = () => {
    const at = Date.now();
    pings.set(at, performance.now());
    if (pings.size > OPEN_PINGS) pings.delete(pings.keys().next().value ?? at);
    sendEvent({ type: 'ping', at });
  };

  /** Whether it was a `pong`, which nobody else needs to see. */
  const takePong = (text: string): boolean => {
    if (text.length > 100 || !text.includes('"pong"')) return false;
    try {
      const { type, at } = JSON.parse(text) as { type?: unknown; at?: unknown };
      if (type !== 'pong' || typeof at !== 'number') return false;
      const sentAt = pings.get(at);
      if (sentAt !== undefined) {
        pings.delete(at);
        roundTrips.push(performance.now() - sentAt);
        if (roundTrips.length > REMEMBERED_ROUND_TRIPS) roundTrips.shift();
      }
      return true;
    } catch {
      return false;
    }
  };

  const receive = (data: unknown) => {
    if (closing) return;
    events.sign();
    if (typeof data !== 'string') {
      sendEvent({ type: 'error', code: 'event-not-text', error: 'Events are JSON texts; a binary message was dropped.' });
    } else if (data.length > CLIENT_EVENT_BYTES || Buffer.byteLength(data) > CLIENT_EVENT_BYTES) {
      const error = `An event may have ${CLIENT_EVENT_BYTES} bytes; one of ${Buffer.byteLength(data)} was dropped.`;
      sendEvent({ type: 'error', code: 'event-too-large', error });
    } else if (!takePong(data)) {
      events.text(data);
    }
  };

  const opened = () => {
    if (heartbeat !== undefined || closing) return;
    heartbeat = setInterval(ping, HEARTBEAT_MS);
    flush();
    ping();
    events.opened();
  };

  return {
    use(given, longestBytes) {
      if (channel !== undefined || closing) {
        given.close();
        return;
      }
      channel = given;
      longest = longestBytes;
      given.binaryType = 'arraybuffer';
      given.onmessage = ({ data }) => receive(data);
      given.onclose = giveUp;
      given.onopen = opened;
      if (given.readyState === 'open') opened();
    },
    isOpen: () => channel?.readyState === 'open',
    send,
    roundTripMs: () => (roundTrips.length === 0 ? undefined : Math.min(...roundTrips)),
    async close(withinMs) {
      closing = true;
      clearInterval(heartbeat);
      waiting = [];
      const open = channel;
      if (open === undefined) return;
      open.onmessage = null;
      open.onopen = null;
      open.onclose = null;
      if (open.readyState !== 'open') return;
      // Closing the channel first, not the connection: it waits until everything sent has arrived.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        open.onclose = () => {
          clearTimeout(timer);
          resolve();
        };
        open.close();
      });
      open.onclose = null;
    },
  };
}
