import type { FastifyReply } from 'fastify';

/** Aborts when the caller has gone: nobody waits for the answer any more. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}
