import { ClientEvent, HEARTBEAT_MS, type ServerEvent } from '@visavis/protocol';
import { type CallEvent, toServerEvent } from '../core/calls/call-events.ts';
import type { CallSpec, JoinTerms } from '../core/calls/call-host.ts';
import type { Faces } from '../core/calls/face.ts';
import type { Recorder } from '../core/calls/recorder.ts';
import type { CreateTransport, Transport } from '../core/calls/transport.ts';
import type { StartVoiceConversation, VoiceConversation, VoiceEvent } from '../core/calls/voice-conversation.ts';
import type { SessionType } from '../core/sessions/session.ts';
import { createCallFace } from './call-face.ts';

/** What all calls of a worker share. */
export interface CallDeps {
  startConversation: StartVoiceConversation;
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
  tell(event: ServerEvent): void;
  interrupt(): void;
  /** Cuts off what is being said, tells the client why, closes everything; within 2 s. Safe to call twice. */
  close(farewell?: ServerEvent): Promise<void>;
}

/** A connection that does not stand after so long is given up, in ms. */
const CONNECT_WITHIN_MS = 30_000;
/** A connection whose place another one has taken is kept for so long: the network and a jitter buffer hold less. */
const HAND_OVER_MS = 300;

export function createCall(deps: CallDeps, spec: CallSpec, onEvent: (event: CallEvent) => void): Call {
  const conversation = deps.startConversation(spec.conversation, emit);
  // Whoever asks for it is told.
  conversation.catch(() => undefined);
  let current: Transport | undefined;
  const connecting = new Set<Transport>();
  let present = false;
  let joinedBefore = spec.resumed;
  let recorder: Recorder | undefined;
  let closed: Promise<void> | undefined;
  let sessionType: SessionType = 'agent_voice';
  const face = createCallFace({
    faces: deps.faces,
    conversation,
    onQuality: (quality) => emit({ type: 'video-quality', quality }),
    tell,
  });

  function tell(event: ServerEvent): void {
    if (event.type === 'session.type') {
      sessionType = event.session_type;
      // Its pictures end at once; the client's next offer takes the video out of the connection.
      if (sessionType !== 'agent_video') face.close();
    }
    current?.send(JSON.stringify(event));
  }

  function emit(event: VoiceEvent | CallEvent): void {
    const told = toServerEvent(event);
    if (told) tell(told);
    face.follow(event);
    onEvent(event);
  }

  function handleText(transport: Transport, text: string): void {
    if (transport !== current) return;
    const event = readClientEvent(text);
    switch (event?.type) {
      case undefined:
        tell({ type: 'error', code: 'event-invalid', error: 'This is no event that the server knows' });
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
        void leave(transport);
        break;
    }
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
        session_id: spec.conversation.sessionId,
        session_type: sessionType,
        resumed: joinedBefore,
        heartbeat_ms: HEARTBEAT_MS,
      } satisfies ServerEvent),
    );
    face.tellAll();
    joinedBefore = true;
    present = true;
    emit({ type: 'joined' });
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
  async function leave(transport: Transport): Promise<void> {
    if (transport !== current || !present) return;
    present = false;
    recorder?.pause();
    await conversation.then((it) => it.detach()).catch(deps.onError);
    if (!present) emit({ type: 'left' });
  }

  async function close(farewell?: ServerEvent): Promise<void> {
    const transport = current;
    const cut = present ? conversation.then((it) => it.detach()) : Promise.resolve();
    await withLimit(cut, 500).catch(deps.onError);
    if (farewell) tell(farewell);
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

  return {
    conversation,
    async connect(offer, terms) {
      ({ sessionType } = terms);
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
      const transport = deps.createTransport({ iceServers: spec.iceServers });
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
          void leave(transport);
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
}

function readClientEvent(text: string): ClientEvent | undefined {
  try {
    return ClientEvent.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function withLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
