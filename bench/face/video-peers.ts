import nodeDataChannel from 'node-datachannel';
import { humanSentences } from '../harness/human-speech.ts';
import { percentile, round } from '../harness/machine.ts';
import { PACKET_MS, type SpeechLoop, speechLoops } from '../voice/speech-loops.ts';

// Clients that see and hear in one process that costs little: real WebRTC (libdatachannel); nothing is decoded. As a browser does, they tell
// how much they can take (REMB), and ask for what is missing.

export type ToPeers =
  | { type: 'connect'; url: string; apiKey: string; agentId: number; n: number }
  | { type: 'begin' }
  | { type: 'end' };

export type FromPeers =
  | { type: 'ready' }
  | { type: 'connected' }
  | { type: 'failed'; reason: string }
  | { type: 'result'; result: PeersResult };

/** What the clients got while it was measured. */
export interface PeersResult {
  /** Pictures a second while the agent spoke, of the session with the fewest, and of all. */
  speaking_fps_worst: number;
  speaking_fps_median: number;
  /** All pictures, by time. */
  fps_median: number;
  /** Share of the time in which the agent spoke. */
  speaking: number;
  kilobits_median: number;
  /** How often the pictures became worse or better, told to all together. */
  quality_changes: string[];
  late_ms_p50: number;
  late_ms_p99: number;
  late_ms_max: number;
  packets_expected: number;
  packets_received: number;
  turns: number;
  unanswered: number;
  peer_cpu: number;
}

const AUDIO_TYPE = 111;
const VIDEO_TYPE = 96;
/** A packet of a tone has some 80 bytes, one of silence at most 10. */
const SOUND_BYTES = 25;
const FIRST_SSRC = 1_000;
const LOOPS = 6;
/** 10 s: 3.84 s the user, then 4.75 s the agent. */
const LOOP_PACKETS = 500;
const CONNECT_MS = 10_000;
const MOST_FAILURES = 5;
const TAKES_BITS = 3_000_000;
/** Sound that goes on after so short a pause is of the same speech. */
const PAUSE_MS = 200;

interface Peer {
  track: InstanceType<typeof nodeDataChannel.Track>;
  close(): void;
  header: Buffer;
  loop: SpeechLoop;
  phase: number;
  sequence: number;
  firstTimestamp: number | undefined;
  delays: number[];
  waitingSince: number | undefined;
  turns: number;
  unanswered: number;
  /** Arrivals of packets with sound, of whole pictures, and all bytes of pictures. */
  sounds: number[];
  pictures: number[];
  videoBytes: number;
}

const peers: Peer[] = [];
/** What was told of the pictures' quality while it was measured. */
const levels: string[] = [];
let measuring = false;
const tell = (message: FromPeers) => process.send?.(message);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function post(url: string, apiKey: string, body: object): Promise<{ sdp?: string; session?: { session_id: number } }> {
  const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json() as never;
}

type Connect = Extract<ToPeers, { type: 'connect' }>;

/** libdatachannel as the offering side sometimes refuses an answer ("a remote candidate without ICE transport"): then once more. */
async function connectAtLast(index: number, to: Connect): Promise<Peer> {
  const wish = { agent_id: to.agentId, session_type: 'agent_video' };
  const { session } = await post(`${to.url}/api/v1/sessions`, to.apiKey, wish);
  for (let failures = 0; ; failures++) {
    try {
      return await connect(index, session?.session_id ?? 0, to);
    } catch (error) {
      if (failures === MOST_FAILURES || !String(error).includes('ICE transport')) throw error;
    }
  }
}

async function connect(index: number, sessionId: number, to: Connect): Promise<Peer> {
  const connection = new nodeDataChannel.PeerConnection(`peer-${index}`, { iceServers: [], disableAutoNegotiation: true });
  const audio = new nodeDataChannel.Audio('0', 'SendRecv');
  audio.addOpusCodec(AUDIO_TYPE);
  audio.addSSRC(FIRST_SSRC + index, 'peer', 'peer', 'microphone');
  const track = connection.addTrack(audio);
  const video = new nodeDataChannel.Video('1', 'RecvOnly');
  video.addVP8Codec(VIDEO_TYPE);
  const screen = connection.addTrack(video);
  screen.setMediaHandler(new nodeDataChannel.RtcpReceivingSession());
  const events = connection.createDataChannel('events');
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = AUDIO_TYPE;
  header.writeUInt32BE(FIRST_SSRC + index, 8);
  const peer: Peer = {
    track,
    close: () => connection.close(),
    header,
    loop: loops[index % loops.length] as SpeechLoop,
    phase: Math.round((LOOP_PACKETS * index) / to.n),
    sequence: 0,
    firstTimestamp: undefined,
    delays: [],
    waitingSince: undefined,
    turns: 0,
    unanswered: 0,
    sounds: [],
    pictures: [],
    videoBytes: 0,
  };
  track.onMessage((packet) => hear(peer, packet));
  screen.onMessage((packet) => see(peer, packet));
  screen.onOpen(() => screen.requestBitrate(TAKES_BITS));
  events.onMessage((text) => {
    if (typeof text !== 'string') return;
    const level = /"type":"video.quality","level":"([a-z-]+)"/.exec(text)?.[1];
    if (level !== undefined && measuring) levels.push(level);
    if (text.startsWith('{"type":"ping"') && events.isOpen()) events.sendMessage(text.replace('ping', 'pong'));
  });
  const gathered = new Promise<void>((resolve) => {
    connection.onGatheringStateChange((state) => state === 'complete' && resolve());
  });
  const stands = new Promise<void>((resolve) => events.onOpen(resolve));
  connection.setLocalDescription('offer');
  await gathered;
  const answer = await post(`${to.url}/api/v1/sessions/${sessionId}/connect`, to.apiKey, {
    sdp: connection.localDescription()?.sdp,
  });
  if (answer.sdp === undefined) throw new Error(JSON.stringify(answer));
  try {
    connection.setRemoteDescription(answer.sdp, 'answer' as never);
  } catch (error) {
    connection.close();
    throw error;
  }
  await Promise.race([stands, pause(CONNECT_MS).then(() => Promise.reject(new Error(`No connection within ${CONNECT_MS} ms`)))]);
  return peer;
}

