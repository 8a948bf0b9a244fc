import { defineConfig } from 'vite';

/** One script for pages of every kind, without `type="module"`; what draws a face in the page is a file of its own, loaded on demand. */
export default defineConfig({
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: 'dist/web',
    target: ['chrome111', 'edge111', 'firefox114', 'safari16.4'],
    sourcemap: false,
    lib: { entry: 'src/index.ts', name: 'VisavisWidget', formats: ['iife'], fileName: () => 'widget.js' },
    // The SDK's own way to its thread, which a script without `import.meta` does not go: see `face-worker.ts`.
    rolldownOptions: { transform: { define: { 'import.meta': '({})' } } },
  },
  worker: { format: 'iife', rolldownOptions: { output: { entryFileNames: 'widget/face-worker.js' } } },
});
