import type { FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * 403 for a page of another origin: routes that read or set the cookie are for the server's own pages. Programs send no
 * `Origin`. Besides the public address, a server on this machine answers to every name of the loopback, whose `Host` no
 * other site's name can be turned into.
 */
export function requireSameOrigin(publicUrl: string) {
  const publicOrigin = new URL(publicUrl).origin;
  return async (request: FastifyRequest): Promise<void> => {
    const { origin } = request.headers;
    if (origin === undefined || origin === publicOrigin || origin === loopbackOrigin(request)) return;
    throw new AppError('origin-not-allowed');
  };
}

function loopbackOrigin(request: FastifyRequest): string | undefined {
  const own = `${request.protocol}://${request.host}`;
  if (!URL.canParse(own)) return undefined;
  const { hostname, origin } = new URL(own);
  return LOOPBACK_NAMES.has(hostname) ? origin : undefined;
}
