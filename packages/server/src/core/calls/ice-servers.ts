import { createHmac } from 'node:crypto';
import type { IceServer } from './transport.ts';

/** How this server and its clients find each other. */
export interface WebRtcSettings {
  /** Given to every client as they are. */
  iceServers: IceServer[];
  /** TURN servers that share `turnSecret` with this server. */
  turnUrls: string[];
  turnSecret: string | undefined;
  /** How long a client's TURN password is good for a new allocation. */
  turnTtlMs: number;
  /** For the server's own candidates; undefined: any. */
  udpPorts: { min: number; max: number } | undefined;
  /** The address of a 1:1 NAT before this server. */
  publicIp: string | undefined;
  ipv6: boolean;
}

/**
 * The ICE servers of one client. TURN passwords run out after `turnTtlMs`
 * (draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`).
 */
export function iceServersFor(options: { settings: WebRtcSettings; sessionId: number; now: number }): IceServer[] {
  const { settings, sessionId, now } = options;
  if (settings.turnUrls.length === 0 || settings.turnSecret === undefined) return settings.iceServers;
  const username = `${Math.floor((now + settings.turnTtlMs) / 1000)}:${sessionId}`;
  const credential = createHmac('sha1', settings.turnSecret).update(username).digest('base64');
  return [...settings.iceServers, { urls: settings.turnUrls, username, credential }];
}
