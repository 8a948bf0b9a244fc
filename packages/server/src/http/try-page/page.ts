import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { App } from '../api.ts';
import { BODY } from './body.ts';
import { STYLE } from './style.ts';

/**
 * The client is modules of its own, because the SDK and the widget will have the same logic: `tsc -b` compiles them beside this file
 * (`client/tsconfig.json`, with the browser's types), and they are served as they are, without a bundler. Run from source, as `npm run dev`
 * and the tests do, their types are stripped by the esbuild that tsx itself runs on; the built product never loads it.
 */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Scripts of this server only, the one style that is written here, and nobody else to talk to. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<title>Talk with an agent – Visavis</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<script type="module" src="/try/assets/main${EXTENSION}"></script>
</head>
${BODY}
</html>
`;

const Params = z.object({ id: z.string().regex(/^[1-9]\d{0,15}$/) });
const AssetParams = z.object({ file: z.string() });

/** The page for trying an agent, at `/try/{agent_id}`. It is the same for every agent, and says nothing about them. */
export async function tryPage(app: App): Promise<void> {
  const modules = await readModules();

  app.get('/try/:id', { schema: { hide: true, params: Params } as never }, async (_request, reply) =>
    reply
      .header('content-security-policy', POLICY)
      .header('permissions-policy', 'microphone=(self)')
      .header('referrer-policy', 'no-referrer')
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(PAGE as never),
  );

  app.get('/try/assets/:file', { schema: { hide: true, params: AssetParams } as never }, async (request, reply) => {
    const source = modules.get((request.params as { file: string }).file);
    if (source === undefined) throw new AppError('route-not-found');
    return reply
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-cache')
      .type('text/javascript; charset=utf-8')
      .send(source as never);
  });
}

/** The client's modules by file name, as a browser runs them. */
async function readModules(): Promise<Map<string, string>> {
  const folder = new URL('client/', import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(EXTENSION) && !/\.(test|d)\.ts$/.test(name));
  const modules = await Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const text = await readFile(new URL(name, folder), 'utf8');
      if (EXTENSION === '.js') return [name, text.replace(/^\/\/# sourceMappingURL=.*$/m, '')];
      const { transform } = await import('esbuild');
      return [name, (await transform(text, { loader: 'ts', target: 'es2023' })).code];
    }),
  );
  return new Map(modules);
}
