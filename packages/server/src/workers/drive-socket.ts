import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServerEvent } from '@visavis/protocol';
import type { WebSocket } from 'ws';
import { DriveRefusal } from '../core/calls/driven-conversation.ts';
import type { IceCandidate } from '../core/calls/transport.ts';
import { AppError } from '../core/errors.ts';
import { isDriveCommand } from './drive-commands.ts';
import { parsedJson, parseLong, SHORT_BYTES } from './long-messages.ts';

/** Close codes of section 6b of the contract; 1xxx are those of RFC 6455. */
export const SOCKET_CLOSE = { binary: 1003, restarting: 1012, replaced: 4409, ended: 4410 } as const;

/** What is told over the socket of what clients of calls are told; the rest is for the event channel. */
const TOLD = new Set<ServerEvent['type']>(['agent.speech.started', 'agent.speech.ended', 'video.quality']);
/** A socket of which nothing was heard between two of these is gone, in ms. */
const PING_EVERY_MS = 20_000;
/** What a client may leave unread. */
const UNREAD_BYTES = 1024 * 1024;
/** A client that does not answer the close is cut off, in ms. */
const CLOSE_WITHIN_MS = 1_000;

/** The WebSocket of a driven face: signalling and speech. */
export interface DriveSocket {
  /** Passes on what concerns this client. */
  tell(event: ServerEvent): void;
  /** Another socket has taken its place. */
  replace(): void;
  /** The call is over. */
  end(farewell: ServerEvent | undefined): void;
}

export interface DriveSocketDeps {
  sessionId: number;
  /** Answers an offer. @throws AppError */
  connect(offer: string): Promise<string>;
  /** @throws AppError */
  addCandidate(candidate: IceCandidate): Promise<void>;
  /** @throws DriveRefusal */
  command(message: { type: string }): ServerEvent | undefined;
  onClosed(): void;
  onError: (error: unknown) => void;
}

/** Speaks the protocol over a socket that has just been opened. */
export function createDriveSocket(socket: WebSocket, deps: DriveSocketDeps): DriveSocket {
  let heard = true;
  let cutOff: NodeJS.Timeout | undefined;
  /** Offers and candidates, one after the other. */
  let signalling: Promise<void> = Promise.resolve();
  /** A long message that is being read, and what came after it. */
  const waiting: Buffer[] = [];

  const send = (message: object) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > UNREAD_BYTES) return socket.terminate();
    socket.send(JSON.stringify(message));
  };
  const fail = (code: string, error: string) => send({ type: 'error', error, code });
  const close = (code: number, reason: string) => {
    socket.close(code, reason);
    cutOff ??= setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
  };

  const signal = (work: () => Promise<void>) => {
    signalling = signalling.then(work).catch((error: unknown) => {
      if (!(error instanceof AppError)) deps.onError(error);
      const told = error instanceof AppError ? error : new AppError('internal');
      fail(told.code, told.message);
    });
  };

  const handle = (message: { type?: unknown; session_id?: unknown; sdp?: unknown; candidate?: unknown }) => {
    if (isDriveCommand(message)) {
      const answer = deps.command(message);
      if (answer) send(answer);
      return;
    }
    if (message.type !== 'webrtc.offer' && message.type !== 'webrtc.ice_candidate') {
      throw new DriveRefusal('event-invalid', 'This is no message that the server knows');
    }
    if (message.session_id !== undefined && String(message.session_id) !== String(deps.sessionId)) {
      throw new DriveRefusal('event-invalid', '"session_id" is not that of this socket');
    }
    if (message.type === 'webrtc.ice_candidate') {
      const candidate = candidateOf(message.candidate);
      if (candidate) signal(() => deps.addCandidate(candidate));
      return;
    }
    const { sdp } = message;
    if (typeof sdp !== 'string') throw new DriveRefusal('event-invalid', '"sdp" must be a text');
    signal(async () => send({ type: 'webrtc.answer', sdp: await deps.connect(sdp) }));
  };

  const refuse = (error: unknown) => {
    if (error instanceof DriveRefusal) return fail(error.code, error.message);
    deps.onError(error);
    fail('internal', new AppError('internal').message);
  };

  const readLong = async () => {
    // It has been put together in this turn.
    await nextTurn();
    for (let bytes = waiting[0]; bytes; bytes = waiting[0]) {
      try {
        handle(expectObject(bytes.length > SHORT_BYTES ? await parseLong(bytes) : parsedJson(String(bytes))));
      } catch (error) {
        refuse(error);
      }
      waiting.shift();
    }
    if (socket.isPaused) socket.resume();
  };

  /** What comes after a long message waits until that is read; most of it in the network. */
  const take = (bytes: Buffer) => {
    if (waiting.length > 0) return void waiting.push(bytes);
    if (bytes.length > SHORT_BYTES) {
      waiting.push(bytes);
      socket.pause();
      void readLong();
      return;
    }
    try {
      handle(expectObject(parsedJson(String(bytes))));
    } catch (error) {
      refuse(error);
    }
  };

  const pinging = setInterval(() => {
    if (!heard) return socket.terminate();
    heard = false;
    socket.ping();
  }, PING_EVERY_MS);
  pinging.unref();

  socket.on('pong', () => {
    heard = true;
  });
  socket.on('message', (data, isBinary) => {
    heard = true;
    if (isBinary) {
      fail('event-not-text', 'Messages are JSON texts; a binary frame is none');
      return close(SOCKET_CLOSE.binary, 'binary frame');
    }
    take(data as Buffer);
  });
  // Frames that are too long or malformed: the library closes with the code that says so.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(pinging);
    clearTimeout(cutOff);
    deps.onClosed();
  });
  send({ type: 'connection.established', session_id: deps.sessionId });

  return {
    tell(event) {
      if (event.type === 'notice') fail(event.code, event.text);
      else if (TOLD.has(event.type)) send(event);
    },
    replace: () => close(SOCKET_CLOSE.replaced, 'replaced by a newer socket of this session'),
    end(farewell) {
      if (farewell?.type === 'session.ended') return close(SOCKET_CLOSE.ended, `session ended: ${farewell.reason}`);
      close(SOCKET_CLOSE.restarting, 'connect again');
    },
  };
}

function expectObject(message: unknown): object {
  if (typeof message === 'object' && message !== null && !Array.isArray(message)) return message;
  throw new DriveRefusal('event-invalid', 'A message is a JSON object with a "type"');
}

/** Undefined: there are no more. */
function candidateOf(value: unknown): IceCandidate | undefined {
  if (value === null) return undefined;
  const { candidate, sdpMid = null, sdpMLineIndex = null } = (value ?? {}) as Partial<Record<keyof IceCandidate, unknown>>;
  const isNamed = sdpMid === null || typeof sdpMid === 'string';
  const isCounted = sdpMLineIndex === null || typeof sdpMLineIndex === 'number';
  if (typeof candidate === 'string' && isNamed && isCounted) return { candidate, sdpMid, sdpMLineIndex };
  throw new DriveRefusal('event-invalid', '"candidate" must be {"candidate", "sdpMid", "sdpMLineIndex"}');
}
