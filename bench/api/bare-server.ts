import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import Fastify from 'fastify';

// The yardstick: the same row written and read with nothing around it; every insert is a commit with synchronous=FULL.
const file = join(mkdtempSync(join(tmpdir(), 'visavis-bare-')), 'bare.db');
const database = new Sqlite(file);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`create table sessions (id integer primary key autoincrement, user_id integer not null, agent_id integer not null, type text not null,
  status text not null, end_reason text, language text not null, metadata text not null, warnings text not null, started_at integer not null,
  ended_at integer, created_at integer not null, deadline_at integer not null, expires_at integer not null);
  create index sessions_user on sessions (user_id, id)`);
const insert = database.prepare(
  `insert into sessions (user_id, agent_id, type, status, language, metadata, warnings, started_at, created_at, deadline_at, expires_at)
   values (1, ?, ?, 'active', 'en', ?, '[]', ?, ?, ?, ?) returning *`,
);
const find = database.prepare('select * from sessions where id = ? and user_id = 1');
const list = database.prepare('select * from sessions where user_id = 1 order by id desc limit 20');
const end = database.prepare(
  `update sessions set status = 'completed', end_reason = 'ended-by-client', ended_at = ? where id = ? returning *`,
);

interface Start {
  agent_id: number;
  session_type: string;
  metadata: object;
}
const app = Fastify();
app.post<{ Body: Start }>('/sessions', (request, reply) => {
  const { agent_id, session_type, metadata } = request.body;
  const now = Date.now();
  const session = insert.get(agent_id, session_type, JSON.stringify(metadata), now, now, now + 1_800_000, now + 14_400_000);
  reply.code(201).send({ success: true, session });
});
app.get<{ Params: { id: string } }>('/sessions/:id', (request, reply) =>
  reply.send({ success: true, session: find.get(request.params.id) }),
);
app.get('/sessions', (_request, reply) => reply.send({ success: true, sessions: list.all() }));
app.put<{ Params: { id: string } }>('/sessions/:id/end', (request, reply) => {
  reply.send({ success: true, session: end.get(Date.now(), request.params.id) });
});
const address = await app.listen({ port: 0 });
process.send?.({ address, file });
