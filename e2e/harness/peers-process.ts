import { connectPeer, type WebRtcPeer } from '../../packages/server/src/testing/webrtc-peer.ts';

/** What a process of clients is told. */
export type ToPeers = { type: 'join'; url: string; apiKey: string; sessionId: number } | { type: 'leave'; sessionId: number };
/** And what it tells. */
export type FromPeers = { type: 'joined' | 'failed' | 'left'; sessionId: number; problem?: string };

// Clients in a process of their own: killed with it, they go without a word.

const peers = new Map<number, WebRtcPeer>();
const tell = (message: FromPeers) => process.send?.(message);

async function join({ url, apiKey, sessionId }: Extract<ToPeers, { type: 'join' }>): Promise<void> {
  try {
    const peer = await connectPeer({
      keep: false,
      async answer(sdp) {
        const response = await fetch(`${url}/api/v1/sessions/${sessionId}/connect`, {
          method: 'POST',
          headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
          body: JSON.stringify({ sdp }),
        });
        const body = (await response.json()) as { sdp?: string; error?: string };
        if (!body.sdp) throw new Error(`${response.status} ${body.error}`);
        return body.sdp;
      },
    });
    peers.set(sessionId, peer);
    for await (const event of peer.events) if (event.type === 'session.joined') break;
    tell({ type: 'joined', sessionId });
  } catch (error) {
    tell({ type: 'failed', sessionId, problem: String(error) });
  }
}

process.on('message', (message: ToPeers) => {
  if (message.type === 'join') void join(message);
  else {
    peers.get(message.sessionId)?.close();
    peers.delete(message.sessionId);
    tell({ type: 'left', sessionId: message.sessionId });
  }
});
process.on('disconnect', () => process.exit(0));
