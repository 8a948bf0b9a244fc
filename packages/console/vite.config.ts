import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

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

export default defineConfig({
  plugins: [react()],
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
  },
  server: { port: 5173, proxy: passed },
});
