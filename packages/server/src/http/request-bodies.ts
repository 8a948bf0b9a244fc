import type { FastifyRequest } from 'fastify';
import { invalid } from '../core/errors.ts';
import type { App } from './api.ts';
import { parseJsonBody } from './json-body.ts';

/** Bodies are JSON in UTF-8, as it is; a body of any other kind is a 400 that says so, an empty one is no body. */
export function registerBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding.trim().toLowerCase() !== 'identity')
      throw invalid('content-encoding', 'must be left out: send the JSON as it is');
    const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
    if (!UTF_8.has(charset)) throw invalid('content-type', 'must be JSON in UTF-8');
    return parseJsonBody(body);
  });
  app.addContentTypeParser('*', async (request: FastifyRequest) => {
    // `curl -X PUT -d ''` names a form, but sends nothing.
    if (request.headers['content-length'] === '0') return undefined;
    throw invalid('content-type', 'is not what this endpoint takes (JSON, where the reference says nothing else)');
  });
}

const UTF_8 = new Set(['utf-8', 'utf8', 'us-ascii']);
