import wrtc from '@roamhq/wrtc';
import { WebSocket } from 'ws';

const { RTCPeerConnection, nonstandard } = wrtc;

// biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
type Message = Record<string, any>;

/** A program that drives a face: its socket, and what it sees and hears over real WebRTC, without microphone or event channel. */
export interface DriveClient {
  /** Everything the server told, oldest first. */
  told: Message[];
  /** The next message of this type that was not given before. */
  next(type: string): Promise<Message>;
  send(message: Message): void;
  sendRaw(data: string | Buffer): void;
  /** What the socket was closed with. */
  closed: Promise<{ code: number; reason: string }>;
  close(): void;
  socket: WebSocket;
}

/** @param origin of the page that opens it; programs send none */
export async function openSocket(url: string, origin?: string): Promise<DriveClient> {
  const socket = new WebSocket(url, origin === undefined ? {} : { origin });
  const told: Message[] = [];
  const given = new Set<Message>();
  const wakes = new Set<() => void>();
  socket.on('message', (data) => {
    told.push(JSON.parse(String(data)));
    for (const wake of wakes) wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  return {
    told,
    async next(type) {
      for (;;) {
        const found = told.find((message) => message.type === type && !given.has(message));
        if (found) {
          given.add(found);
          return found;
        }
        await new Promise<void>((resolve) => {
          const wake = () => {
            wakes.delete(wake);
            resolve();
          };
          wakes.add(wake);
        });
      }
    },
    send: (message) => socket.send(JSON.stringify(message)),
    sendRaw: (data) => socket.send(data),
    closed,
    close: () => socket.close(),
    socket,
  };
}

export interface Watcher {
  /** 48 kHz mono, 10 ms each, as they arrived. */
  heard: Array<{ at: number; samples: Int16Array }>;
  onSeen(listener: (picture: { at: number; width: number; height: number; data: Uint8Array }) => void): void;
  state(): string;
  close(): void;
}

/** Takes sound and pictures: tells its offer without candidates and its candidates after it, as browsers do. */
export async function watch(client: DriveClient, sessionId: number): Promise<Watcher> {
  const peer = new RTCPeerConnection();
  const heard: Watcher['heard'] = [];
  const seers: Array<Parameters<Watcher['onSeen']>[0]> = [];
  const stops: Array<() => void> = [];
  peer.addTransceiver('audio', { direction: 'recvonly' } as never);
  peer.addTransceiver('video', { direction: 'recvonly' } as never);
  peer.ontrack = ({ track }: { track: { kind: string } }) => {
    if (track.kind === 'audio') {
      const sink = new nonstandard.RTCAudioSink(track as never);
      sink.ondata = ({ samples, sampleRate }: { samples: Int16Array; sampleRate: number }) => {
        if (sampleRate === 48_000) heard.push({ at: performance.now(), samples: new Int16Array(samples) });
      };
      stops.push(() => sink.stop());
    } else {
      const sink = new nonstandard.RTCVideoSink(track as never);
      sink.onframe = ({ frame }: { frame: { width: number; height: number; data: Uint8Array } }) => {
        for (const seer of seers) seer({ at: performance.now(), ...frame });
      };
      stops.push(() => sink.stop());
    }
  };
  peer.onicecandidate = ({ candidate }: { candidate: Message | null }) => {
    if (candidate) client.send({ type: 'webrtc.ice_candidate', session_id: sessionId, candidate });
  };
  const offer = await peer.createOffer();
  client.send({ type: 'webrtc.offer', session_id: sessionId, sdp: offer.sdp });
  await peer.setLocalDescription(offer);
  const { sdp } = await client.next('webrtc.answer');
  await peer.setRemoteDescription({ type: 'answer', sdp });
  await new Promise<void>((resolve, reject) => {
    const look = () => {
      if (peer.connectionState === 'connected') resolve();
      if (peer.connectionState === 'failed') reject(new Error('The connection failed'));
    };
    peer.onconnectionstatechange = look;
    look();
  });
  return {
    heard,
    onSeen: (listener) => void seers.push(listener),
    state: () => peer.connectionState,
    close() {
      for (const stop of stops) stop();
      peer.close();
    },
  };
}

/** A tone as the contract wants speech: 16-bit little-endian PCM in base64. */
export function tone({ hz, seconds, rate }: { hz: number; seconds: number; rate: number }): string {
  const samples = Int16Array.from(
    { length: Math.round(rate * seconds) },
    (_, n) => 12_000 * Math.sin((2 * Math.PI * hz * n) / rate),
  );
  return Buffer.from(samples.buffer).toString('base64');
}

/** Something like a syllable, again and again: 120 Hz with the formants of an a for 200 ms, then 150 ms of silence. As `tone`. */
export function syllables({ seconds, rate }: { seconds: number; rate: number }): string {
  const harmonics = Array.from({ length: 28 }, (_, n) => 120 * (n + 1)).map((hz) => ({
    hz,
    height: 1 / (1 + ((hz - 750) / 150) ** 2) + 0.6 / (1 + ((hz - 1_200) / 180) ** 2) + 0.02,
  }));
  const samples = Int16Array.from({ length: Math.round(rate * seconds) }, (_, n) => {
    if (((n / rate) * 1_000) % 350 > 200) return 0;
    return 4_000 * harmonics.reduce((sum, { hz, height }) => sum + height * Math.sin((2 * Math.PI * hz * n) / rate), 0);
  });
  return Buffer.from(samples.buffer).toString('base64');
}

/** How strong a frequency is in a piece of 48 kHz sound (Goertzel): about the amplitude of a pure tone of it. */
export function strength(samples: Int16Array, hz: number): number {
  let [sin, cos] = [0, 0];
  for (let n = 0; n < samples.length; n++) {
    sin += samples[n]! * Math.sin((2 * Math.PI * hz * n) / 48_000);
    cos += samples[n]! * Math.cos((2 * Math.PI * hz * n) / 48_000);
  }
  return (2 * Math.hypot(sin, cos)) / samples.length;
}
