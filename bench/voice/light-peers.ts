import nodeDataChannel from 'node-datachannel';
import { humanSentences } from '../harness/human-speech.ts';
import { percentile, round } from '../harness/machine.ts';
import { LOOP_PACKETS, PACKET_MS, type SpeechLoop, speechLoops } from './speech-loops.ts';

// Many clients in one process that cost little: real WebRTC (libdatachannel), sound that was encoded before, and nothing is decoded.

/** What the parent tells. */
export type ToPeers =
  | { type: 'connect'; url: string; apiKey: string; agentId: number; n: number }
  /** The measurement begins, or ends. */
  | { type: 'begin' }
  | { type: 'end' };

export type FromPeers =
  | { type: 'ready' }
  | { type: 'connected'; refusals: number }
  | { type: 'failed'; reason: string }
  | { type: 'result'; result: PeersResult };

/** What the clients saw while it was measured. */
export interface PeersResult {
  /** Lateness of all packets, each against the earliest of its stream. */
  late_ms_p50: number;
  late_ms_p99: number;
  late_ms_max: number;
  /** Of the session with the worst. */
  late_ms_p99_worst: number;
  packets_expected: number;
  packets_received: number;
  turns: number;
  unanswered: number;
  /** From the packet with the last sound to the first packet of the reply, default settings. */
  response_ms_p50: number;
  response_ms_p95: number;
  /** Share of one core. */
  peer_cpu: number;
}

const PAYLOAD_TYPE = 111;
/** A packet of a tone has some 80 bytes, one of silence at most 10. */
const SOUND_BYTES = 25;
const FIRST_SSRC = 1_000;
const LOOPS = 6;
const MOST_RETRIES = 20;
const MOST_FAILURES = 5;
const CONNECT_MS = 10_000;

interface Peer {
  track: InstanceType<typeof nodeDataChannel.Track>;
  close(): void;
  header: Buffer;
  loop: SpeechLoop;
  /** Packets by which its loop is behind. */
  phase: number;
  sequence: number;
  firstTimestamp: number | undefined;
  /** Arrival minus time of the stream, in ms. */
  delays: number[];
  waitingSince: number | undefined;
  waits: number[];
  turns: number;
  unanswered: number;
  sounding: boolean;
}

const peers: Peer[] = [];
let measuring = false;
let refusals = 0;

const tell = (message: FromPeers) => process.send?.(message);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function post(url: string, apiKey: string, body: object): Promise<Record<string, never> & { code?: string }> {
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json() as never;
}

/** libdatachannel as the offering side sometimes refuses an answer ("a remote candidate without ICE transport"): then once more. */
async function connectAtLast(index: number, n: number, to: Extract<ToPeers, { type: 'connect' }>): Promise<Peer> {
  const { session } = (await post(`${to.url}/api/v1/sessions`, to.apiKey, {
    agent_id: to.agentId,
    session_type: 'agent_voice',
  })) as unknown as { session: { session_id: number } };
  for (let failures = 0; ; failures++) {
    try {
      return await connect(index, n, session.session_id, to);
    } catch (error) {
      if (failures === MOST_FAILURES || !String(error).includes('ICE transport')) throw error;
    }
  }
}

async function connect(index: number, n: number, sessionId: number, to: Extract<ToPeers, { type: 'connect' }>): Promise<Peer> {
  const connection = new nodeDataChannel.PeerConnection(`peer-${index}`, { iceServers: [], disableAutoNegotiation: true });
  const audio = new nodeDataChannel.Audio('0', 'SendRecv');
  audio.addOpusCodec(PAYLOAD_TYPE);
  audio.addSSRC(FIRST_SSRC + index, 'peer', 'peer', 'microphone');
  const track = connection.addTrack(audio);
  const events = connection.createDataChannel('events');
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = PAYLOAD_TYPE;
  header.writeUInt32BE(FIRST_SSRC + index, 8);
  const peer: Peer = {
    track,
    close: () => connection.close(),
    header,
    loop: loops[index % loops.length] as SpeechLoop,
    phase: Math.round((LOOP_PACKETS * index) / n),
    sequence: 0,
    firstTimestamp: undefined,
    delays: [],
    waitingSince: undefined,
    waits: [],
    turns: 0,
    unanswered: 0,
    sounding: false,
  };
  track.onMessage((packet) => receive(peer, packet));
  events.onMessage((text) => {
    if (typeof text === 'string' && text.startsWith('{"type":"ping"')) events.sendMessage(text.replace('ping', 'pong'));
  });
  const gathered = new Promise<void>((resolve) => {
    connection.onGatheringStateChange((state) => state === 'complete' && resolve());
  });
  const stands = new Promise<void>((resolve) => events.onOpen(resolve));
  connection.setLocalDescription('offer');
  await gathered;
  const sdp = connection.localDescription()?.sdp;
  for (let refused = 0; ; refused++) {
    const answer = await post(`${to.url}/api/v1/sessions/${sessionId}/connect`, to.apiKey, { sdp });
    if (answer.sdp !== undefined) {
      try {
        connection.setRemoteDescription(answer.sdp, 'answer');
      } catch (error) {
        connection.close();
        throw error;
      }
      break;
    }
    if (answer.code !== 'no-capacity' || refused === MOST_RETRIES) throw new Error(JSON.stringify(answer));
    refusals++;
    await pause(500);
  }
  await Promise.race([stands, pause(CONNECT_MS).then(() => Promise.reject(new Error(`No connection within ${CONNECT_MS} ms`)))]);
  return peer;
}

