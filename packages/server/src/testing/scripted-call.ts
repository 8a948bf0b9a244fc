import wrtc from '@roamhq/wrtc';
import type { ClientEvent, ServerEvent } from '@visavis/protocol';

const { RTCPeerConnection, nonstandard } = wrtc;
const SAMPLE_RATE = 48_000;
/** wrtc takes 10 ms at a time. */
const FRAME = SAMPLE_RATE / 100;

/** What is used of a data channel: wrtc's own types are those of the browser, which are not loaded here. */
interface Channel {
  readyState: string;
  onopen: () => void;
  onmessage: (event: { data: unknown }) => void;
  send(text: string): void;
}

/** The server's end of one WebRTC connection, as a test plays it: real WebRTC, scripted events. */
export interface ScriptedCall {
  /** The channel is open. */
  joined: Promise<void>;
  /** What the client has told so far. */
  received: ClientEvent[];
  send(event: ServerEvent): void;
  /** A tone from now on, or silence; sound never stops being sent. */
  tone(on: boolean): void;
  /** Neither heartbeats nor answers any more: as a server whose network cable was pulled. */
  fallSilent(): void;
  /** Loudest sample that came from the microphone in the last second, 0 to 32768. */
  loudest(): number;
  /** Answers another offer of the same connection; the video in it gets pictures. */
  renew(offerSdp: string): Promise<string>;
  /** Whether pictures are sent. */
  showing(): boolean;
  close(): void;
}

/** Answers an offer; the heartbeat runs as soon as the channel is open. */
export async function answerCall(
  offerSdp: string,
  session: { id: number; resumed: boolean },
): Promise<{ sdp: string; call: ScriptedCall }> {
  const peer = new RTCPeerConnection();
  const source = new nonstandard.RTCAudioSource();
  const camera = new nonstandard.RTCVideoSource();
  const picture = { width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 1.5).fill(128) };
  let showing = false;
  const received: ClientEvent[] = [];
  let channel: Channel | undefined;
  let sounding = false;
  let silent = false;
  let at = 0;
  let loudest = 0;

  const send = (event: ServerEvent) => {
    if (!silent && channel?.readyState === 'open') channel.send(JSON.stringify(event));
  };
  const joined = new Promise<void>((resolve) => {
    peer.ondatachannel = (event: { channel: Channel }) => {
      const opened = event.channel;
      channel = opened;
      opened.onmessage = ({ data }) => {
        if (!silent) received.push(JSON.parse(String(data)) as ClientEvent);
      };
      const begin = () => {
        send({
          type: 'session.joined',
          session_id: session.id,
          session_type: 'agent_voice',
          resumed: session.resumed,
          heartbeat_ms: 1_000,
        });
        resolve();
      };
      if (opened.readyState === 'open') begin();
      else opened.onopen = begin;
    };
  });
  peer.ontrack = ({ track }: { track: never }) => {
    const sink = new nonstandard.RTCAudioSink(track);
    sink.ondata = ({ samples }: { samples: Int16Array }) => {
      loudest = Math.max(loudest * 0.99, ...samples.map(Math.abs));
    };
  };

  const audio = source.createTrack();
  const video = camera.createTrack();
  const answer = async (sdp: string) => {
    await peer.setRemoteDescription({ type: 'offer', sdp });
    showing = false;
    for (const transceiver of peer.getTransceivers()) {
      const sound = transceiver.receiver.track.kind === 'audio';
      const wanted = sound || /^m=video [\s\S]*^a=recvonly/m.test(sdp);
      transceiver.direction = sound ? 'sendrecv' : wanted ? 'sendonly' : 'inactive';
      await transceiver.sender.replaceTrack(wanted ? (sound ? audio : video) : null);
      showing ||= wanted && !sound;
    }
    await peer.setLocalDescription(await peer.createAnswer());
    await new Promise<void>((resolve) => {
      const look = () => peer.iceGatheringState === 'complete' && resolve();
      peer.onicegatheringstatechange = look;
      look();
    });
    return peer.localDescription?.sdp ?? '';
  };
  const answered = await answer(offerSdp);

  const heartbeat = setInterval(() => send({ type: 'ping', at: performance.now() }), 1_000);
  const began = performance.now();
  let frames = 0;
  const pace = setInterval(() => {
    for (; frames * 10 < performance.now() - began; frames += 1) {
      if (showing && frames % 4 === 0) camera.onFrame({ ...picture, data: picture.data.fill(frames % 200, 0, 64 * 64) } as never);
      const samples = new Int16Array(FRAME);
      if (sounding) for (let i = 0; i < FRAME; i += 1) samples[i] = 8_000 * Math.sin((2 * Math.PI * 440 * at++) / SAMPLE_RATE);
      source.onData({ samples, sampleRate: SAMPLE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames: FRAME });
    }
  }, 10);

  const call: ScriptedCall = {
    joined,
    received,
    send,
    tone(on) {
      sounding = on;
    },
    fallSilent() {
      silent = true;
    },
    loudest: () => loudest,
    renew: answer,
    showing: () => showing,
    close() {
      clearInterval(heartbeat);
      clearInterval(pace);
      peer.close();
    },
  };
  return { sdp: answered, call };
}
