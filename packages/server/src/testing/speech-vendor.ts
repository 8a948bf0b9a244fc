import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { tone } from './audio-samples.ts';

// What the stand-ins for vendors of speech have in common: a server on loopback, a script of what goes wrong, words as tones.

/** What goes wrong. With `drop`, `error`, `garbage` and `hang`: after so many words (`afterWords`, by default 0). */
export type VendorFault =
  | { how: 'none' }
  /** No answer to the connection, ever. */
  | { how: 'hang-connecting' }
  | { how: 'status'; status: number }
  | { how: 'drop' | 'error' | 'garbage' | 'hang'; afterWords?: number }
  /** Nothing is said before this is resolved. */
  | { how: 'slow'; until: Promise<void> };

export interface SpeechVendor {
  /** As a client takes it, without a path. */
  origin: string;
  apiKey: string;
  /** How calls from now on go: all the same, or by their addresses. */
  fault(fault: VendorFault | ((path: string) => VendorFault)): void;
  /** Addresses of all requests so far, and their headers. */
  requests: Array<{ path: string; headers: IncomingMessage['headers'] }>;
  /** How many requests and WebSockets are under way. */
  open(): number;
  close(): Promise<void>;
}

/** How long every word lasts, in seconds, heard or said. */
export const WORD_SECONDS = 0.25;

/** The sound of so many words. */
export const soundOf = (words: number, sampleRate: number): Int16Array => tone(words * WORD_SECONDS, sampleRate);

/** How many words there are in audio: what is silent is none. */
export function wordsIn(samples: Int16Array, sampleRate: number): number {
  const piece = sampleRate / 50;
  let loud = 0;
  for (let at = 0; at + piece <= samples.length; at += piece) {
    if (samples.subarray(at, at + piece).some((sample) => Math.abs(sample) > 1_000)) loud += 1;
  }
  return Math.round(loud / 50 / WORD_SECONDS);
}

/** The first words that anybody says. */
export const transcriptOf = (words: number): string => Array.from({ length: words }, (_, n) => `word${n + 1}`).join(' ');

export interface VendorBehaviour {
  /** Whether a request may in; by default anybody may. */
  authorised(headers: IncomingMessage['headers'], apiKey: string): boolean;
  /** A plain request. */
  answer(request: IncomingMessage, response: ServerResponse, fault: VendorFault): Promise<void>;
  /** A WebSocket on this path. */
  talk?(client: WebSocket, path: string, fault: VendorFault): void;
}

/** Starts a stand-in on 127.0.0.1. */
export async function startSpeechVendor({ authorised, answer, talk }: VendorBehaviour): Promise<SpeechVendor> {
  const apiKey = 'vendor-secret-key';
  const requests: SpeechVendor['requests'] = [];
  const sockets = new Set<Socket>();
  let underWay = 0;
  const begin = (exchange: { once(event: 'close', listener: () => void): unknown }) => {
    underWay += 1;
    exchange.once('close', () => {
      underWay -= 1;
    });
  };
  let faultOf = (_path: string): VendorFault => ({ how: 'none' });
  /** Begins a request: how it is to go. */
  const note = ({ url = '/', headers }: IncomingMessage): VendorFault => {
    requests.push({ path: url, headers });
    return faultOf(url);
  };

  const server = createServer((request, response) => {
    const fault = note(request);
    begin(response);
    if (fault.how === 'hang-connecting') return;
    const status = refusal(fault, authorised(request.headers, apiKey));
    if (status !== undefined) {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: 'Scripted.' } }));
      return;
    }
    answer(request, response, fault).catch(() => response.destroy());
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const fault = note(request);
    begin(socket);
    socket.on('error', () => undefined);
    if (fault.how === 'hang-connecting') {
      // Unread, it would not notice that its client went away.
      socket.on('end', () => socket.end()).resume();
      return;
    }
    const status = talk ? refusal(fault, authorised(request.headers, apiKey)) : 404;
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} Scripted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => undefined);
      talk?.(client, request.url ?? '/', fault);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A listening TCP server always has one.
  return {
    origin: `http://127.0.0.1:${port}`,
    apiKey,
    requests,
    fault(next) {
      faultOf = typeof next === 'function' ? next : () => next;
    },
    open: () => underWay,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function refusal(fault: VendorFault, allowed: boolean): number | undefined {
  if (fault.how === 'status') return fault.status;
  return allowed ? undefined : 401;
}

/** Goes through words one by one and breaks off where the fault says; `say` is told how many have been said. */
export async function sayWords(
  count: number,
  fault: VendorFault,
  saidBefore: number,
  steps: { say(): Promise<void> | void; drop(): void; error(): void; garbage(): void },
): Promise<'said' | 'broken-off'> {
  if (fault.how === 'slow') await fault.until;
  for (let said = saidBefore; said < saidBefore + count; said += 1) {
    if (breaksOff(fault) && said === (fault.afterWords ?? 0)) {
      if (fault.how !== 'hang') steps[fault.how]();
      return 'broken-off';
    }
    await steps.say();
  }
  return 'said';
}

function breaksOff(fault: VendorFault): fault is Extract<VendorFault, { afterWords?: number }> {
  return ['drop', 'error', 'garbage', 'hang'].includes(fault.how);
}
