import type { ServerEvent } from '@visavis/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallEvent } from '../core/calls/call-events.ts';
import type { CallSpec, JoinTerms } from '../core/calls/call-host.ts';
import type { AudioLine, Transport, TransportState } from '../core/calls/transport.ts';
import type { StartVoiceConversation, VoiceConversation } from '../core/calls/voice-conversation.ts';
import { TURN_DEFAULTS } from '../core/calls/voice-spec.ts';
import { AppError } from '../core/errors.ts';
import { type Call, createCall } from './call.ts';

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

const VOICE: JoinTerms = { sessionType: 'agent_voice', face: undefined };

/** A connection that a test moves from state to state; the real one has tests of its own. */
function connectionHere() {
  const sent: ServerEvent[] = [];
  const line: AudioLine = { onMicrophone: () => undefined, play: () => undefined };
  let onState: (state: TransportState) => void = () => undefined;
  let onText: (text: string) => void = () => undefined;
  const transport: Transport & { move(state: TransportState): void; say(text: string): void; sent: ServerEvent[] } = {
    line,
    video: undefined,
    renews: () => false,
    addCandidate: async () => undefined,
    state: 'connecting',
    sent,
    answer: async (offer) => {
      if (offer === 'bad') throw new AppError('offer-invalid');
      return `answer to ${offer}`;
    },
    send: (text) => void sent.push(JSON.parse(text)),
    onText: (listener) => (onText = listener),
    onState: (listener) => (onState = listener),
    playoutDelayMs: () => 0,
    async close() {
      this.move('closed');
    },
    move(state) {
      if (transport.state === state || transport.state === 'closed') return;
      (transport as { state: TransportState }).state = state;
      onState(state);
    },
    say: (text) => onText(text),
  };
  return transport;
}
type Connection = ReturnType<typeof connectionHere>;

let connections: Connection[];
let done: string[];
let events: CallEvent[];
let call: Call;

const conversation = (over: Partial<VoiceConversation> = {}): VoiceConversation => ({
  attach: (line) => void done.push(`attach ${connections.findIndex((each) => each.line === line)}`),
  detach: async () => void done.push('detach'),
  interrupt: () => done.push('interrupt') > 0,
  speech: { follow: () => undefined, position: undefined },
  played: (replyId, ms) => void done.push(`played ${replyId} ${ms}`),
  message: async function* () {
    yield* [];
  },
  close: async () => void done.push('close'),
  ...over,
});

function callWith(start: StartVoiceConversation = async () => conversation()): Call {
  return createCall(
    {
      startConversation: start,
      createTransport: () => {
        const connection = connectionHere();
        connections.push(connection);
        return connection;
      },
      startRecorder: undefined,
      onError: (error) => done.push(`error ${String(error)}`),
    },
    SPEC,
    (event) => events.push(event),
  );
}

/** All that is due in this turn of the event loop has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const typesSent = (connection: Connection | undefined) => connection?.sent.map(({ type }) => type);

beforeEach(() => {
  connections = [];
  done = [];
  events = [];
  call = callWith();
});

describe('a call', () => {
  it('begins when a connection stands, and tells so first', async () => {
    expect(await call.connect('offer', VOICE)).toBe('answer to offer');
    expect(events).toEqual([]);
    connections[0]?.move('connected');
    await settled();
    expect(done).toEqual(['attach 0']);
    expect(connections[0]?.sent).toMatchObject([
      { type: 'session.joined', session_id: 7, resumed: false },
      { type: 'session.presence', present: true },
    ]);
    expect(events).toEqual([{ type: 'joined' }]);
  });

  it('goes over to the newest connection, and lets the one before go without taking the client for gone', async () => {
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    await call.connect('two', VOICE);
    connections[1]?.move('connected');
    await settled();
    expect(done.at(-1)).toBe('attach 1');
    expect(events).toEqual([{ type: 'joined' }, { type: 'joined' }]);
    expect(connections[1]?.sent[0]).toMatchObject({ type: 'session.joined', resumed: true });
    // What was handed to it is still on its way.
    await expect.poll(() => connections[0]?.state).toBe('closed');
  });

  it('waits while the client is lost, and goes on when it is back', async () => {
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    connections[0]?.move('lost');
    await settled();
    expect([done, events.map(({ type }) => type)]).toEqual([
      ['attach 0', 'detach'],
      ['joined', 'left'],
    ]);
    connections[0]?.move('connected');
    await settled();
    expect([done.at(-1), events.at(-1)]).toEqual(['attach 0', { type: 'joined' }]);
    expect(events[1]).toEqual({ type: 'left', reason: 'connection-lost' });
  });

  it('takes a client that says good-bye for gone at once, and sends it nothing more', async () => {
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    connections[0]?.say('{"type":"bye"}');
    expect(connections[0]?.state).toBe('closed');
    await settled();
    expect(events.at(-1)).toEqual({ type: 'left', reason: 'said-goodbye' });
  });

  it('passes on what the client reports, and answers what it does not know', async () => {
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    await settled();
    connections[0]?.say('{"type":"playout","reply_id":"r","played_ms":250}');
    connections[0]?.say('{"type":"interrupt"}');
    for (const wrong of ['', '{', 'null', '[]', '{"type":"fly"}', '{"type":"playout","reply_id":"r","played_ms":-1}']) {
      connections[0]?.say(wrong);
    }
    await settled();
    expect(done).toEqual(['attach 0', 'played r 250', 'interrupt']);
    expect(typesSent(connections[0])?.filter((type) => type === 'error')).toHaveLength(6);
  });

  it('refuses an offer that cannot be answered, and stays as it was', async () => {
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    await expect(call.connect('bad', VOICE)).rejects.toMatchObject({ code: 'offer-invalid' });
    expect(connections[0]?.state).toBe('connected');
    expect(connections[1]?.state).toBe('closed');
  });

  it('tells the client why it ends, after what was being said was cut off', async () => {
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    await settled();
    await call.close({ type: 'session.ended', reason: 'silence' });
    await call.close();
    expect(done).toEqual(['attach 0', 'detach', 'close']);
    expect(typesSent(connections[0])?.at(-1)).toBe('session.ended');
    expect(connections[0]?.state).toBe('closed');
    expect(events).toEqual([{ type: 'joined' }]);
  });

  it('ends though its conversation does not', { timeout: 10_000 }, async () => {
    const never = () => new Promise<never>(() => undefined);
    call = callWith(async () => conversation({ detach: never, close: never }));
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    await settled();
    await call.close({ type: 'session.ended', reason: 'silence' });
    expect(connections[0]?.state).toBe('closed');
  });

  it('is over where its conversation cannot be started', async () => {
    call = callWith(() => Promise.reject(new Error('no')));
    await call.connect('one', VOICE);
    connections[0]?.move('connected');
    await settled();
    expect(events.at(-1)).toEqual({ type: 'over', reason: 'provider-failed' });
    await call.close();
  });
});
