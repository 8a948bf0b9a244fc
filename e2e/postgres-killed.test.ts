import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../packages/server/src/testing/postgres-server.ts';
import { killRounds } from './harness/kill-rounds.ts';
import { cleanUp, startProduct, temporaryFolder } from './harness/product.ts';
import { heard, type Provider, startProvider } from './harness/provider.ts';
import { loggedRandom } from './harness/random.ts';

const ROUNDS = 5;

let postgres: PostgresServer | string;
let provider: Provider;
beforeAll(async () => {
  postgres = await startPostgres();
  provider = await startProvider();
});
afterAll(async () => {
  await provider.close();
  if (typeof postgres !== 'string') await postgres.stop();
});
afterEach(cleanUp);

describe('the server on Postgres killed with -9', () => {
  it(`loses and doubles nothing that it has acknowledged, ${ROUNDS} times under 50 messages a second`, async ({ skip }) => {
    if (typeof postgres === 'string') return skip(postgres);
    const random = loggedRandom('kill -9 of the server on Postgres');
    provider.script(heard(() => (random.chance(0.7) ? 0 : random.integer(1, 15))));
    const dataDir = temporaryFolder();
    const env = { ...provider.env, DATABASE_URL: await postgres.newDatabase() };
    const settings = { sessions: { concurrent: 100_000 } };
    const counts = await killRounds({ rounds: ROUNDS, random, start: () => startProduct({ env, settings, dataDir }) });
    expect(counts.acknowledged).toBeGreaterThan(ROUNDS * 3);
    expect(counts.retried).toBeGreaterThan(0);
  });
});
