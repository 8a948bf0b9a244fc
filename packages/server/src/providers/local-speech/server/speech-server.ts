import { createServer, type Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { bearsKey } from '../../engine-process/loopback.ts';
import { serveListening } from './serve-listening.ts';
import { serveSpeaking } from './serve-speaking.ts';
import type { SpeechEngines } from './speech-engines.ts';
import type { Failure } from './wire.ts';

/** A message that is longer than this is not of ours. */
const LONGEST_MESSAGE_BYTES = 4 * 1024 * 1024;

export interface SpeechServerOptions {
  engines: SpeechEngines;
  /** Asked for as a bearer token. */
  apiKey: string;
  /** Streams open at the same time, of each kind; more are told `speech-busy`. */
  mostStreams: number;
}

/** Speech over WebSockets: `/listen` and `/speak`, one stream a socket (`wire.ts`). Closing the socket aborts its stream. */
export function createSpeechServer({ engines, apiKey, mostStreams }: SpeechServerOptions): Server {
  const server = createServer((_request, response) => response.writeHead(426).end());
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE_BYTES });
  const open = { '/listen': 0, '/speak': 0 };

  server.on('upgrade', (request, socket, head) => {
    const path = request.url;
    // Until it is a WebSocket, nobody else listens for what goes wrong with it.
    socket.on('error', () => socket.destroy());
    if (!bearsKey(request, apiKey)) return socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
    if (path !== '/listen' && path !== '/speak') return socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (client) => {
      if (open[path] >= mostStreams) {
        return refuse(client, { type: 'error', code: 'speech-busy', message: `${mostStreams} streams are open already` });
      }
      open[path] += 1;
      client.once('close', () => {
        open[path] -= 1;
      });
      if (path === '/listen') serveListening(client, engines);
      else serveSpeaking(client, engines);
    });
  });
  return server;
}

function refuse(client: WebSocket, failure: Failure): void {
  client.on('error', () => undefined);
  client.send(JSON.stringify(failure));
  client.close();
}
