import { ClientEvent, HEARTBEAT_MS, type ServerEvent } from '@visavis/protocol';
import type { WebSocket } from 'ws';
import { type CallEvent, toServerEvent } from '../core/calls/call-events.ts';
import type { CallSpec, JoinTerms } from '../core/calls/call-host.ts';
import { DriveRefusal, type StartDrivenConversation } from '../core/calls/driven-conversation.ts';
import type { Faces } from '../core/calls/face.ts';
import type { Recorder } from '../core/calls/recorder.ts';
import type { CreateTransport, Transport } from '../core/calls/transport.ts';
import type { StartVoiceConversation, VoiceConversation, VoiceEvent } from '../core/calls/voice-conversation.ts';
import { AppError } from '../core/errors.ts';
import { createCallFace } from './call-face.ts';
import { carryOut, isDriveCommand } from './drive-commands.ts';
import { createDriveSocket, type DriveSocket, SOCKET_CLOSE } from './drive-socket.ts';

/** What all calls of a worker share. */
export interface CallDeps {
  startConversation: StartVoiceConversation;
  /** Absent where no faces are driven. */
  startDriven?: StartDrivenConversation;
  createTransport: CreateTransport;
  /** Begins a recording in a file of the folder of recordings; undefined where recordings cannot be made. */
  startRecorder: ((file: string) => Recorder) | undefined;
  /** Absent where no faces are shown. */
  faces?: Faces;
  onError: (error: unknown) => void;
}

/** A conversation and the client that is in it, over one connection after the other. */
export interface Call {
  conversation: Promise<VoiceConversation>;
  /**
   * Answers an offer; its connection takes the place of the one before as soon as it stands. An offer of the connection that stands
   * changes it, as from voice to video, and interrupts nothing.
   */
  connect(offer: string, terms: JoinTerms): Promise<string>;
  /** Takes a socket that drives the face, instead of the one before. Only of driven calls. */
  drive(socket: WebSocket, terms: JoinTerms): void;
  tell(event: ServerEvent): void;
  interrupt(): void;
  /** Cuts off what is being said, tells the client why, closes everything; within 2 s. Safe to call twice. */
  close(farewell?: ServerEvent): Promise<void>;
}

type LeaveReason = Extract<CallEvent, { type: 'left' }>['reason'];

/** A connection that does not stand after so long is given up, in ms. */
const CONNECT_WITHIN_MS = 30_000;
/** A connection whose place another one has taken is kept for so long: the network and a jitter buffer hold less. */
const HAND_OVER_MS = 300;
const EARLY_TEXTS = 100;

