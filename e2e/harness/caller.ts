import type { ClientEvent, ServerEvent } from '../../packages/protocol/src/realtime.ts';
import { atRate, say } from '../../packages/server/src/testing/real-speech.ts';
import { connectPeer, type WebRtcPeer } from '../../packages/server/src/testing/webrtc-peer.ts';
import type { SessionBody } from './api-client.ts';
import type { Product } from './product.ts';
import { until } from './until.ts';

/** Somebody in a spoken session: a real WebRTC peer. */
export interface Caller {
  sessionId: number;
  peer: WebRtcPeer;
  /** Everything the server told, oldest first. */
  events: ServerEvent[];
  /** Waits for an event; one that came already counts. */
  event<T extends ServerEvent['type']>(
    type: T,
    wanted?: (event: Extract<ServerEvent, { type: T }>) => boolean,
    withinMs?: number,
  ): Promise<Extract<ServerEvent, { type: T }>>;
  send(event: ClientEvent): void;
}

export async function createCall(product: Product, agentId: number, type = 'agent_voice'): Promise<SessionBody> {
  const body = { agent_id: agentId, session_type: type };
  return (await product.api.ok<{ session: SessionBody }>('POST', 'sessions', body)).session;
}

/** Joins a session; `from`: events of an earlier connection are left behind. */
export async function joinCall(product: Product, sessionId: number): Promise<Caller> {
  const peer = await connectPeer({
    answer: async (sdp) => (await product.api.ok<{ sdp: string }>('POST', `sessions/${sessionId}/connect`, { sdp })).sdp,
  });
  const events: ServerEvent[] = [];
  void (async () => {
    for await (const event of peer.events) events.push(event);
  })();
  return {
    sessionId,
    peer,
    events,
    event: (type, wanted = () => true, withinMs = 20_000) =>
      until(`the event ${type}`, () => events.find((event) => event.type === type && wanted(event as never)) as never, withinMs),
    send: (event) => peer.send(event),
  };
}

/** A sentence as somebody says it, at 48 kHz. */
export async function spoken(endpoint: Parameters<typeof say>[0], text: string, voice = 'local/samuel'): Promise<Int16Array> {
  const { samples } = await say(endpoint, text, { voice });
  return atRate(samples, 24_000, 48_000);
}
