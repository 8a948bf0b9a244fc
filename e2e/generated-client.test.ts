import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, type Product, startProduct, temporaryFolder } from './harness/product.ts';

/**
 * Stock tools, as a customer would install them. The generator needs the compiler API of TypeScript 5, so it gets a folder
 * of its own.
 */
const TOOLS = ['openapi-typescript@7.13.0', 'openapi-fetch@0.17.0', 'typescript@5.9.3'];
const DOCUMENT = fileURLToPath(new URL('../openapi.json', import.meta.url));

/** What a customer writes: every line is checked against the generated types. */
const CUSTOMER = `
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

const client = createClient<paths>({ baseUrl: process.argv[2]!, headers: { 'x-api-key': process.argv[3]! } });
const done: string[] = [];

const agent = await client.POST('/api/v1/agents', { body: { name: 'Generated', custom_greeting: 'Hello!' } });
if (!agent.data) throw new Error(agent.error.code);
const agentId: number = agent.data.agent.agent_id;
done.push(agent.data.message);

const session = await client.POST('/api/v1/sessions', {
  params: { header: { 'Idempotency-Key': 'generated-1' } },
  body: { agent_id: agentId, session_type: 'agent_chat', metadata: { source: 'generated' } },
});
if (!session.data) throw new Error(session.error.error);
const { session_id: id, started_at } = session.data.session;
done.push(session.data.message, String(/Z$/.test(started_at)));

const list = await client.GET('/api/v1/sessions', { params: { query: { agent_id: agentId, status: 'active', limit: 5 } } });
const items: components['schemas']['SessionListItem'][] = list.data?.sessions ?? [];
done.push(String(items.map((item) => item.session_id).includes(id)));

const ended = await client.PUT('/api/v1/sessions/{id}/end', { params: { path: { id } }, body: { duration: 3 } });
done.push(ended.data?.session.status ?? 'failed', String(ended.data?.session.duration));
const again = await client.PUT('/api/v1/sessions/{id}/end', { params: { path: { id } } });
done.push(again.data?.message ?? 'failed');

const missing = await client.GET('/api/v1/agents/{id}', { params: { path: { id: 999999 } } });
const problem: components['schemas']['Error'] | undefined = missing.error;
done.push(problem?.code ?? 'none', String(missing.response.status));
// @ts-expect-error: an id is a number
await client.GET('/api/v1/agents/{id}', { params: { path: { id: 'x' } } });

console.log(JSON.stringify(done));
`;

const folder = temporaryFolder();
const install = spawnSync(
  'npm',
  ['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts', '--prefix', folder, ...TOOLS],
  {
    encoding: 'utf8',
    timeout: 120_000,
  },
);
const unreachable =
  install.status === 0 ? undefined : `the generator cannot be installed: ${install.stderr.trim().split('\n').at(-1)}`;
if (unreachable) console.warn(`Tests with a generated client are skipped: ${unreachable}`);

const run = (tool: string, ...options: string[]) =>
  spawnSync(process.execPath, [join(folder, 'node_modules', tool), ...options], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });

describe.skipIf(unreachable)(
  `a client that a stock generator makes of openapi.json${unreachable ? ` (${unreachable})` : ''}`,
  () => {
    let product: Product;
    beforeAll(async () => {
      product = await startProduct();
    });
    afterAll(cleanUp);

    it('is generated, type-checked, and creates an agent and a session, lists and ends it', () => {
      const generated = run('openapi-typescript/bin/cli.js', DOCUMENT, '-o', 'api.d.ts');
      expect([generated.status, generated.stderr]).toEqual([0, expect.not.stringMatching(/warn|error/i)]);

      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      writeFileSync(join(folder, 'customer.ts'), CUSTOMER);
      writeFileSync(join(folder, 'globals.d.ts'), 'declare const process: { argv: string[] };');
      const compiled = run(
        'typescript/bin/tsc',
        ...['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--skipLibCheck'],
        ...['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable'],
        ...['customer.ts', 'globals.d.ts'],
      );
      expect(compiled.stdout).toBe('');

      const ran = spawnSync(process.execPath, ['customer.js', product.url, product.apiKey], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect(ran.stderr).toBe('');
      expect(JSON.parse(ran.stdout)).toEqual([
        'Agent created successfully',
        'Session started successfully',
        'true',
        'true',
        'completed',
        '3',
        'Session ended successfully',
        'agent-not-found',
        '404',
      ]);
    });
  },
);
