import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Client, createClient } from './client.ts';

interface Operation {
  parameters?: Array<{ $ref?: string }>;
  requestBody?: { content: Record<string, unknown> };
}
const document = JSON.parse(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
};
const operations = new Map<string, Operation>(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
  ),
);
const operationsNamed = (named: (operation: Operation) => boolean) =>
  [...operations].filter(([, operation]) => named(operation)).map(([name]) => name);

/** The same, reached by another method that the SDK has. */
const ALIASES = ['POST /api/v1/sessions/{id}/end'];

const file = new File(['x'], 'x.png', { type: 'image/png' });
const read = async (events: AsyncIterable<unknown>) => {
  for await (const _ of events);
};

/** A call of every method, by its name. */
const CALLS: Record<string, (client: Client) => Promise<unknown>> = {
  'agents.list': (client) => client.agents.list({ status: 'all' }),
  'agents.listAll': (client) => read(client.agents.listAll()),
  'agents.get': (client) => client.agents.get(1),
  'agents.create': (client) => client.agents.create({ name: 'A' }),
  'agents.update': (client) => client.agents.update(1, { name: 'B' }),
  'agents.remove': (client) => client.agents.remove(1, { endSessions: true }),
  'agents.sessions': (client) => client.agents.sessions(1),
  'agents.background.get': (client) => client.agents.background.get(1),
  'agents.background.upload': (client) => client.agents.background.upload(1, { file }),
  'agents.background.fetch': (client) => client.agents.background.fetch(1, 'https://example.com/a.png'),
  'agents.background.remove': (client) => client.agents.background.remove(1),
  'auth.setUp': (client) => client.auth.setUp({ token: 't', password: 'a long password' }),
  'auth.signIn': (client) => client.auth.signIn({ email: 'a@example.com', password: 'a long password' }),
  'auth.refresh': (client) => client.auth.refresh(),
  'auth.signOut': (client) => client.auth.signOut(),
  'auth.me': (client) => client.auth.me(),
  'auth.updateMe': (client) => client.auth.updateMe({ name: 'Ada' }),
  'auth.changePassword': (client) => client.auth.changePassword({ current_password: 'a', new_password: 'b' }),
  'avatars.list': (client) => client.avatars.list(),
  'avatars.listAll': (client) => read(client.avatars.listAll()),
  'avatars.listPublic': (client) => client.avatars.listPublic(),
  'avatars.listAllPublic': (client) => read(client.avatars.listAllPublic()),
  'avatars.listOfUser': (client) => client.avatars.listOfUser(1),
  'avatars.get': (client) => client.avatars.get(1),
  'avatars.create': (client) => client.avatars.create({ name: 'A', url: 'https://example.com/a.png' }),
  'avatars.upload': (client) => client.avatars.upload({ file, name: 'A', consent: true }),
  'avatars.update': (client) => client.avatars.update(1, { name: 'B' }),
  'avatars.remove': (client) => client.avatars.remove(1),
  'embeds.list': (client) => client.embeds.list(),
  'embeds.listAll': (client) => read(client.embeds.listAll()),
  'embeds.get': (client) => client.embeds.get('emb_x'),
  'embeds.create': (client) => client.embeds.create({ agent_id: 1, name: 'Shop', allowed_origins: ['https://shop.example.com'] }),
  'embeds.update': (client) => client.embeds.update('emb_x', { enabled: false }),
  'embeds.remove': (client) => client.embeds.remove('emb_x'),
  'embeds.widget': (client) => client.embeds.widget('emb_x'),
  'embeds.startSession': (client) => client.embeds.startSession('emb_x'),
  'keys.list': (client) => client.keys.list(),
  'keys.listAll': (client) => read(client.keys.listAll()),
  'keys.create': (client) => client.keys.create({ name: 'K' }),
  'keys.update': (client) => client.keys.update(1, { name: 'L' }),
  'keys.remove': (client) => client.keys.remove(1),
  'models.list': (client) => client.models.list(),
  'models.pull': (client) => client.models.pull('m'),
  'models.verify': (client) => client.models.verify('m'),
  'models.remove': (client) => client.models.remove('m'),
  'providers.list': (client) => client.providers.list(),
  'providers.get': (client) => client.providers.get('p'),
  'providers.put': (client) => client.providers.put('p', {}),
  'providers.remove': (client) => client.providers.remove('p'),
  'providers.test': (client) => client.providers.test('p'),
  'sessions.list': (client) => client.sessions.list({ agent_id: 1 }),
  'sessions.listAll': (client) => read(client.sessions.listAll()),
  'sessions.create': (client) => client.sessions.create({ agent_id: 1, session_type: 'chat' }),
  'sessions.get': (client) => client.sessions.get(1),
  'sessions.change': (client) => client.sessions.change(1, { session_type: 'voice' }),
  'sessions.end': (client) => client.sessions.end(1),
  'sessions.remove': (client) => client.sessions.remove(1),
  'sessions.renewToken': (client) => client.sessions.renewToken(1),
  'sessions.connect': (client) => client.sessions.connect(1, { sdp: 'v=0' }),
  'sessions.events': (client) => read(client.sessions.events(1)),
  'sessions.recording': (client) => client.sessions.recording(1, { range: 'bytes=0-' }),
  'sessions.timeline': (client) => client.sessions.timeline(1),
  'sessions.messages.list': (client) => client.sessions.messages.list(1),
  'sessions.messages.listAll': (client) => read(client.sessions.messages.listAll(1)),
  'sessions.messages.send': (client) => client.sessions.messages.send(1, 'Hi'),
  'sessions.messages.stream': (client) => read(client.sessions.messages.stream(1, 'Hi')),
  'sessions.messages.cancel': (client) => client.sessions.messages.cancel(1),
  'speech.speak': (client) => client.speech.speak({ input: 'Hi' }),
  'speech.speakWithWords': (client) => read(client.speech.speakWithWords({ input: 'Hi' })),
  'speech.transcribe': (client) => client.speech.transcribe({ file, verbose: true }),
  'speech.transcribeAs': (client) => client.speech.transcribeAs('vtt', { file }),
  'speech.transcribeStream': (client) => read(client.speech.transcribeStream({ file })),
  'tryLinks.create': (client) => client.tryLinks.create(1),
  'tryLinks.exchange': (client) => client.tryLinks.exchange({ token: 't' }),
  'usage.quality': (client) => client.usage.quality(),
  'usage.read': (client) => client.usage.read({ days: 7 }),
  'users.list': (client) => client.users.list(),
  'users.listAll': (client) => read(client.users.listAll()),
  'users.invite': (client) => client.users.invite({ email: 'a@example.com' }),
  'users.inviteAgain': (client) => client.users.inviteAgain(1),
  'users.update': (client) => client.users.update(1, { active: false }),
  'users.remove': (client) => client.users.remove(1),
  'voices.list': (client) => client.voices.list(),
};

