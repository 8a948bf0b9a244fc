import type { TransportState } from '../core/calls/transport.ts';

/** A client of which neither a packet nor a text came for so long is lost. */
export const LOST_AFTER_MS = 3_000;

/** When something of the client came last, on one clock, in ms; undefined: never. */
export interface LastSigns {
  connectedAt: number;
  textAt: number | undefined;
  packetAt: number | undefined;
}

/** Whether a connected client is there: one sign is enough, a muted page still sends packets, one without a microphone texts. */
export function presence(signs: LastSigns, now: number): Extract<TransportState, 'connected' | 'lost'> {
  const last = Math.max(signs.connectedAt, signs.textAt ?? 0, signs.packetAt ?? 0);
  return now - last < LOST_AFTER_MS ? 'connected' : 'lost';
}
