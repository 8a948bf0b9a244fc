import type { ServerEvent } from '../../packages/protocol/src/realtime.ts';
import { connectPeer, loudness, type WebRtcPeer } from '../../packages/server/src/testing/webrtc-peer.ts';
import type { Product } from './product.ts';

/** Root mean square of 10 ms from which something is to be heard, of 32768: about -40 dBFS. */
const LOUD = 300;
const PIECE_MS = 10;
const MOST_REFUSALS = 15;

/** 10 ms of what came out of the loudspeaker, if it was to be heard. */
export interface LoudPiece {
  at: number;
  samples: Int16Array;
}

/** Somebody in a spoken session: a WebRTC client with jitter buffer and decoder, all times by `performance.now()` of this process. */
export interface Caller {
  sessionId: number;
  peer: WebRtcPeer;
  /** When the offer was posted. */
  connectedFrom: number;
  /** All that was to be heard, oldest first. */
  loud: LoudPiece[];
  events: ServerEvent[];
  /** Says this: when its first sample went out, and its last. */
  say(samples: Int16Array): Promise<{ firstAt: number; lastAt: number }>;
  /** When something was to be heard first after this moment; undefined: nothing within `withinMs` of now. */
  soundAfter(moment: number, withinMs?: number): Promise<number | undefined>;
  /** When the sound that goes on at this moment was over: nothing was heard for `quietMs`. */
  quietAfter(moment: number, quietMs?: number): Promise<number>;
  event<T extends ServerEvent['type']>(
    type: T,
    wanted?: (event: Extract<ServerEvent, { type: T }>) => boolean,
    withinMs?: number,
  ): Promise<Extract<ServerEvent, { type: T }>>;
  hangUp(): Promise<void>;
}

/** Creates a spoken session, with `video` one in which the agent is seen, and joins it. `reportsPlayout`: says every 250 ms how much of a reply it has played, as a page does. */
export async function call(product: Product, agentId: number, { reportsPlayout = false, video = false } = {}): Promise<Caller> {
  const session_type = video ? 'agent_video' : 'agent_voice';
  const { session } = await product.call('POST', '/sessions', { agent_id: agentId, session_type });
  const sessionId: number = session.session_id;
  const loud: LoudPiece[] = [];
  const events: ServerEvent[] = [];
  let connectedFrom = 0;
  const peer = await connectPeer({
    keep: false,
    video,
    async answer(sdp) {
      for (let refusals = 0; ; refusals++) {
        try {
          connectedFrom = performance.now();
          return (await product.call('POST', `/sessions/${sessionId}/connect`, { sdp })).sdp;
        } catch (error) {
          // The server takes no calls while its sound is late; so it is for a while where the machine has much else to do.
          if (refusals === MOST_REFUSALS || !String(error).includes('no-capacity')) throw error;
          await new Promise((resolve) => setTimeout(resolve, 1_000));
        }
      }
    },
  });
  peer.onHeard(({ at, samples }) => {
    if (loudness(samples) > LOUD) loud.push({ at, samples });
  });
  const playing = { replyId: undefined as string | undefined, from: 0 };
  void (async () => {
    for await (const event of peer.events) {
      events.push(event);
      if (event.type === 'reply.playing' && event.playing && event.reply_id !== playing.replyId) {
        playing.replyId = event.reply_id;
        playing.from = loud.length;
      }
    }
  })();
  const reports = reportsPlayout
    ? setInterval(() => {
        const played_ms = (loud.length - playing.from) * PIECE_MS;
        if (playing.replyId !== undefined && played_ms > 0) peer.send({ type: 'playout', reply_id: playing.replyId, played_ms });
      }, 250)
    : undefined;

  return {
    sessionId,
    peer,
    connectedFrom,
    loud,
    events,
    async say(samples) {
      const lastAt = await peer.speak(samples);
      return { firstAt: lastAt - (Math.ceil(samples.length / 480) - 1) * PIECE_MS, lastAt };
    },
    soundAfter: (moment, withinMs = 10_000) => until(() => loud[indexAfter(loud, moment)]?.at, withinMs),
    async quietAfter(moment, quietMs = 200) {
      let last = moment;
      let seen = indexAfter(loud, moment);
      for (;;) {
        for (; seen < loud.length; seen++) {
          const { at } = loud[seen] as LoudPiece;
          if (at - last > quietMs) return last;
          last = at + PIECE_MS;
        }
        if (performance.now() - last > quietMs) return last;
        await new Promise((resolve) => setTimeout(resolve, PIECE_MS));
      }
    },
    async event(type, wanted = () => true, withinMs = 20_000) {
      const found = await until(() => events.find((event) => event.type === type && wanted(event as never)), withinMs);
      if (!found) throw new Error(`No event ${type} came within ${withinMs} ms`);
      return found as never;
    },
    async hangUp() {
      clearInterval(reports);
      await product.call('PUT', `/sessions/${sessionId}/end`);
      peer.close();
    },
  };
}

/** Of the first piece after this moment. */
export function indexAfter(loud: readonly LoudPiece[], moment: number): number {
  let index = loud.length;
  while (index > 0 && (loud[index - 1] as LoudPiece).at > moment) index--;
  return index;
}

async function until<T>(look: () => T | undefined, withinMs: number): Promise<T | undefined> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined || performance.now() > end) return found;
    await new Promise((resolve) => setTimeout(resolve, PIECE_MS / 2));
  }
}