function receive(peer: Peer, packet: Buffer): void {
  // RTCP has types 192 to 223 where RTP has its payload type.
  const type = packet[1] as number;
  if (!measuring || (type >= 192 && type <= 223)) return;
  const now = performance.now();
  const first = packet[0] as number;
  const timestamp = packet.readUInt32BE(4);
  peer.firstTimestamp ??= timestamp;
  peer.delays.push(now - ((timestamp - peer.firstTimestamp) | 0) / 48);
  const extension = (first & 16) === 0 ? 0 : 4 + 4 * packet.readUInt16BE(14 + 4 * (first & 15));
  peer.sounding = packet.length - 12 - 4 * (first & 15) - extension > SOUND_BYTES;
  if (!peer.sounding || peer.waitingSince === undefined) return;
  peer.waits.push(now - peer.waitingSince);
  peer.waitingSince = undefined;
}

function send(peer: Peer, tick: number): void {
  const at = (tick - peer.phase) % LOOP_PACKETS;
  const packet = (at >= 0 ? peer.loop.packets[at] : peer.loop.packets.at(-1)) as Buffer;
  peer.header.writeUInt16BE(peer.sequence & 0xffff, 2);
  peer.header.writeUInt32BE((peer.sequence * 960) >>> 0, 4);
  peer.sequence++;
  if (peer.track.isOpen()) peer.track.sendMessageBinary(Buffer.concat([peer.header, packet]));
  if (at === 0) missed(peer);
  if (at !== peer.loop.lastSpeech || !measuring) return;
  peer.turns++;
  // A reply that began before the end of the turn is none to it.
  peer.waitingSince = performance.now();
}

/** The next turn begins: what was not answered by now will not be. */
function missed(peer: Peer): void {
  if (peer.waitingSince !== undefined) peer.unanswered++;
  peer.waitingSince = undefined;
}

let cpu = process.cpuUsage();
let from = 0;
let ticks = 0;
let pacing: NodeJS.Timeout | undefined;
const beginPacing = () => {
  const startedAt = performance.now();
  const run = () => {
    for (; startedAt + ticks * PACKET_MS <= performance.now(); ticks++) for (const peer of peers) send(peer, ticks);
    pacing = setTimeout(run, Math.max(0, startedAt + ticks * PACKET_MS - performance.now()));
  };
  run();
};

function result(): PeersResult {
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  const late = peers.map(({ delays }) => {
    const earliest = delays.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    return delays.map((each) => each - earliest);
  });
  const all = late.flat();
  const waits = peers.flatMap((peer) => peer.waits);
  return {
    late_ms_p50: round(percentile(all, 0.5), 1),
    late_ms_p99: round(percentile(all, 0.99), 1),
    late_ms_max: round(
      all.reduce((most, each) => Math.max(most, each), 0),
      0,
    ),
    late_ms_p99_worst: round(Math.max(...late.map((each) => percentile(each, 0.99))), 1),
    packets_expected: Math.round((ms / PACKET_MS) * peers.length),
    packets_received: all.length,
    // The last turn of a peer may still be waiting.
    turns: peers.reduce((sum, peer) => sum + peer.turns - (peer.waitingSince === undefined ? 0 : 1), 0),
    unanswered: peers.reduce((sum, peer) => sum + peer.unanswered, 0),
    response_ms_p50: round(percentile(waits, 0.5), 0),
    response_ms_p95: round(percentile(waits, 0.95), 0),
    peer_cpu: round((user + system) / 1000 / ms),
  };
}

const loops = await speechLoops(humanSentences(), LOOPS);

process.on('message', async (message: ToPeers) => {
  if (message.type === 'connect') {
    try {
      beginPacing();
      for (let index = 0; index < message.n; index++) peers.push(await connectAtLast(index, message.n, message));
      tell({ type: 'connected', refusals });
    } catch (error) {
      tell({ type: 'failed', reason: String(error) });
    }
  } else if (message.type === 'begin') {
    cpu = process.cpuUsage();
    from = performance.now();
    measuring = true;
  } else {
    const figures = result();
    measuring = false;
    clearTimeout(pacing);
    for (const peer of peers) peer.close();
    tell({ type: 'result', result: figures });
  }
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'ready' });
