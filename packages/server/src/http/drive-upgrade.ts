import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Caller } from '../core/access/caller.ts';
import type { Tokens } from '../core/access/tokens.ts';
import { AppError } from '../core/errors.ts';
import type { LiveSessions } from '../core/sessions/live-sessions.ts';
import type { Stores } from '../core/stores.ts';
import type { App } from './api.ts';
import { requireEmbedOrigin } from './cross-origin.ts';
import type { RateLimiter, RateLimits } from './rate-limit.ts';

/** Section 6b of the contract. */
export const DRIVE_PATHS = ['/api/v1/webrtc', '/v1/webrtc', '/webrtc'];
/** What a refused socket is closed with. */
const CLOSE: Partial<Record<AppError['code'], number>> = {
  'session-ended': 4410,
  'no-capacity': 1013,
  'worker-lost': 1013,
  'rate-limited': 1013,
  'server-restarting': 1012,
  internal: 1011,
};
const REFUSED = 1008;
/** A refused client that does not close is cut off, in ms. */
const CLOSE_WITHIN_MS = 1_000;

export interface DriveUpgradeDeps {
  stores: Pick<Stores, 'users' | 'sessions' | 'embeds'>;
  publicUrl: string;
  tokens: Tokens;
  live: Pick<LiveSessions, 'drive'>;
  rateLimiter: RateLimiter;
  rateLimits: RateLimits;
}

/**
 * Takes the WebSockets of driven faces: checks the session's token and hands the connection to the worker of the session, which answers it.
 * What it carries never comes through this process. Only a refused one is opened here, to be told why. The address holds a secret: it is
 * written to no log. A token is no cookie, so pages of every origin may come, but for the sessions of an embed: those are for its pages.
 */
export function takeDriveSockets(app: App, deps: DriveUpgradeDeps): void {
  const refusals = new WebSocketServer({ noServer: true, maxPayload: 1_024, perMessageDeflate: false });
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });

  const admit = async (request: IncomingMessage, token: string): Promise<Caller & { kind: 'session' }> => {
    try {
      const caller = await sessionOf(deps, token);
      const { origin, host } = request.headers;
      await requireEmbedOrigin(deps, caller, { origin, host });
      return caller;
    } catch (error) {
      // Counted by its address; never told that instead of what is wrong.
      await deps.rateLimiter.take(`address:${request.socket.remoteAddress ?? ''}`, deps.rateLimits.address);
      throw error;
    }
  };

  const handle = async (request: IncomingMessage, socket: Socket, head: Buffer, url: URL) => {
    try {
      if (closing) throw new AppError('server-restarting');
      const caller = await admit(request, url.searchParams.get('session_token') ?? '');
      await take(deps, `session:${caller.sessionId}`, deps.rateLimits.session);
      const headers = Object.fromEntries(Object.entries(request.headers).flatMap(([name, value]) => [[name, String(value)]]));
      await deps.live.drive(caller.user, caller.sessionId, { headers, head, socket });
    } catch (error) {
      if (socket.destroyed) return;
      const refusal = error instanceof AppError ? error : new AppError('internal');
      if (!(error instanceof AppError)) app.log.error({ err: error }, 'socket failed');
      refusals.handleUpgrade(request, socket, head, (refused) => tellRefusal(refused, refusal));
    }
  };

  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const url = URL.canParse(request.url ?? '', 'http://localhost') ? new URL(request.url ?? '', 'http://localhost') : undefined;
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return answerPlainly(app, request, socket, head);
    socket.on('error', () => undefined);
    if (!url || !DRIVE_PATHS.includes(url.pathname)) return sayNotFound(socket);
    void handle(request, socket, head, url);
  });
}

async function sessionOf({ tokens, stores }: DriveUpgradeDeps, token: string): Promise<Caller & { kind: 'session' }> {
  const claims = tokens.verify(token);
  // Sign-ins and keys never stand in an address.
  if (claims.kind !== 'session') throw new AppError('invalid-token');
  const [user, session] = await Promise.all([
    stores.users.find(claims.userId),
    stores.sessions.find(claims.userId, claims.sessionId),
  ]);
  if (!user?.active || !session) throw new AppError('invalid-token');
  if (session.status !== 'active') throw new AppError('session-ended');
  return { kind: 'session', user, sessionId: session.id, ...(session.embedId !== null && { embedId: session.embedId }) };
}

async function take({ rateLimiter }: DriveUpgradeDeps, bucket: string, limit: number): Promise<void> {
  const allowance = await rateLimiter.take(bucket, limit);
  if (allowance && !allowance.allowed) throw new AppError('rate-limited');
}

function tellRefusal(socket: WebSocket, error: AppError): void {
  const cutOff = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
  socket.on('error', () => undefined);
  socket.on('close', () => clearTimeout(cutOff));
  socket.send(JSON.stringify({ type: 'error', error: error.message, code: error.code }));
  socket.close(CLOSE[error.code] ?? REFUSED, error.code);
}

function sayNotFound(socket: Socket): void {
  const { code, message } = new AppError('route-not-found');
  const body = JSON.stringify({ success: false, error: message, code });
  const head = [
    `HTTP/1.1 404 ${STATUS_CODES[404]}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * A request that would rather speak another protocol (`h2c`, which Java's client asks for by default) is answered as if it had not asked
 * (RFC 9110, 7.8): it goes through the server again, without the wish.
 */
function answerPlainly(app: App, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let n = 0; n < request.rawHeaders.length; n += 2) {
    const name = request.rawHeaders[n] ?? '';
    if (!/^(upgrade|http2-settings|connection)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[n + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  app.server.emit('connection', socket);
}
