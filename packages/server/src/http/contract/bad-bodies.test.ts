import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BodySchema, type Operation, operationsOf, VALID_BODIES } from '../../testing/api-operations.ts';
import { idOf, makeWorld, pathWith, type World } from '../../testing/api-world.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

/** Whatever comes, an answer comes within this, in ms. */
const PATIENCE_MS = 5_000;

let api: TestApi;
let world: World;
let operations: Operation[];
beforeAll(async () => {
  const answered = async () => ({ ok: true, model: 'm', ms: 1 }) as const;
  const probe = { check: async () => undefined, test: answered, testVendor: answered };
  api = await startTestApi({ probe });
  world = await makeWorld(api, api, 'mine');
  operations = await operationsOf(api);
});
afterAll(() => api.close());

const send = async (operation: Operation, body: unknown, headers: Record<string, string> = {}): Promise<TestAnswer> => {
  const path = pathWith(operation, idOf(operation, world));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${operation.id} hangs on ${String(body).slice(0, 200)}`)), PATIENCE_MS);
  });
  const answer = await Promise.race([api.call(operation.method, path, body, headers), late]);
  clearTimeout(timer);
  return answer;
};

/** A refusal as the contract describes it; undefined where it is one. */
function notRefused(answer: TestAnswer, field?: string): string | undefined {
  const { status, body } = answer;
  const proper = body?.success === false && typeof body.error === 'string' && typeof body.code === 'string';
  if (status !== 400 || !proper) return `${status} ${JSON.stringify(body).slice(0, 200)}`;
  const named = Object.keys(body.details ?? {});
  if (field !== undefined && !named.some((name) => name === field || name.startsWith(`${field}.`))) return `names ${named}`;
  return undefined;
}

const withBodies = () => operations.filter(({ body }) => body !== undefined);
const validBody = (operation: Operation): Record<string, unknown> => {
  const make = VALID_BODIES[operation.id];
  if (!make) throw new Error(`api-operations.ts has no valid body for ${operation.id}`);
  return make(world);
};

/** The JSON types that a schema takes. */
function typesOf(schema: BodySchema): Set<string> {
  if (schema.anyOf) return new Set(schema.anyOf.flatMap((inner) => [...typesOf(inner)]));
  if (schema.type === undefined) return new Set((schema.enum ?? [schema.const]).map((value) => typeOf(value)));
  return new Set([schema.type].flat());
}
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Raw JSON of each type, in many disguises. */
const RAW: Array<[type: string, json: string]> = [
  ['null', 'null'],
  ['array', '[]'],
  ['array', '[1,"x"]'],
  ['object', '{}'],
  ['object', '{"length":3,"toString":1}'],
  ['string', '"some text"'],
  ['string', '"1"'],
  ['string', '"NaN"'],
  ['string', '"true"'],
  ['boolean', 'true'],
  ['integer', '12345'],
  ['integer', '1e21'],
  ['number', '1.5'],
  ['number', '-0.1'],
  ['number', '1e-9'],
];
/** Refused whatever the field's type is. */
const NEVER = [
  '1e400',
  '-1e400',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '[1e999]',
  '{"__proto__":{}}',
  '{"a":1,"a":2}',
];

/** Raw JSON that a field's schema does not take. */
function wrongValues(schema: BodySchema): string[] {
  const types = typesOf(schema);
  const wrong = RAW.filter(([type]) => !types.has(type) && !(type === 'integer' && types.has('number'))).map(([, json]) => json);
  if (types.has('integer')) wrong.push('9007199254740993', '-9007199254740993');
  for (const inner of schema.anyOf ?? [schema]) {
    if (inner.enum) wrong.push('"nothing of the kind"', '""');
    if (inner.minimum !== undefined && inner.type === 'integer') wrong.push(String(inner.minimum - 1));
    if (inner.maximum !== undefined && inner.type === 'integer') wrong.push(String(inner.maximum + 1));
    if (inner.minLength) wrong.push('""');
    if (inner.maxLength !== undefined) wrong.push(JSON.stringify('x'.repeat(inner.maxLength + 1)));
  }
  return [...wrong, ...NEVER];
}

describe('a body is refused with 400, and the field named,', () => {
  it('where any field of any request has any wrong value', { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    let requests = 0;
    for (const operation of withBodies()) {
      for (const [field, schema] of Object.entries(operation.body?.properties ?? {})) {
        for (const json of wrongValues(schema)) {
          const others = { ...validBody(operation), [field]: undefined };
          const body = `{${JSON.stringify(field)}:${json},${JSON.stringify(others).slice(1)}`.replace(/,}$/, '}');
          const problem = notRefused(await send(operation, body), field);
          if (problem) wrong.push(`${operation.id}.${field} = ${json.slice(0, 60)}: ${problem}`);
          requests++;
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(requests).toBeGreaterThan(1_000);
  });

  it('where a required field is missing', async () => {
    for (const operation of withBodies()) {
      for (const field of operation.body?.required ?? []) {
        const answer = await send(operation, { ...validBody(operation), [field]: undefined });
        expect([operation.id, field, notRefused(answer, field)]).toEqual([operation.id, field, undefined]);
      }
    }
  });

  it('where the body is no JSON object, or no JSON at all', { timeout: 60_000 }, async () => {
    const deep = (open: string, close: string) => `{"metadata":${open.repeat(100_000)}${close.repeat(100_000)}}`;
    const bodies: Array<string | Buffer> = [
      '[]',
      '"text"',
      '7',
      'true',
      '{',
      '{"a":',
      '{"a":1,}',
      "{'a':1}",
      '{"a":1}{"b":2}',
      'NaN',
      'undefined',
      '\0',
      '\ufeff\ufeff{}',
      Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
      Buffer.from('{"name":"\xe4"}', 'latin1'),
      Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
      deep('[', ']'),
      deep('{"a":', '}').replace(/}+}$/, `1${'}'.repeat(100_001)}`),
      '['.repeat(100_000),
      '{"constructor":{"prototype":{}}}',
    ];
    const wrong: string[] = [];
    for (const operation of withBodies()) {
      for (const body of bodies) {
        const problem = notRefused(await send(operation, body));
        if (problem) wrong.push(`${operation.id} ${String(body).slice(0, 30)}: ${problem}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('where its type, character set or encoding is another', async () => {
    const wrong: string[] = [];
    for (const operation of withBodies()) {
      const text = JSON.stringify(validBody(operation));
      for (const [header, value, field] of [
        ['content-type', 'text/plain', 'content-type'],
        ['content-type', 'application/x-www-form-urlencoded', 'content-type'],
        ['content-type', 'multipart/form-data; boundary=x', 'content-type'],
        ['content-type', 'application/jsonp', 'content-type'],
        ['content-type', 'nonsense', 'content-type'],
        ['content-type', 'application/json; charset=utf-16', 'content-type'],
        ['content-type', 'application/json; charset="iso-8859-1"', 'content-type'],
        ['content-encoding', 'gzip', 'content-encoding'],
        ['content-encoding', 'br, gzip', 'content-encoding'],
      ] as const) {
        const problem = notRefused(await send(operation, text, { [header]: value }), field);
        if (problem) wrong.push(`${operation.id} ${header}: ${value}: ${problem}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('a body', () => {
  it('of more than 1 MB is refused with 413', async () => {
    for (const operation of withBodies()) {
      const answer = await send(operation, JSON.stringify({ padding: 'x'.repeat(1024 * 1024) }));
      expect([operation.id, answer.status, answer.body.code]).toEqual([operation.id, 413, 'too-large']);
    }
  });

  it('with thousands of mistakes gets a short answer soon', async () => {
    const keys = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`llm${n}`, 1]));
    const create = operations.find(({ id }) => id === 'createAgent') as Operation;
    for (const properties of [keys, { ['x'.repeat(900_000)]: 1 }, { llm: { fallbacks: Array(5_000).fill({ x: 1 }) } }]) {
      const answer = await send(create, { name: 'x', properties });
      expect(notRefused(answer, 'properties')).toBeUndefined();
      expect(JSON.stringify(answer.body).length).toBeLessThan(8_000);
    }
  });

  it('may be in any case of its type, and be left out where all of it is optional', async () => {
    const end = operations.find(({ id }) => id === 'endSession') as Operation;
    const headers = { 'content-type': 'Application/JSON;Charset=UTF-8' };
    const create = operations.find(({ id }) => id === 'createAgent') as Operation;
    expect((await send(create, '{"name":"x"}', headers)).status).toBe(201);
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain;charset=UTF-8']) {
      expect((await send(end, '', { 'content-type': type, 'content-length': '0' })).status).toBe(200);
    }
    expect((await send(end, undefined)).status).toBe(200);
  });

  it('of any JSON is answered without a fault by every endpoint', { timeout: 120_000 }, async () => {
    for (const operation of withBodies().filter(({ id }) => !['setUpAccount', 'signIn'].includes(id))) {
      const fields = Object.keys(operation.body?.properties ?? {});
      const values = Object.fromEntries(fields.map((field) => [field, fc.jsonValue({ maxDepth: 4 })]));
      const bodies = fc.oneof(fc.record(values, { requiredKeys: [] }), fc.jsonValue(), fc.object({ maxDepth: 3 }));
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const { status, body: answer } = await send(operation, JSON.stringify(body) ?? '');
          expect([200, 201, 400, 401, 403, 404, 409, 413, 503], operation.id).toContain(status);
          if (status >= 400)
            expect(answer).toMatchObject({ success: false, error: expect.any(String), code: expect.any(String) });
        }),
        { numRuns: 40, seed: 7 },
      );
    }
  });

  it('of any bytes is answered without a fault', { timeout: 60_000 }, async () => {
    const create = operations.find(({ id }) => id === 'createSession') as Operation;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        expect(notRefused(await send(create, Buffer.from(bytes)))).toBeUndefined();
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});
