import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerEvent } from '@visavis/protocol';
import type { CallEvent } from '../core/calls/call-events.ts';
import type { CallSpec, JoinTerms } from '../core/calls/call-host.ts';
import type { FaceSpec, Faces } from '../core/calls/face.ts';
import { TURN_DEFAULTS } from '../core/calls/voice-spec.ts';
import { createFaces } from '../face/live/faces.ts';
import { startEngineThread } from '../providers/engine-process/engine-thread.ts';
import { createAudioClock } from '../transport/audio-clock.ts';
import { createWebRtcTransports } from '../transport/webrtc.ts';
import { createCall } from '../workers/call.ts';
import { mouthOpening } from './disc-face.ts';
import { talkingConversation } from './talking-conversation.ts';
import { connectPeer, loudness } from './webrtc-peer.ts';

const SPEC: CallSpec = {
  resumed: false,
  recordIn: undefined,
  iceServers: [],
  conversation: {
    sessionId: 7,
    instructions: '',
    history: [],
    models: [],
    voice: { language: 'en', ears: [], voices: [], turn: TURN_DEFAULTS, greeting: undefined, endsAt: 1e15 },
  },
};

export const VOICE: JoinTerms = { sessionType: 'agent_voice', face: undefined };

/** Everything of a worker that carries calls with faces, in this process: real threads, real connections, drawn discs. */
export function createVideoWorld({
  mostFaces = 8,
  latenessMs,
  draws = 'discs',
}: {
  mostFaces?: number;
  latenessMs?: () => number;
  draws?: 'discs' | 'assets';
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-faces-'));
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const clock = createAudioClock(onError);
  const threads: Array<ReturnType<typeof startEngineThread>> = [];
  const faces: Faces = createFaces({
    startThread(entry) {
      const thread = startEngineThread(entry);
      threads.push(thread);
      return thread;
    },
    ...(draws === 'discs' && { parts: new URL('./disc-face.ts', import.meta.url).href }),
    mostFaces,
    // The machine that tests run on is busy with other tests.
    latenessMs: latenessMs ?? (() => 0),
    onError,
  });
  const createTransport = createWebRtcTransports({ clock, onError });
  const closing: Array<() => unknown> = [];

  /** How a client wants to see a disc. */
  const video = (asset: string | Uint8Array = 'disc', side = 128): JoinTerms & { face: FaceSpec } => {
    const assetFile = join(folder, typeof asset === 'string' ? asset : 'asset.face');
    writeFileSync(assetFile, asset);
    const picture = { width: side, height: side, background: { type: 'own' as const } };
    return { sessionType: 'agent_video', face: { assetFile, picture, seed: 1, kilobitsPerSecond: 500 } };
  };

  /** A call that nobody has joined yet. */
  const beginCall = () => {
    const talk = talkingConversation();
    const events: CallEvent[] = [];
    const call = createCall(
      { startConversation: talk.start, createTransport, startRecorder: undefined, faces, onError },
      SPEC,
      (event) => events.push(event),
    );
    closing.push(() => call.close());
    return { talk, call, events };
  };

  /** A call, and a client in it who takes pictures where the terms have a face. */
  const joinCall = async (terms: JoinTerms, { takesPictures = terms.face !== undefined } = {}) => {
    const { talk, call, events } = beginCall();
    const now = { terms };
    const client = await connectPeer({ video: takesPictures, answer: (offer) => call.connect(offer, now.terms) });
    closing.push(() => client.close());
    const seen: Array<{ at: number; open: number; width: number }> = [];
    const heard: Array<{ at: number; loud: number }> = [];
    const told: ServerEvent[] = [];
    const toldAt: number[] = [];
    client.onSeen((picture) => seen.push({ at: picture.at, open: mouthOpening(picture), width: picture.width }));
    client.onHeard(({ at, samples }) => heard.push({ at, loud: loudness(samples) }));
    void (async () => {
      for await (const event of client.events) {
        told.push(event);
        toldAt.push(performance.now());
      }
    })();
    return { talk, call, client, events, seen, heard, told, toldAt, now };
  };

  return {
    faces,
    errors,
    video,
    begin: beginCall,
    join: joinCall,
    threads,
    /** As if its process had crashed there. */
    killThread: () => threads.at(-1)?.terminate(),
    async close() {
      for (const close of closing.splice(0).reverse()) await close();
      await faces.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** 24 kHz: a tone that comes and goes, `onMs` loud and `offMs` silent. */
export function bursts({ seconds, onMs, offMs }: { seconds: number; onMs: number; offMs: number }): Int16Array {
  const samples = new Int16Array(24_000 * seconds);
  for (let n = 0; n < samples.length; n++) {
    const ms = (n / 24) % (onMs + offMs);
    if (ms < onMs) samples[n] = 9_000 * Math.sin((2 * Math.PI * 300 * n) / 24_000);
  }
  return samples;
}