export function createCall(deps: CallDeps, spec: CallSpec, onEvent: (event: CallEvent) => void): Call {
  const { sessionId, driven, conversation } = begin(deps, spec, emit);
  // Whoever asks for it is told.
  conversation.catch(() => undefined);
  let current: Transport | undefined;
  const connecting = new Set<Transport>();
  /** What clients said before their transport was known to stand. */
  const early = new WeakMap<Transport, string[]>();
  let present = false;
  let joinedBefore = spec.resumed;
  let recorder: Recorder | undefined;
  let closed: Promise<void> | undefined;
  let terms: JoinTerms = { sessionType: driven ? 'webrtc_video' : 'agent_voice', face: undefined };
  let socket: DriveSocket | undefined;
  /** Whose offer came last. */
  let newest: Transport | undefined;
  const face = createCallFace({
    faces: deps.faces,
    conversation,
    onQuality: (quality) => emit({ type: 'video-quality', quality }),
    tell,
  });

  function tell(event: ServerEvent): void {
    if (event.type === 'session.type') {
      terms = { ...terms, sessionType: event.session_type };
      // Its pictures end at once; the client's next offer takes the video out of the connection.
      if (terms.sessionType !== 'agent_video') face.close();
    }
    current?.send(JSON.stringify(event));
    socket?.tell(event);
  }

  function emit(event: VoiceEvent | CallEvent): void {
    const told = toServerEvent(event);
    if (told) tell(told);
    face.follow(event);
    onEvent(event);
  }

  function handleText(transport: Transport, text: string): void {
    if (transport !== current) {
      // Its channel may be open a moment before the connection is known to stand.
      const before = early.get(transport);
      if (before && before.length < EARLY_TEXTS) before.push(text);
      return;
    }
    const message = parsed(text);
    if (driven && isDriveCommand(message)) {
      drive(transport, message);
      return;
    }
    const event = ClientEvent.safeParse(message).data;
    switch (event?.type) {
      case undefined:
        transport.send(UNKNOWN_EVENT);
        break;
      case 'agent.speak':
      case 'agent.interrupt':
      case 'agent.say':
        transport.send(NOT_DRIVEN);
        break;
      case 'pong':
        break;
      case 'playout':
        conversation.then(
          (it) => it.played(event.reply_id, event.played_ms),
          () => undefined,
        );
        break;
      case 'interrupt':
        interrupt();
        break;
      case 'bye':
        void leave(transport, 'said-goodbye');
        // It closes its end at any moment, and what is sent at that moment kills this process (decisions/2026-11-28-sending-to-who-leaves.md).
        void transport.close();
        break;
    }
  }

  /** A command over the event channel, which alone is answered. */
  function drive(transport: Transport, message: { type: string }): void {
    const told = answerTo(() => command(message));
    if (told) transport.send(JSON.stringify(told));
  }

  function command(message: { type: string }): ServerEvent | undefined {
    if (!driven) throw new Error('Nothing is driven in a conversation');
    return carryOut(message, driven, terms.voice);
  }

  function interrupt(): void {
    conversation.then(
      (it) => it.interrupt(),
      () => undefined,
    );
  }

  /** The transport stands: what is said goes over it from now on. */
  async function join(transport: Transport): Promise<void> {
    connecting.delete(transport);
    const before = current;
    current = transport;
    if (before && before !== transport) retire(before);
    face.showOn(transport);
    const playoutDelayMs = () => transport.playoutDelayMs();
    transport.send(
      JSON.stringify({
        type: 'session.joined',
        session_id: sessionId,
        session_type: terms.sessionType,
        resumed: joinedBefore,
        heartbeat_ms: HEARTBEAT_MS,
      } satisfies ServerEvent),
    );
    face.tellAll();
    joinedBefore = true;
    present = true;
    emit({ type: 'joined' });
    const texts = early.get(transport) ?? [];
    early.delete(transport);
    for (const text of texts) handleText(transport, text);
    try {
      const it = await conversation;
      if (current !== transport || closed) return;
      if (spec.recordIn !== undefined) recorder ??= deps.startRecorder?.(spec.recordIn);
      it.attach(recorder ? recorder.record(transport.line, playoutDelayMs) : transport.line, playoutDelayMs);
    } catch (error) {
      deps.onError(error);
      emit({ type: 'notice', code: 'provider-failed', text: 'The conversation could not be started.' });
      emit({ type: 'over', reason: 'provider-failed' });
    }
  }

  /** What was handed to the connection before is still on its way to the client's loudspeaker. */
  function retire(transport: Transport): void {
    connecting.add(transport);
    const timer = setTimeout(() => void transport.close(), HAND_OVER_MS);
    transport.onState((state) => {
      if (state !== 'closed') return;
      clearTimeout(timer);
      connecting.delete(transport);
    });
  }

  /** Nobody is heard of over the current transport. */
  async function leave(transport: Transport, reason: LeaveReason): Promise<void> {
    if (transport !== current || !present) return;
    present = false;
    recorder?.pause();
    await conversation.then((it) => it.detach()).catch(deps.onError);
    if (!present) emit({ type: 'left', reason });
  }

  async function close(farewell?: ServerEvent): Promise<void> {
    const transport = current;
    const cut = present ? conversation.then((it) => it.detach()) : Promise.resolve();
    await withLimit(cut, 500).catch(deps.onError);
    if (farewell) tell(farewell);
    socket?.end(farewell);
    face.close();
    current = undefined;
    const all = [transport, ...connecting].flatMap((each) => (each ? [each.close()] : []));
    await Promise.allSettled([
      ...all,
      withLimit(
        conversation.then((it) => it.close()),
        1_500,
      ),
      recorder?.close(),
    ]);
  }

  const call: Call = {
    conversation,
    drive(webSocket, next) {
      if (closed) return webSocket.close(SOCKET_CLOSE.ended, 'session ended');
      terms = next;
      const before = socket;
      const mine: DriveSocket = createDriveSocket(webSocket, {
        sessionId,
        connect: (offer) => call.connect(offer, next),
        addCandidate: async (candidate) => {
          if (!newest) throw new AppError('offer-invalid', 'A candidate belongs to an offer; send that first.');
          await newest.addCandidate(candidate);
        },
        command,
        onClosed: () => {
          if (socket === mine) socket = undefined;
        },
        onError: deps.onError,
      });
      socket = mine;
      before?.replace();
    },
    async connect(offer, next) {
      terms = next;
      if (terms.face) face.open(terms.face);
      else if (terms.clientFace) face.openForClient(terms.clientFace);
      const video = terms.face && { kilobitsPerSecond: terms.face.kilobitsPerSecond };
      if (current?.renews(offer)) {
        const standing = current;
        const answer = await standing.answer(offer, { video });
        if (current === standing) {
          face.showOn(standing);
          face.tellAll();
        }
        return answer;
      }
      const transport = deps.createTransport({ iceServers: spec.iceServers, eventsOptional: driven !== undefined });
      newest = transport;
      early.set(transport, []);
      connecting.add(transport);
      const patience = setTimeout(() => {
        if (transport.state === 'connecting') void transport.close();
      }, CONNECT_WITHIN_MS);
      patience.unref();
      transport.onText((text) => handleText(transport, text));
      transport.onState((state) => {
        if (closed) return;
        if (state === 'connected') void join(transport);
        else if (state === 'lost' || state === 'closed') {
          connecting.delete(transport);
          clearTimeout(patience);
          void leave(transport, state === 'lost' ? 'connection-lost' : 'connection-closed');
        }
      });
      try {
        return await transport.answer(offer, { video });
      } catch (error) {
        if (current?.video === undefined) face.close();
        connecting.delete(transport);
        clearTimeout(patience);
        void transport.close();
        throw error;
      }
    },
    tell,
    interrupt,
    close(farewell) {
      closed ??= close(farewell);
      return closed;
    },
  };
  return call;
}

function begin(deps: CallDeps, spec: CallSpec, emit: (event: VoiceEvent | CallEvent) => void) {
  if (!('driven' in spec)) {
    const { sessionId } = spec.conversation;
    return { sessionId, driven: undefined, conversation: deps.startConversation(spec.conversation, emit) };
  }
  if (!deps.startDriven) throw new AppError('no-capacity', 'This server drives no faces');
  const driven = deps.startDriven(spec.driven, emit);
  return { sessionId: spec.driven.sessionId, driven, conversation: Promise.resolve(driven) };
}

const errorText = (code: string, error: string) => JSON.stringify({ type: 'error', code, error } satisfies ServerEvent);
const UNKNOWN_EVENT = errorText('event-invalid', 'This is no event that the server knows');
const NOT_DRIVEN = errorText('event-invalid', 'Only sessions of the type webrtc_video are driven by their client');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a command is answered with; what is wrong with it, where it is refused. */
function answerTo(run: () => ServerEvent | undefined): ServerEvent | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof DriveRefusal)) throw error;
    return { type: 'error', code: error.code, error: error.message };
  }
}

async function withLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
