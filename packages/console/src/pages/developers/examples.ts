/** One piece of code, and where it runs. */
export interface Example {
  place?: 'server' | 'page';
  code: string;
}

/** Every type of session. */
export type ExampleType = 'agent_chat' | 'agent_voice' | 'agent_video' | 'webrtc_video';

export interface ExampleOptions {
  /** This server: `https://agents.example.com`. */
  origin: string;
  agentId: number;
  type: ExampleType;
}

export type ExampleLanguage = 'curl' | 'typescript' | 'react';

/** Code that holds a session of a type with an agent. */
export function examplesOf(language: ExampleLanguage, options: ExampleOptions): Example[] {
  const isChat = options.type === 'agent_chat';
  const isDriven = options.type === 'webrtc_video';
  switch (language) {
    case 'curl':
      return [{ code: isChat ? curlChat(options) : isDriven ? curlDriven(options) : curlCall(options) }];
    case 'typescript':
      if (isChat) return [{ code: nodeChat(options) }];
      return [
        { place: 'server', code: sessionForPage(options) },
        { place: 'page', code: isDriven ? drivenPage() : callPage(options) },
      ];
    case 'react':
      return [
        { place: 'server', code: sessionForPage(options) },
        { place: 'page', code: isDriven ? reactDriven() : isChat ? reactChat(options) : reactCall(options) },
      ];
  }
}

const create = ({ origin, agentId, type }: ExampleOptions) => `curl -s ${origin}/api/v1/sessions \\
  -H "x-api-key: $VISAVIS_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"agent_id": ${agentId}, "session_type": "${type}"}'`;

const curlChat = (options: ExampleOptions) => `# 1. Start a session
SESSION=$(${create(options)} | jq .session.session_id)

# 2. Say something; the reply streams
curl -sN ${options.origin}/api/v1/sessions/$SESSION/messages \\
  -H "x-api-key: $VISAVIS_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"message": "Hello! What can you do?", "stream": true}'

# 3. End it
curl -s -X PUT ${options.origin}/api/v1/sessions/$SESSION/end -H "x-api-key: $VISAVIS_API_KEY"`;

const startCall = (options: ExampleOptions) => `STARTED=$(${create(options)})
SESSION=$(echo "$STARTED" | jq .session.session_id)`;

const curlCall = (options: ExampleOptions) => `# 1. Start a session; its answer holds a token for whoever talks in it
${startCall(options)}
SESSION_TOKEN=$(echo "$STARTED" | jq -r .session.session_token)

# 2. Join it: whoever talks sends a WebRTC offer (SDP) with the session token, and gets the answer
curl -s ${options.origin}/api/v1/sessions/$SESSION/connect \\
  -H "authorization: Bearer $SESSION_TOKEN" \\
  -H 'content-type: application/json' \\
  -d '{"sdp": "v=0 …"}'

# 3. Follow what is said, from anywhere
curl -sN ${options.origin}/api/v1/sessions/$SESSION/events -H "x-api-key: $VISAVIS_API_KEY"`;

const curlDriven = (options: ExampleOptions) => `# 1. Start a session; its answer holds session_token and realtime.url
${startCall(options)}

# 2. Open the WebSocket at ${options.origin.replace(/^http/, 'ws')}/api/v1/webrtc?session_token=…
#    -> {"type": "webrtc.offer", "session_id": 123, "sdp": "v=0 …"}     <- {"type": "webrtc.answer", "sdp": "…"}
#    -> {"type": "agent.say", "text": "Good morning!"}                  the avatar's own voice
#    -> {"type": "agent.speak", "audio": "<base64>", "sample_rate": 16000}   speech of yours: PCM, 16 bit, mono
#    -> {"type": "agent.interrupt"}                                     silent at once

# 3. End it
curl -s -X PUT ${options.origin}/api/v1/sessions/$SESSION/end -H "x-api-key: $VISAVIS_API_KEY"`;

const client = ({ origin }: ExampleOptions) => `const client = createClient({
  baseUrl: '${origin}',
  credentials: { apiKey: process.env.VISAVIS_API_KEY ?? '' },
});`;

const nodeChat = (options: ExampleOptions) => `import { createClient } from '@visavis/client';

${client(options)}

const { session } = await client.sessions.create({ agent_id: ${options.agentId}, session_type: '${options.type}' });
for await (const event of client.sessions.messages.stream(session.session_id, 'Hello! What can you do?')) {
  if (event.type === 'reply-delta') process.stdout.write(event.text);
}
await client.sessions.end(session.session_id);`;

const sessionForPage = (options: ExampleOptions) => `import { createClient } from '@visavis/client';

${client(options)}

// Answer your page's request with this: it holds a token for this one session, and no key.
export async function startSession() {
  const { session } = await client.sessions.create({ agent_id: ${options.agentId}, session_type: '${options.type}' });
  return session;
}`;

const mode = (type: ExampleType) => (type === 'agent_video' ? 'video' : type === 'agent_voice' ? 'voice' : 'chat');

