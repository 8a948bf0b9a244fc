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
  close(): void;
}

/** Answers an offer; the heartbeat runs as soon as the channel is open. */
export async function answerCall(
  offerSdp: string,
  session: { id: number; resumed: boolean },
): Promise<{ sdp: string; call: ScriptedCall }> {
  const peer = new RTCPeerConnection();
  const source = new nonstandard.RTCAudioSource();
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

  await peer.setRemoteDescription({ type: 'offer', sdp: offerSdp });
  for (const transceiver of peer.getTransceivers()) {
    transceiver.direction = 'sendrecv';
    await transceiver.sender.replaceTrack(source.createTrack());
  }
  await peer.setLocalDescription(await peer.createAnswer());
  await new Promise<void>((resolve) => {
    const look = () => peer.iceGatheringState === 'complete' && resolve();
    peer.onicegatheringstatechange = look;
    look();
  });

  const heartbeat = setInterval(() => send({ type: 'ping', at: performance.now() }), 1_000);
  const began = performance.now();
  let frames = 0;
  const pace = setInterval(() => {
    for (; frames * 10 < performance.now() - began; frames += 1) {
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
    close() {
      clearInterval(heartbeat);
      clearInterval(pace);
      peer.close();
    },
  };
  return { sdp: peer.localDescription?.sdp ?? '', call };
}
