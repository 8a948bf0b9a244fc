import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AppError } from '../core/errors.ts';
import { withShortFrames } from './short-frames.ts';

/** A frame may have so many bytes; longer ones close the socket with 1009. */
const FRAME_BYTES = 10 * 1024 * 1024;
const TRY_AGAIN = 1013;

const handshakes = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES, perMessageDeflate: false });

/** Answers the upgrade of a connection that was handed over; one that is no proper upgrade is refused and closed by the library. */
export function acceptSocket(
  request: { headers: Readonly<Record<string, string>>; head: string },
  socket: Socket,
  opened: (webSocket: WebSocket) => void,
): void {
  socket.on('error', () => undefined);
  socket.setNoDelay(true);
  // What came with the request is the beginning of what is to be cut, too.
  if (request.head !== '') socket.unshift(Buffer.from(request.head, 'base64'));
  const short = withShortFrames(socket, FRAME_BYTES);
  short.on('error', () => undefined);
  const asked = { method: 'GET', url: '/', headers: request.headers, socket: short } as unknown as IncomingMessage;
  handshakes.handleUpgrade(asked, short, Buffer.alloc(0), opened);
}

/** Tells what is wrong, and closes. */
export function refuse(webSocket: WebSocket, error: AppError): void {
  webSocket.on('error', () => undefined);
  webSocket.send(JSON.stringify({ type: 'error', error: error.message, code: error.code }));
  webSocket.close(TRY_AGAIN, error.code);
}
