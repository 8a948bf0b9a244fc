// A face that this program drives (`webrtc_video`): says a WAV file, and tells what comes back over WebRTC.
//
//   VISAVIS_URL=http://127.0.0.1:3000 VISAVIS_API_KEY=ah_live_... node examples/drive-a-face.mjs speech.wav
//
// Needs a WebRTC package for Node (here @roamhq/wrtc); in a browser, hand its own RTCPeerConnection to `driver.connect`.
import { readFileSync } from 'node:fs';
import wrtc from '@roamhq/wrtc';
import { createClient, driveFace } from '@visavis/client';
import { WebSocket } from 'ws';

const { VISAVIS_URL: baseUrl = 'http://127.0.0.1:3000', VISAVIS_API_KEY: apiKey } = process.env;
const [file] = process.argv.slice(2);
if (!apiKey || !file) {
  console.error('Usage: VISAVIS_API_KEY=... node examples/drive-a-face.mjs FILE.wav');
  process.exit(2);
}
const speech = readWav(readFileSync(file));

const client = createClient({ baseUrl, credentials: { apiKey } });
// The face is that of the agent's avatar; here one of the built-in characters.
const [avatar] = await client.avatars.listPublic({ limit: 1 });
const agent = await client.agents.create({ name: 'Newsreader', avatar_id: avatar?.id ?? null });
const { session } = await client.sessions.create({ agent_id: agent.agent_id, session_type: 'webrtc_video' });

const driver = await driveFace({ url: session.realtime.url, sessionToken: session.session_token, WebSocket });
const peer = new wrtc.RTCPeerConnection({ iceServers: session.realtime.ice_servers });
let frames = 0;
let size = '';
let loudest = 0;
let sink;
peer.ontrack = ({ track }) => {
  if (track.kind === 'video') {
    sink = new wrtc.nonstandard.RTCVideoSink(track);
    sink.onframe = ({ frame }) => {
      // `frame.data` is the picture, as I420.
      frames += 1;
      size = `${frame.width}x${frame.height}`;
    };
  } else {
    new wrtc.nonstandard.RTCAudioSink(track).ondata = ({ samples }) => {
      for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
    };
  }
};
await driver.connect(peer);

const ended = new Promise((resolve, reject) => {
  driver.on('ended', resolve);
  driver.on('closed', ({ code, reason }) => reject(new Error(`The connection was closed: ${code} ${reason}`)));
});
const taken = await driver.speak(speech.samples, speech.sampleRate);
console.log(`Sent ${(taken / 16_000).toFixed(1)} s of speech`);
const { playedMs } = await ended;
console.log(`Played ${(playedMs / 1_000).toFixed(1)} s; ${frames} pictures of ${size}; loudest sample ${loudest}`);

sink?.stop();
peer.close();
driver.close();
await client.sessions.end(session.session_id);
await client.agents.remove(agent.agent_id);
process.exit(0); // The WebRTC package has threads of its own.

/** The samples of a WAV file of 16-bit PCM; of more than one channel, the first. */
function readWav(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let channels = 1;
  let sampleRate = 16_000;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = view.getUint32(at + 4, true);
    if (name === 'fmt ') {
      channels = view.getUint16(at + 10, true);
      sampleRate = view.getUint32(at + 12, true);
      if (view.getUint16(at + 22, true) !== 16) throw new Error(`${file} is not 16-bit PCM`);
    }
    if (name === 'data') {
      const count = Math.floor(Math.min(length, bytes.length - at - 8) / 2 / channels);
      const samples = Int16Array.from({ length: count }, (_, n) => view.getInt16(at + 8 + n * 2 * channels, true));
      return { samples, sampleRate };
    }
    at += 8 + length + (length % 2);
  }
  throw new Error(`${file} is no WAV file`);
}
