import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import type { App } from '../api.ts';
import { BODY } from './body.ts';
import { STYLE } from './style.ts';

/**
 * The page is a view of the SDK's live session, in modules of its own: `tsc -b` compiles them beside this file (`client/tsconfig.json`, with
 * the browser's types), and they are served as they are, without a bundler. Run from source, as `npm run dev` and the tests do, their types
 * are stripped by the esbuild that tsx itself runs on; the built product never loads it.
 */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
/** The SDK and the face package are served as they are, too: a page that draws a face itself runs the server's own code. */
const PACKAGES = ['client', 'face'];
const packageFolder = (name: string) => new URL(`../../../../${name}/${EXTENSION === '.ts' ? 'src' : 'dist'}/`, import.meta.url);
const ASSETS = '/try/assets/';

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
const AssetParams = z.object({ '*': z.string() });

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

  app.get('/try/assets/*', { schema: { hide: true, params: AssetParams } as never }, async (request, reply) => {
    const path = (request.params as { '*': string })['*'];
    // A worker is named as it is when it is compiled.
    const source = await (modules.get(path) ?? modules.get(path.replace(/\.js$/, EXTENSION)))?.();
    if (source === undefined) throw new AppError('route-not-found');
    return reply
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-cache')
      .type('text/javascript; charset=utf-8')
      .send(source as never);
  });
}

/** The modules that browsers get, by path: each is read when it is first asked for. */
async function readModules(): Promise<Map<string, () => Promise<string>>> {
  const folders = [
    { at: '', folder: new URL('client/', import.meta.url) },
    ...PACKAGES.map((name) => ({ at: `packages/${name}/`, folder: packageFolder(name) })),
  ];
  const modules = new Map<string, () => Promise<string>>();
  for (const { at, folder } of folders) {
    for (const name of await readdir(folder, { recursive: true })) {
      const path = name.replaceAll('\\', '/');
      if (!path.endsWith(EXTENSION) || /\.(test|d)\.ts$|(^|\/)testing\//.test(path)) continue;
      let text: Promise<string> | undefined;
      modules.set(at + path, () => {
        text ??= moduleText(new URL(path, folder));
        return text;
      });
    }
  }
  return modules;
}

/** A module as a browser runs it. */
async function moduleText(file: URL): Promise<string> {
  const text = await readFile(file, 'utf8');
  const script =
    EXTENSION === '.js'
      ? text.replace(/^\/\/# sourceMappingURL=.*$/m, '')
      : (await (await import('esbuild')).transform(text, { loader: 'ts', target: 'es2023' })).code;
  // Browsers find packages by their address only.
  return script.replace(
    /(from\s*["'])@visavis\/(\w+)(?:\/([\w-]+))?(["'])/g,
    (_, before, name, module = 'index', after) => `${before}${ASSETS}packages/${name}/${module}${EXTENSION}${after}`,
  );
}