/** RTCP has types 192 to 223 where RTP has its payload type. */
const isRtcp = (packet: Buffer) => (packet[1] as number) >= 192 && (packet[1] as number) <= 223;

function hear(peer: Peer, packet: Buffer): void {
  if (!measuring || isRtcp(packet)) return;
  const now = performance.now();
  const first = packet[0] as number;
  const timestamp = packet.readUInt32BE(4);
  peer.firstTimestamp ??= timestamp;
  peer.delays.push(now - ((timestamp - peer.firstTimestamp) | 0) / 48);
  const extension = (first & 16) === 0 ? 0 : 4 + 4 * packet.readUInt16BE(14 + 4 * (first & 15));
  if (packet.length - 12 - 4 * (first & 15) - extension <= SOUND_BYTES) return;
  peer.sounds.push(now);
  peer.waitingSince = undefined;
}

function see(peer: Peer, packet: Buffer): void {
  if (!measuring || isRtcp(packet)) return;
  peer.videoBytes += packet.length;
  // The marker: the last packet of a picture (RFC 7741, 4.1).
  if (((packet[1] as number) & 0x80) !== 0) peer.pictures.push(performance.now());
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
  peer.waitingSince = performance.now();
}

function missed(peer: Peer): void {
  if (peer.waitingSince !== undefined) peer.unanswered++;
  peer.waitingSince = undefined;
}

/** From the first to the last sound of each speech of the agent. */
function speechesOf(sounds: readonly number[]): Array<[number, number]> {
  const speeches: Array<[number, number]> = [];
  for (const at of sounds) {
    const last = speeches.at(-1);
    if (last && at - last[1] < PAUSE_MS) last[1] = at;
    else speeches.push([at, at]);
  }
  return speeches;
}

function speakingFps({ sounds, pictures }: Peer): number {
  let shown = 0;
  let ms = 0;
  for (const [from, to] of speechesOf(sounds)) {
    ms += to - from;
    shown += pictures.filter((at) => at >= from && at < to).length;
  }
  return (shown / ms) * 1_000;
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
  const late = peers.flatMap(({ delays }) => {
    const earliest = delays.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
    return delays.map((each) => each - earliest);
  });
  const fps = peers.map(speakingFps);
  const spoken = peers.flatMap(({ sounds }) => speechesOf(sounds)).reduce((sum, [begin, end]) => sum + end - begin, 0);
  const median = (values: readonly number[]) => round(percentile(values, 0.5), 1);
  return {
    speaking_fps_worst: round(Math.min(...fps), 1),
    speaking_fps_median: median(fps),
    fps_median: median(peers.map(({ pictures }) => (pictures.length / ms) * 1_000)),
    speaking: round(spoken / ms / peers.length),
    kilobits_median: round(median(peers.map(({ videoBytes }) => (videoBytes * 8) / ms)), 0),
    quality_changes: levels,
    late_ms_p50: median(late),
    late_ms_p99: round(percentile(late, 0.99), 1),
    late_ms_max: round(
      late.reduce((most, each) => Math.max(most, each), 0),
      0,
    ),
    packets_expected: Math.round((ms / PACKET_MS) * peers.length),
    packets_received: late.length,
    // The last turn of a peer may still be waiting.
    turns: peers.reduce((sum, peer) => sum + peer.turns - (peer.waitingSince === undefined ? 0 : 1), 0),
    unanswered: peers.reduce((sum, peer) => sum + peer.unanswered, 0),
    peer_cpu: round((user + system) / 1000 / ms),
  };
}

const loops = await speechLoops(humanSentences(), LOOPS, LOOP_PACKETS);

process.on('message', async (message: ToPeers) => {
  if (message.type === 'connect') {
    try {
      beginPacing();
      for (let index = 0; index < message.n; index++) peers.push(await connectAtLast(index, message));
      tell({ type: 'connected' });
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
