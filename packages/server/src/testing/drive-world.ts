import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTextVoice } from '../compose-speech-engines.ts';
import { createStartDrivenConversation } from '../conversation/driven/start-driven-conversation.ts';
import type { Faces } from '../core/calls/face.ts';
import type { VoiceEndpoint } from '../core/calls/voice-spec.ts';
import { createFaces } from '../face/live/faces.ts';
import { startEngineThread } from '../providers/engine-process/engine-thread.ts';
import { createLanguageModelConnections } from '../providers/openai-compatible/connections.ts';
import { createAudioClock } from '../transport/audio-clock.ts';
import { createWebRtcTransports } from '../transport/webrtc.ts';
import type { WorkerHost } from '../workers/worker-host.ts';
import { createInProcessHost } from './in-process-host.ts';
import { startTestApi } from './test-api.ts';

const PICTURE = { width: 192, height: 192, background: { type: 'own' as const } };

/** A server with driven faces (drawn discs) that listens on a port. `host`: by default its worker is in this process. */
export async function createDriveWorld({
  voices = [],
  mostFaces = 8,
  host,
  asset = 'disc',
  now,
  rateLimit = false,
}: {
  voices?: VoiceEndpoint[];
  mostFaces?: number;
  host?: WorkerHost;
  /** What the worker draws; a disc is only drawn by the one in this process. */
  asset?: string | Uint8Array;
  now?: () => number;
  rateLimit?: boolean;
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-drive-'));
  const assetFile = join(folder, 'disc');
  writeFileSync(assetFile, asset);
  const errors: unknown[] = [];
  const logged: string[] = [];
  const onError = (error: unknown) => errors.push(error);
  const clock = createAudioClock(onError);
  const faces: Faces = createFaces({
    startThread: startEngineThread,
    parts: new URL('./disc-face.ts', import.meta.url).href,
    mostFaces,
    latenessMs: () => 0,
    onError,
  });
  const connections = createLanguageModelConnections();
  const here = createInProcessHost(
    () => Promise.reject(new Error('Nothing is written here')),
    {},
    {
      startConversation: () => Promise.reject(new Error('Nobody converses here')),
      startDriven: createStartDrivenConversation({
        createVoice: (endpoints, options) => createTextVoice(endpoints, { ...options, connections }),
        onError,
      }),
      createTransport: createWebRtcTransports({ clock, onError }),
      startRecorder: undefined,
      faces,
      onError,
    },
  );
  const api = await startTestApi({
    host: host ?? here.host,
    rateLimit,
    log: (line) => logged.push(line),
    ...(now && { now }),
    resolveSpeech: async () => ({ ears: [], voices, warnings: [] }),
    resolveFace: async () => ({ spec: { assetFile, picture: PICTURE, seed: 1, kilobitsPerSecond: 500 }, warnings: [] }),
  });
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });

  return {
    api,
    faces,
    errors,
    logged,
    address,
    assetFile,
    /** Starts a session; gives its id and the address of its socket. */
    async session(type = 'webrtc_video', properties: object = {}) {
      const agent = await api.call('POST', '/agents', { name: 'Face', properties });
      const { body } = await api.call('POST', '/sessions', { agent_id: agent.body.agent.agent_id, session_type: type });
      const { session_id: id, session_token: token, warnings } = body.session;
      return { id: id as number, token: token as string, warnings, url: urlOf(address, token) };
    },
    async close() {
      await here.conversations.close();
      await api.close();
      await faces.close();
      await connections.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const urlOf = (address: string, token: string) => `${address.replace('http', 'ws')}/api/v1/webrtc?session_token=${token}`;
