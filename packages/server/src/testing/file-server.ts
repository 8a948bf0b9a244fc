import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server treats one request; the default is an ordinary answer with ranges and an ETag. */
export interface Behaviour {
  /** Sends so many bytes of the body and, when `until` resolves, the rest; or breaks the connection off then. */
  pause?: { after: number; until: Promise<unknown>; drop?: true };
  /** Answers the whole file whatever range is asked for. */
  ignoreRange?: boolean;
  /** Answers with this status and no body. */
  status?: number;
  /** Answers with a redirect to this address. */
  redirect?: string;
  /** Keeps the length to itself. */
  chunked?: boolean;
  body?: Buffer;
  etag?: string;
}

/** A request as the server saw it. */
export interface SeenRequest {
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
  status: number;
  /** Bytes of the body that were handed to the socket. */
  sent: number;
}

/** A real HTTP server for one file, misbehaving on request. */
export interface FileServer {
  url: string;
  requests: SeenRequest[];
  /** For the next requests, one each; later ones get the ordinary answer. */
  next(...behaviours: Behaviour[]): void;
  close(): Promise<void>;
}

/** Starts a file server on an ephemeral port of loopback. */
export async function startFileServer(body: Buffer, usual: Behaviour = {}): Promise<FileServer> {
  const requests: SeenRequest[] = [];
  const planned: Behaviour[] = [];
  const server = createServer((request, response) => {
    answer(request, response, { body, etag: '"one"', ...usual, ...planned.shift() }, requests).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/file.bin`,
    requests,
    next: (...behaviours) => void planned.push(...behaviours),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  behaviour: Behaviour & { body: Buffer; etag: string },
  requests: SeenRequest[],
): Promise<void> {
  const { range, 'if-range': ifRange } = request.headers;
  const unchanged = ifRange === undefined || ifRange === behaviour.etag;
  const from = range && unchanged && !behaviour.ignoreRange ? Number(/bytes=(\d+)-/.exec(range)?.[1]) : undefined;
  const whole = behaviour.body.length;
  const status = behaviour.status ?? (behaviour.redirect ? 302 : from === undefined ? 200 : from < whole ? 206 : 416);
  const seen: SeenRequest = { path: request.url ?? '', range, ifRange: ifRange?.toString(), status, sent: 0 };
  requests.push(seen);

  if (behaviour.redirect) return void response.writeHead(302, { location: behaviour.redirect }).end();
  if (status !== 200 && status !== 206) return void response.writeHead(status).end();
  const body = behaviour.body.subarray(from ?? 0);
  response.writeHead(status, {
    etag: behaviour.etag,
    ...(behaviour.chunked ? {} : { 'content-length': body.length }),
    ...(from === undefined ? {} : { 'content-range': `bytes ${from}-${whole - 1}/${whole}` }),
  });
  const send = (bytes: Buffer) => {
    seen.sent += bytes.length;
    return new Promise<void>((resolve) => response.write(bytes, () => resolve()));
  };
  const pauseAt = behaviour.pause?.after ?? body.length;
  await send(body.subarray(0, pauseAt));
  await behaviour.pause?.until;
  if (behaviour.pause?.drop) {
    response.destroy();
    return;
  }
  if (pauseAt < body.length && !response.destroyed) await send(body.subarray(pauseAt));
  response.end();
}
