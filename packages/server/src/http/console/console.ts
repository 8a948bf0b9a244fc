import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import files from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../api.ts';

/** Stands in the console's `index.html` where each answer has a number of its own. */
const NONCE_PLACE = /__CSP_NONCE__/g;
const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * Addresses that are never the console's: what is not found there is answered as the API answers. (A page of the console may be called
 * `/avatars`; what lies below it as a file is served before.)
 */
const NOT_THE_CONSOLES = /^\/(api|v1|docs|assets|widget|try|webrtc|metrics|healthz|readyz)(\/|\.|$)|\.\w{1,5}$/;

/** The console in the browser, where it is built. */
export interface ConsolePages {
  /** The console's page for a browser that navigates to an address that no route takes; undefined for everybody else. */
  pageFor(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined;
}

/**
 * Serves the built console: its page at `/` and wherever else a browser navigates to, its scripts, styles and pictures at `/assets/` (named
 * by their content, so they are kept for ever) and at the names they have in the folder.
 * @param folder `dist/web` of the package; its files may come in a compressed form, too (`.br`, `.gz`)
 */
export async function consolePages(app: App, folder: string): Promise<ConsolePages> {
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      void reply.headers({ 'x-content-type-options': 'nosniff', vary: 'Accept-Encoding' });
    });
    await scope.register(files, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      preCompressed: true,
      immutable: true,
      maxAge: YEAR_MS,
      index: false,
      decorateReply: false,
    });
    await scope.register(files, {
      root: folder,
      wildcard: false,
      globIgnore: ['index.html', 'assets/**', '**/*.br', '**/*.gz'],
      index: false,
      maxAge: 3_600_000,
      decorateReply: false,
    });
  });
  const page = async (reply: FastifyReply) => {
    const nonce = randomBytes(16).toString('base64');
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    return reply
      .code(200)
      .headers({
        'content-security-policy': policy(nonce),
        'permissions-policy': 'microphone=(self), camera=(self)',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache',
      })
      .type('text/html; charset=utf-8')
      .send(html.replace(NONCE_PLACE, nonce));
  };
  app.get('/', { schema: { hide: true } as never }, async (_request, reply) => (await page(reply as never)) as never);
  return {
    pageFor(request, reply) {
      const [path = ''] = request.url.split('?');
      const navigates = ['GET', 'HEAD'].includes(request.method) && (request.headers.accept ?? '').includes('text/html');
      return navigates && !NOT_THE_CONSOLES.test(path) ? page(reply) : undefined;
    },
  };
}

/**
 * Scripts of this server only. The component library writes style elements, which carry the nonce. Pictures and sounds may be made in the
 * page: of a camera, of a file before it is sent.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
