import files from '@fastify/static';
import type { App } from '../api.ts';

/** How long a page may keep the widget without asking, in ms: a new version of the server soon reaches every site. */
const SHORT_MS = 5 * 60_000;

/**
 * Serves the built widget to the pages of every origin: `/widget.js`, and what it loads on demand under `/widget/`.
 * @param folder `dist/web` of the package; its files may come in a compressed form, too (`.br`, `.gz`)
 */
export async function widgetFiles(app: App, folder: string): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      void reply.headers({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        vary: 'Accept-Encoding',
      });
    });
    await scope.register(files, { root: folder, serve: false, preCompressed: true, maxAge: SHORT_MS });
    const hidden = { schema: { hide: true } };
    scope.get('/widget.js', hidden, (_request, reply) => reply.sendFile('widget.js'));
    scope.get('/widget/*', hidden, (request, reply) => reply.sendFile(`widget/${(request.params as { '*': string })['*']}`));
  });
}
