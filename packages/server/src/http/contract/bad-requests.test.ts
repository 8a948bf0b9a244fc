import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, operationsOf, VALID_BODIES } from '../../testing/api-operations.ts';
import { idOf, makeWorld, pathWith, type World } from '../../testing/api-world.ts';
import { MULTIPART } from '../../testing/multipart-body.ts';
import { startTestApi, type TestAnswer, type TestApi } from '../../testing/test-api.ts';

let api: TestApi;
let world: World;
let operations: Operation[];
beforeAll(async () => {
  const answered = async () => ({ ok: true, model: 'm', ms: 1 }) as const;
  const probe = { check: async () => undefined, test: answered, testVendor: answered };
  const time = Date.now();
  api = await startTestApi({ probe, now: () => time });
  world = await makeWorld(api, api, 'mine');
  operations = await operationsOf(api);
});
afterAll(() => api.close());

const send = (operation: Operation, path: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
  api.call(operation.method, path, VALID_BODIES[operation.id]?.(world), headers);

const isRefusal = ({ status, body }: TestAnswer) =>
  status >= 400 && status < 500 && body.success === false && typeof body.error === 'string' && typeof body.code === 'string';

describe('an id in a path', () => {
  const NO_IDS = [
    '0',
    '-1',
    '1.5',
    'abc',
    '01',
    '+1',
    '1e3',
    '0x1',
    '%31%00',
    '%00',
    'NaN',
    'null',
    '9007199254740992',
    '1%20',
    '%F0%9F%98%80',
  ];
  const NO_ADDRESSES = ['%ff', '%', '%zz', '%ed%a0%80', 'x'.repeat(1_001)];

  it('that is no positive integer is a 400 that names it, on every endpoint', async () => {
    for (const operation of operations.filter(({ path }) => /\{(id|userId)\}/.test(path))) {
      const name = operation.path.includes('{userId}') ? 'userId' : 'id';
      for (const id of NO_IDS) {
        const answer = await send(operation, pathWith(operation, id));
        expect([operation.id, id, answer.status, Object.keys(answer.body.details ?? {})]).toEqual([
          operation.id,
          id,
          400,
          [name],
        ]);
      }
    }
  });

  it('or a name that cannot be read is a 400 or a 404, on every endpoint', async () => {
    for (const operation of operations.filter(({ path }) => path.includes('{'))) {
      for (const id of [...NO_ADDRESSES, '..', '.', '%2e%2e%2f', "1'--", '1;2', '']) {
        const answer = await send(operation, pathWith(operation, id));
        // `..` and the like lead to another endpoint, which may well answer.
        if (!isRefusal(answer) && NO_ADDRESSES.includes(id)) expect([operation.id, id, answer]).toEqual([]);
        expect(answer.status, `${operation.id} ${id}`).toBeLessThan(500);
      }
    }
  });

  it('of the largest integer is missing, like any other that is missing', async () => {
    for (const operation of operations.filter(
      ({ path, takesForm }) => path.includes('{id}') && !path.startsWith('/users') && !takesForm,
    )) {
      const [largest, missing] = [
        await send(operation, pathWith(operation, '9007199254740991')),
        await send(operation, pathWith(operation, 999_999)),
      ];
      expect([operation.id, largest.status, largest.body]).toEqual([operation.id, 404, missing.body]);
    }
  });
});

describe('a query', () => {
  const WRONG: Record<string, string[]> = {
    integer: ['x', '', '0', '-1', '1.5', '1e3', '1e400', '%00', 'NaN', '[]', '%ff', '99999999999999999999', 'null'],
    enum: ['x', '', '%00', 'ACTIVE', '%ff'],
  };

  it('is refused where a documented parameter is wrong or given twice, on every endpoint', async () => {
    let tried = 0;
    for (const operation of operations) {
      for (const parameter of operation.parameters.filter((one) => one.in === 'query')) {
        const base = pathWith(operation, idOf(operation, world));
        const values = parameter.schema.enum ? WRONG.enum : parameter.schema.type === 'integer' ? WRONG.integer : [''];
        for (const value of [...(values ?? []), `1&${parameter.name}=1`]) {
          const answer = await send(operation, `${base}?${parameter.name}=${value}`);
          expect([operation.id, parameter.name, value, answer.status, Object.keys(answer.body.details ?? {})]).toEqual([
            operation.id,
            parameter.name,
            value,
            400,
            [parameter.name],
          ]);
          tried++;
        }
      }
    }
    expect(tried).toBeGreaterThan(100);
  });

  it('of anything else changes nothing', async () => {
    for (const path of ['/agents', '/sessions', '/avatars', '/usage']) {
      const plain = await api.call('GET', path);
      for (const query of ['__proto__=1', 'constructor[prototype]=1', 'a'.repeat(5_000), '%ff=%fe', '&&&==', '%', 'x=%00', '?']) {
        const answer = await api.call('GET', `${path}?${query}`);
        expect([path, query, answer.status, answer.body]).toEqual([path, query, 200, plain.body]);
      }
    }
  });
});

describe('a header', () => {
  const GARBAGE = ['', ' ', 'x'.repeat(256), 'x'.repeat(8_000), 'ä', '\u0080', "' or 1=1 --"];

  it('Idempotency-Key of the wrong kind is a 400 on every endpoint', async () => {
    for (const operation of operations.filter(({ isPublic, takesForm }) => !isPublic && !takesForm)) {
      for (const key of ['x'.repeat(256), 'ä', '\u0080', 'a\u007f', '']) {
        const answer = await send(operation, pathWith(operation, idOf(operation, world)), { 'idempotency-key': key });
        expect([operation.id, key.length, answer.status, Object.keys(answer.body.details ?? {})]).toEqual([
          operation.id,
          key.length,
          400,
          ['Idempotency-Key'],
        ]);
      }
    }
  });

  it('Last-Event-ID of the wrong kind is a 400', async () => {
    const path = `/sessions/${world.sessionId}/messages`;
    const wrong = [
      ...GARBAGE,
      '1',
      '1.1',
      '1.1.1.1',
      '-1.1.1',
      '1.1.x',
      '9999999999999999.1.1',
      '1.1.9999999999',
      '0.0.0',
      '999999.1.0',
    ];
    for (const id of wrong) {
      const answer = await api.call('POST', path, { message: 'Hi' }, { 'last-event-id': id });
      expect([id, answer.status, Object.keys(answer.body.details ?? {})]).toEqual([id, 400, ['Last-Event-ID']]);
    }
  });

  it('with credentials of the wrong kind is a 401', async () => {
    const token = world.sessionToken;
    const [head, claims, signature] = token.split('.');
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const forged = Buffer.from(JSON.stringify({ sub: `user:${world.userId}` })).toString('base64url');
    const bearers = [
      ...GARBAGE,
      `${unsigned}.${claims}.`,
      `${unsigned}.${claims}.${signature}`,
      `${head}.${forged}.${signature}`,
      `${head}.${claims}.`,
      `${head}.${claims}.${signature}x`,
      `${head}.${claims}`,
      'a.b.c',
      '..',
      `${token},${token}`,
    ];
    for (const bearer of bearers) {
      for (const path of ['/agents', `/sessions/${world.sessionId}`]) {
        const answer = await api.call('GET', path, undefined, { authorization: `Bearer ${bearer}` });
        expect([bearer, answer.status, isRefusal(answer)]).toEqual([bearer, 401, true]);
      }
    }
    for (const key of [...GARBAGE, `${world.apiKey}x`, world.apiKey.toUpperCase(), `${world.apiKey}, ${world.apiKey}`]) {
      const answer = await api.call('GET', '/agents', undefined, { 'x-api-key': key });
      expect([key, answer.status, isRefusal(answer)]).toEqual([key, 401, true]);
    }
  });

  it('of any other kind is passed over', async () => {
    const plain = (await api.call('GET', '/agents')).body;
    for (const headers of [
      { accept: 'x/y;q=nonsense' },
      { 'accept-language': '%00'.repeat(1_000) },
      { cookie: 'visavis_refresh=%ff; =; ;;; __proto__=1' },
      { 'x-request-id': 'chosen' },
      { 'x-http-method-override': 'DELETE' },
      { 'accept-version': '9' },
      { 'x-forwarded-for': "';--" },
      { 'x-forwarded-host': 'evil.example' },
      { range: 'bytes=0-1' },
    ] as Array<Record<string, string>>) {
      const answer = await api.call('GET', '/agents', undefined, headers);
      expect([headers, answer.status, answer.body]).toEqual([headers, 200, plain]);
      expect(answer.headers['x-request-id']).not.toBe('chosen');
    }
  });
});

describe('a form', () => {
  it('that is broken in any way is a 400', async () => {
    const boundary = '----visavis-test-boundary';
    const part = (disposition: string, text = 'x') => `--${boundary}\r\nContent-Disposition: ${disposition}\r\n\r\n${text}\r\n`;
    const end = `--${boundary}--\r\n`;
    const file = 'form-data; name="file"; filename="a.png"';
    const bodies = [
      '',
      'nonsense',
      '\0',
      end,
      `--${boundary}`,
      `--${boundary}\r\n\r\n${end}`,
      part('form-data'),
      part('form-data; name="name"'),
      part('attachment; name="name"') + end,
      part('form-data; name="name"', 'a\0b') + part(file) + end,
      part('form-data; name="__proto__"', 'x') + part('form-data; name="name"') + part(file) + end,
      part('form-data; name="name"') + part('form-data; name="name"') + part(file) + end,
      part('form-data; name="name"', 'x'.repeat(201)) + part(file) + end,
      part('form-data; name="name"', 'x'.repeat(10_000)) + part(file) + end,
      part('form-data; name="name"') + part('form-data; name="consent"', 'perhaps') + part(file) + end,
      part('form-data; name="name"') + part('form-data; name="file"') + end,
      part('form-data; name="name"') + part(file, ''),
      Array.from({ length: 100 }, (_, n) => part(`form-data; name="f${n}"`)).join('') + end,
      `--${boundary}\r\n${'X-Header: x\r\n'.repeat(3_000)}\r\nx\r\n${end}`,
    ];
    for (const body of bodies) {
      const answer = await api.call('POST', '/avatars/upload', body, MULTIPART);
      expect([body.slice(0, 120), answer.status, isRefusal(answer)]).toEqual([body.slice(0, 120), 400, true]);
    }
    for (const type of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'multipart/mixed; boundary=x',
      `multipart/form-data; boundary=${'x'.repeat(500)}`,
    ]) {
      const answer = await api.call('POST', '/avatars/upload', part('form-data; name="name"') + end, { 'content-type': type });
      expect([type, answer.status, isRefusal(answer)]).toEqual([type, 400, true]);
    }
    expect(await api.call('POST', '/avatars/upload', part('form-data; name="name"') + part(file) + end, MULTIPART)).toMatchObject(
      { status: 415 },
    );
  });
});
