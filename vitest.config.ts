import { defineConfig } from 'vitest/config';

// As Node resolves, and 'source' first: with 'module', @opentelemetry/api is taken from a build that only bundlers can read.
const conditions = ['source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