interface Sent {
  operation: string | undefined;
  path: string;
  idempotencyKey: boolean;
  type: string | undefined;
}

/** Answers everything as far as the SDK has to go on. */
function answerTo(operation: string): Response {
  if (/\/events$/.test(operation)) return eventStream('id: 1\nevent: session.ended\ndata: {"type":"session.ended"}');
  const rows = { agents: [], keys: [], sessions: [], users: [], messages: [], voices: [], models: [], providers: [], embeds: [] };
  return Response.json(/GET .*\/avatars(\/public|\/user.*)?$/.test(operation) ? [] : { success: true, ...rows });
}
const eventStream = (...events: string[]) => new Response(events.map((event) => `${event}\n\n`).join(''));

/** What a call sends. */
async function sentBy(call: (client: Client) => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const client = createClient({
    baseUrl: 'http://server.test',
    fetch: async (input, init) => {
      const path = new URL(String(input)).pathname;
      const operation = operationOf(init?.method ?? 'GET', path);
      const headers = new Headers(init?.headers);
      const type = init?.body instanceof FormData ? 'multipart/form-data' : (headers.get('content-type') ?? undefined);
      sent.push({ operation, path, idempotencyKey: headers.has('idempotency-key'), type });
      if (headers.get('accept') === 'text/event-stream' && init?.method === 'POST')
        return eventStream('event: reply-end\ndata: {"reply":{}}');
      return answerTo(`${init?.method} ${path}`);
    },
  });
  await call(client);
  return sent;
}

/** The operation of `openapi.json` that a request asks for; the one without parameters, where two fit. */
function operationOf(method: string, path: string): string | undefined {
  const fits = [...operations.keys()].filter((name) => {
    const [itsMethod, template = ''] = name.split(' ');
    return itsMethod === method && new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
  });
  return fits.find((name) => !name.endsWith('}')) ?? fits[0];
}

/** The names of all methods of the client. */
function methodsOf(part: object, prefix = ''): string[] {
  return Object.entries(part).flatMap(([name, value]) => {
    if (prefix === '' && (name === 'http' || name === 'as')) return [];
    return typeof value === 'function' ? [prefix + name] : methodsOf(value as object, `${prefix}${name}.`);
  });
}

const calls = await Promise.all(Object.entries(CALLS).map(async ([name, call]) => ({ name, sent: await sentBy(call) })));
const all = calls.flatMap(({ sent }) => sent);

describe('the SDK', () => {
  it('has every operation of openapi.json', () => {
    const had = new Set([...all.map(({ operation }) => operation), ...ALIASES]);
    expect([...operations.keys()].filter((operation) => !had.has(operation))).toEqual([]);
  });

  it('asks for nothing that openapi.json does not have', () => {
    expect(calls.filter(({ sent }) => sent.length === 0 || sent.some(({ operation }) => operation === undefined))).toEqual([]);
  });

  it('has no method that this table leaves out', () => {
    expect(methodsOf(createClient()).sort()).toEqual(Object.keys(CALLS).sort());
  });

  it('sends an idempotency key wherever the API takes one, and nowhere else', () => {
    const takes = operationsNamed(({ parameters }) => parameters?.some(({ $ref }) => $ref?.endsWith('/IdempotencyKey')) ?? false);
    const sent = new Set(all.filter(({ idempotencyKey }) => idempotencyKey).map(({ operation }) => operation));
    expect([...sent].sort()).toEqual(takes.sort());
  });

  it('sends forms and JSON where the API takes them', () => {
    for (const { operation, type } of all) {
      const taken = Object.keys(operations.get(operation ?? '')?.requestBody?.content ?? {});
      if (type !== undefined) expect([operation, taken]).toEqual([operation, expect.arrayContaining([type])]);
    }
  });
});
