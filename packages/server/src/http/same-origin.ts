import type { FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether an `Origin` is the server's own. Besides the public address, a server on this machine answers to every name of the loopback,
 * whose `Host` no other site's name can be turned into.
 * @param host of the request, with its port
 */
export function isOwnOrigin(publicUrl: string, origin: string, host: string | undefined): boolean {
  if (origin === new URL(publicUrl).origin) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.origin === origin && LOOPBACK_NAMES.has(url.hostname) && url.host === host;
}

/** 403 for a page of another origin: routes that read or set the cookie are for the server's own pages. Programs send no `Origin`. */
export function requireSameOrigin(publicUrl: string) {
  return async (request: FastifyRequest): Promise<void> => {
    const { origin } = request.headers;
    if (origin === undefined || isOwnOrigin(publicUrl, origin, request.host)) return;
    throw new AppError('origin-not-allowed');
  };
}
