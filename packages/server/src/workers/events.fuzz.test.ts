import { afterAll, describe, expect, it } from 'vitest';
import type { VoiceConversation } from '../core/calls/voice-conversation.ts';
import { TURN_DEFAULTS } from '../core/calls/voice-spec.ts';
import { mutated, seededRandom } from '../testing/mutations.ts';
import { connectPeer } from '../testing/webrtc-peer.ts';
import { createAudioClock } from '../transport/audio-clock.ts';
import { createWebRtcTransports } from '../transport/webrtc.ts';
import { createCall } from './call.ts';

const COUNT = Number(process.env.VISAVIS_FUZZ ?? 2_000);
const SEED = Number(process.env.VISAVIS_FUZZ_SEED ?? 1);
/** Sent at a time, so that the channel's buffer does not run over. */
const BATCH = 100;
const EVENTS = [{ type: 'pong', at: 12.5 }, { type: 'playout', reply_id: 'speech_1', played_ms: 250 }, { type: 'interrupt' }];

const open: Array<() => unknown> = [];
afterAll(async () => {
  for (const close of open.reverse()) await close();
});

describe(`${COUNT} events with something wrong in them`, () => {
  it('are refused one by one over a real connection, and the call goes on', { timeout: 60_000 + COUNT * 20 }, async () => {
    const errors: unknown[] = [];
    const played: Array<[string, number]> = [];
    const conversation: VoiceConversation = {
      speech: { follow: () => undefined, position: undefined },
      attach: () => undefined,
      detach: async () => undefined,
      interrupt: () => true,
      played: (replyId, ms) => void played.push([replyId, ms]),
      message: async function* () {
        yield* [];
      },
      close: async () => undefined,
    };
    const clock = createAudioClock((error) => errors.push(error));
    const call = createCall(
      {
        startConversation: async () => conversation,
        createTransport: createWebRtcTransports({ clock, onError: (error) => errors.push(error) }),
        startRecorder: undefined,
        onError: (error) => errors.push(error),
      },
      {
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
      },
      () => undefined,
    );
    open.push(() => call.close());
    const terms = { sessionType: 'agent_voice', face: undefined } as const;
    const peer = await connectPeer({ answer: (offer) => call.connect(offer, terms), keep: false });
    open.push(() => peer.close());
    let refused = 0;
    void (async () => {
      for await (const event of peer.events) if (event.type === 'error') refused++;
    })();

    const random = seededRandom(SEED);
    const marks = () => played.filter(([replyId]) => replyId === 'mark').length;
    for (let sent = 0; sent < COUNT; sent += BATCH) {
      for (let n = 0; n < BATCH; n++) {
        const text = mutated(JSON.stringify(EVENTS[n % EVENTS.length]), random);
        peer.sendRaw(random() < 0.1 ? new TextEncoder().encode(text) : text);
      }
      peer.send({ type: 'playout', reply_id: 'mark', played_ms: sent });
      await expect.poll(marks, { timeout: 20_000 }).toBe(sent / BATCH + 1);
    }
    expect(errors).toEqual([]);
    expect(refused).toBeGreaterThan(COUNT / 4);
    expect(played.every(([replyId, ms]) => replyId.length <= 64 && Number.isFinite(ms) && ms >= 0)).toBe(true);
    expect(peer.state()).toBe('connected');
  });
});
