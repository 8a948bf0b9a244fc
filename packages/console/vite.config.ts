import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** `npm run dev:console` serves the console with hot reload and passes API calls on to a server started by `npm run dev`. */
const SERVER = process.env.VISAVIS_URL ?? 'http://127.0.0.1:3000';
const passed = Object.fromEntries(
  [
    '/api',
    '/docs',
    '/try',
    '/avatars/files',
    '/avatars/previews',
    '/avatars/faces',
    '/voices/preview',
    '/widget.js',
    '/readyz',
  ].map((path) => [path, { target: SERVER, ws: true }]),
);

/** The file of what the first page needs. */
const START = 'start';

/** Has Chromium compile that file as a whole while it is loaded, beside the page's own thread (https://v8.dev/blog/explicit-compile-hints). */
function compiledAtOnce(): Plugin {
  return {
    name: 'compiled-at-once',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const file of Object.values(bundle))
          if (file.type === 'chunk' && file.name === START) file.code = `//# allFunctionsCalledOnLoad\n${file.code}`;
      },
    },
  };
}

export default defineConfig({
  plugins: [react(), compiledAtOnce()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: 'dist/web',
    target: 'es2023',
    // Browsers that know light-dark() themselves: rewritten, it would not follow the component library's colour scheme.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    sourcemap: false,
    // Scripts are allowed from this server only: nothing is written into the page itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the first page needs is one file: fifty small ones keep a slow processor waiting.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: START, tags: ['$initial'] }] } } },
    // In kB, uncompressed: of what the first page needs.
    chunkSizeWarningLimit: 1_000,
  },
  server: { port: 5173, proxy: passed },
});
