import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { type Load, load } from '../harness/load.ts';
import { machine, report, round } from '../harness/machine.ts';
import { API_KEY, startProduct } from '../harness/product.ts';

/**
 * The REST API against a bare Fastify + better-sqlite3 handler that writes the same rows, both in processes of their
 * own on this machine, taking turns. `ratio` = requests a second of ours / of the bare one.
 */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const CONNECTIONS = [1, 16, 64];
/** More sessions than any server here can end in the time. */
const SEEDED = 60_000 * SECONDS;
const OPERATIONS = ['create', 'get', 'list', 'end'] as const;
type Operation = (typeof OPERATIONS)[number];

const product = await startProduct();
const { agent } = await product.call('POST', '/agents', { name: 'Bench' });
const bare = fork(fileURLToPath(new URL('./bare-server.ts', import.meta.url)), {
  execArgv: ['--import', 'tsx', '--conditions=source'],
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
const { address: bareUrl, file } = await new Promise<{ address: string; file: string }>((resolve) =>
  bare.once('message', (message) => resolve(message as never)),
);
const servers = {
  ours: { url: product.url, prefix: '/api/v1', database: product.database, nextEnd: 0 },
  bare: { url: bareUrl, prefix: '', database: file, nextEnd: 0 },
};

const body = JSON.stringify({ agent_id: agent.agent_id, session_type: 'agent_chat', metadata: { source: 'bench' } }).replaceAll(
  '"',
  '\\"',
);
const headers = `{["content-type"]="application/json",["x-api-key"]="${API_KEY}"}`;

async function measure(name: keyof typeof servers, operation: Operation, connections: number): Promise<Load> {
  const server = servers[name];
  const path = `${server.prefix}/sessions`;
  const requests: Record<Operation, string> = {
    create: `return wrk.format("POST", "${path}", ${headers}, "${body}")`,
    get: `return wrk.format("GET", "${path}/" .. (n % 500 + 1), ${headers})`,
    list: `return wrk.format("GET", "${path}?limit=20", ${headers})`,
    end: `return wrk.format("PUT", "${path}/" .. (n + ${server.nextEnd}) .. "/end", ${headers}, "{}")`,
  };
  const result = await load({ url: server.url, connections, seconds: SECONDS, request: requests[operation] });
  if (operation === 'end') server.nextEnd += result.requests + connections;
  return result;
}

/** Live sessions to be ended, put straight into the database: making them by requests would take longer than the benchmark. */
function seed(name: keyof typeof servers): void {
  const database = new Sqlite(servers[name].database, { timeout: 10_000 });
  const columns = (database.pragma('table_info(sessions)') as Array<{ name: string }>)
    .map((column) => column.name)
    .filter((column) => column !== 'id');
  const last = () => (database.prepare('select max(id) as id from sessions').get() as { id: number }).id;
  servers[name].nextEnd = last();
  database.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${SEEDED})
    insert into sessions (${columns}) select ${columns} from sessions, n where id = 1`);
  database.close();
}

const rows = [];
for (const operation of OPERATIONS) {
  if (operation === 'end') for (const name of ['ours', 'bare'] as const) seed(name);
  for (const connections of CONNECTIONS) {
    const theirs = await measure('bare', operation, connections);
    const ours = await measure('ours', operation, connections);
    rows.push({
      operation,
      connections,
      ratio: round(ours.rps / theirs.rps),
      rps: Math.round(ours.rps),
      bare_rps: Math.round(theirs.rps),
      ms_p50: round(ours.msP50),
      ms_p99: round(ours.msP99),
      n: ours.requests,
      error_rate: round(ours.errors / ours.requests, 4),
      peer_cpu: round(ours.peerCpu),
    });
  }
}
const create = rows.find((row) => row.operation === 'create' && row.connections === 16);
report({
  bench: 'api',
  ratio: create?.ratio,
  create_rps: create?.rps,
  create_ms_p50: create?.ms_p50,
  create_ms_p99: create?.ms_p99,
  n: rows.reduce((sum, row) => sum + row.n, 0),
  seconds: SECONDS,
  peer_cpu: Math.max(...rows.map((row) => row.peer_cpu)),
  ...machine(),
  rows,
});
await stopped(bare);
await product.stop();

async function stopped(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await gone;
}
