import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AppError } from '../core/errors.ts';

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
  const asked = { method: 'GET', url: '/', headers: request.headers, socket } as unknown as IncomingMessage;
  handshakes.handleUpgrade(asked, socket, Buffer.from(request.head, 'base64'), opened);
}

/** Tells what is wrong, and closes. */
export function refuse(webSocket: WebSocket, error: AppError): void {
  webSocket.on('error', () => undefined);
  webSocket.send(JSON.stringify({ type: 'error', error: error.message, code: error.code }));
  webSocket.close(TRY_AGAIN, error.code);
}