const callPage = ({ origin, type }: ExampleOptions) => `import { createClient } from '@visavis/client';
import { connectLive } from '@visavis/client/live';

const button = document.querySelector('button')!;
// The microphone is asked for, and sound is allowed, in answer to this click.
button.onclick = () => {
  const live = connectLive({
    client: createClient({ baseUrl: '${origin}' }),
    session: () => fetch('/start-session', { method: 'POST' }).then((answer) => answer.json()),
    mode: '${mode(type)}',
  });${type === 'agent_video' ? '\n  document.body.append(live.media.video);' : ''}
  live.on('state', ({ activity, problem }) => {
    button.textContent = problem?.text ?? activity ?? '…';
  });
  live.on('reply', ({ content, interrupted }) => console.log(content, { interrupted }));
};`;

const reactStart = ({ origin }: ExampleOptions, hooks: string) => `import { createClient } from '@visavis/client';
import { ${hooks} } from '@visavis/client/react';

const options = {
  client: createClient({ baseUrl: '${origin}' }),
  session: () => fetch('/start-session', { method: 'POST' }).then((answer) => answer.json()),
};`;

const reactCall = (options: ExampleOptions) => {
  const isSeen = options.type === 'agent_video';
  return `${reactStart(options, `${isSeen ? 'AgentPicture, ' : ''}useCaptions, useLiveSession, useLiveState`)}

export function Call() {
  const live = useLiveSession(options);
  const { connection, activity, problem } = useLiveState(live);
  const captions = useCaptions(live);
  const calling = connection !== 'idle' && connection !== 'ended';

  // The microphone is asked for, and sound is allowed, in answer to the click.
  return (
    <>
      ${isSeen ? '<AgentPicture live={live} />\n      ' : ''}{calling ? (
        <button onClick={() => void live?.end()}>Hang up</button>
      ) : (
        <button onClick={() => void live?.setMode('${mode(options.type)}')}>Call</button>
      )}
      <p role="status">{problem?.text ?? activity ?? connection}</p>
      {captions.map(({ key, heard, coming }) => (
        <p key={key}>
          {heard}
          <i>{coming}</i>
        </p>
      ))}
    </>
  );
}`;
};

const reactChat = (options: ExampleOptions) => `${reactStart(options, 'useCaptions, useLiveSession, useLiveState')}

export function Chat() {
  const live = useLiveSession(options);
  const { problem } = useLiveState(live);
  const captions = useCaptions(live);

  return (
    <>
      {captions.map(({ key, text }) => <p key={key}>{text}</p>)}
      <p role="alert">{problem?.text}</p>
      <form action={(form) => void live?.send(String(form.get('text')))}>
        <input name="text" aria-label="Message" required />
        <button>Send</button>
      </form>
    </>
  );
}`;

const DRIVE = `/** Shows the face in \`video\`; what is said is sent over the socket that comes back. */
export async function showFace(session: Started, video: HTMLVideoElement): Promise<WebSocket> {
  const peer = new RTCPeerConnection({ iceServers: session.realtime.ice_servers });
  peer.addTransceiver('audio', { direction: 'recvonly' });
  peer.addTransceiver('video', { direction: 'recvonly' });
  const stream = new MediaStream();
  peer.ontrack = ({ track }) => {
    stream.addTrack(track);
    video.srcObject = stream;
  };
  const socket = new WebSocket(\`\${session.realtime.url}?session_token=\${session.session_token}\`);
  const send = (message: object) => socket.send(JSON.stringify({ session_id: session.session_id, ...message }));
  peer.onicecandidate = ({ candidate }) => candidate && send({ type: 'webrtc.ice_candidate', candidate });
  socket.onmessage = async ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'connection.established') {
      await peer.setLocalDescription();
      send({ type: 'webrtc.offer', sdp: peer.localDescription?.sdp });
    }
    if (message.type === 'webrtc.answer') {
      await peer.setRemoteDescription({ type: 'answer', sdp: message.sdp });
      send({ type: 'agent.say', text: 'Good morning!' });
    }
    if (message.type === 'error') console.error(message.code, message.error);
  };
  return socket;
}`;

const drivenPage = () => `import type { Started } from '@visavis/client';

const session = await fetch('/start-session', { method: 'POST' }).then((answer) => answer.json());
const socket = await showFace(session, document.querySelector('video')!);

/** Speech of your own: raw PCM, signed 16 bit, mono; in pieces of up to 1 MB, as fast as you have it. */
export function speak(pcm: Int16Array, sampleRate = 16_000) {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const audio = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  socket.send(JSON.stringify({ type: 'agent.speak', audio, sample_rate: sampleRate }));
}

${DRIVE}`;

const reactDriven = () => `import type { Started } from '@visavis/client';
import { useRef } from 'react';

export function Face() {
  const video = useRef<HTMLVideoElement>(null);
  const start = async () => {
    const session = await fetch('/start-session', { method: 'POST' }).then((answer) => answer.json());
    if (video.current) await showFace(session, video.current);
  };
  return (
    <>
      <video ref={video} autoPlay playsInline />
      <button onClick={() => void start()}>Start</button>
    </>
  );
}

${DRIVE}`;
