import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../../testing/test-api.ts';

/** A request that has not arrived by then is dropped, in ms; the server's own value is two minutes. */
const REQUEST_MS = 600;
/** Whatever is sent, the connection is over by then, in ms. */
const BOUND_MS = 5_000;

let api: TestApi;
let port: number;
beforeAll(async () => {
  api = await startTestApi({ requestTimeoutMs: REQUEST_MS });
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  port = (api.app.server.address() as AddressInfo).port;
});
afterAll(() => api.close());

/** Sends raw bytes and gives everything that comes back until the server closes; `close` in a header makes it do so. */
function exchange(bytes: string | Buffer, options: { end?: boolean } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`The server keeps the connection open after ${JSON.stringify(String(bytes).slice(0, 100))}: ${text}`));
    }, BOUND_MS);
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.on('connect', () => (options.end ? socket.end(bytes) : socket.write(bytes)));
  });
}

const head = (path = '/api/v1/agents', ...headers: string[]) =>
  [`POST ${path} HTTP/1.1`, 'Host: x', `x-api-key: ${api.apiKey}`, ...headers, '', ''].join('\r\n');
/** After it the server closes the connection. */
const LAST = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const JSON_TYPE = 'Content-Type: application/json';

/** The answers in what came back. */
function answers(
  text: string,
): Array<{ status: number; body: { success?: boolean; error?: string; code?: string; details?: object } }> {
  return text
    .split(/(?=HTTP\/1\.1 \d{3})/)
    .filter(Boolean)
    .map((one) => {
      const [header = '', body = ''] = one.split('\r\n\r\n');
      return { status: Number(header.slice(9, 12)), body: body.startsWith('{') ? JSON.parse(body) : {} };
    });
}

describe('what is no proper HTTP', () => {
  it('is refused in the words of the API, and the connection closed', async () => {
    const requests: Array<[bytes: string, field: string]> = [
      ['nonsense\r\n\r\n', 'method'],
      ['\0\0\0\0\r\n\r\n', 'method'],
      ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'method'],
      ['GET /api/v1/agents HTTP/9.9\r\n\r\n', 'request'],
      ['GET /api/v1/agents HTTP/1.1\r\nbroken header\r\n\r\n', 'request'],
      ['GET /api/v1/agents HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n', 'request'],
      ['GET \0 HTTP/1.1\r\nHost: x\r\n\r\n', 'url'],
      [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 'headers'],
      [`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 'headers'],
      [head('/api/v1/agents', JSON_TYPE, 'Content-Length: 5', 'Content-Length: 6'), 'content-length'],
      [head('/api/v1/agents', JSON_TYPE, 'Content-Length: -5'), 'content-length'],
      [head('/api/v1/agents', JSON_TYPE, 'Content-Length: abc'), 'content-length'],
      [head('/api/v1/agents', JSON_TYPE, 'Content-Length: 5', 'Transfer-Encoding: chunked'), 'transfer-encoding'],
    ];
    for (const [bytes, field] of requests) {
      const [answer] = answers(await exchange(bytes));
      expect([
        bytes.slice(0, 60),
        answer?.status,
        answer?.body.success,
        answer?.body.code,
        Object.keys(answer?.body.details ?? {}),
      ]).toEqual([bytes.slice(0, 60), 400, false, 'invalid-request', [field]]);
    }
  });

  it('in a chunked body ends with an error or a closed connection', async () => {
    const chunked = head('/api/v1/agents', JSON_TYPE, 'Transfer-Encoding: chunked');
    for (const body of ['zz\r\n{}\r\n0\r\n\r\n', '-1\r\n\r\n', 'ffffffffffffffffff\r\n{}', '2\r\n{}zz', '2;x=y\r\n{}0\r\n\r\n']) {
      const list = answers(await exchange(chunked + body));
      for (const { status, body: told } of list) expect([body, status, told.success]).toEqual([body, 400, false]);
    }
    const whole = '{"name":"Raw"}';
    const [good] = answers(await exchange(`${chunked}${whole.length.toString(16)}\r\n${whole}\r\n0\r\n\r\n${LAST}`));
    expect(good?.status).toBe(201);
  });
});

describe('a request that does not go on', () => {
  it('is dropped in time, wherever it stops', async () => {
    const stops = [
      '',
      'GET /api',
      'POST /api/v1/agents HTTP/1.1\r\nHost: x\r\n',
      `${head('/api/v1/agents', JSON_TYPE, 'Content-Length: 100')}{"name"`,
      `${head('/api/v1/agents', JSON_TYPE, 'Transfer-Encoding: chunked')}7\r\n{"name"\r\n`,
      head('/api/v1/avatars/upload', 'Content-Type: multipart/form-data; boundary=b', 'Content-Length: 5000') +
        '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx',
    ];
    const all = await Promise.all(stops.slice(1).map((bytes) => exchange(bytes)));
    for (const text of all) for (const { status } of answers(text)) expect([400, 408]).toContain(status);
    expect(answers(all[1] ?? '')[0]?.body).toMatchObject({ success: false, details: { request: 'did not arrive in time' } });
  });

  it('and was given up by its client leaves no trace', async () => {
    const before = (await api.call('GET', '/agents?status=all')).body.agents.length;
    for (const bytes of ['GET', `${head('/api/v1/agents', JSON_TYPE, 'Content-Length: 100')}{"name":"half"}`]) {
      await exchange(bytes, { end: true });
    }
    expect((await api.call('GET', '/agents?status=all')).body.agents.length).toBe(before);
  });

  it('drop by drop is dropped as well', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.write(head('/api/v1/agents', JSON_TYPE, 'Content-Length: 100000'));
    const drops = setInterval(() => socket.write(' '), 50);
    const late = setTimeout(() => socket.destroy(new Error('late')), BOUND_MS);
    let failure: unknown;
    socket.on('error', (error) => (failure = error.message));
    await closed;
    clearInterval(drops);
    clearTimeout(late);
    expect(failure).not.toBe('late');
  });
});

describe('requests in one connection', () => {
  it('are answered in order when pipelined', async () => {
    const get = (path: string, ...more: string[]) =>
      [`GET ${path} HTTP/1.1`, 'Host: x', `x-api-key: ${api.apiKey}`, ...more, '', ''].join('\r\n');
    const list = answers(
      await exchange(get('/api/v1/usage') + get('/api/v1/agents/999999') + get('/healthz', 'Connection: close')),
    );
    expect(list.map(({ status }) => status)).toEqual([200, 404, 200]);
  });

  it('are never read out of a refused body', async () => {
    const hidden = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    for (const type of ['Content-Type: text/plain', JSON_TYPE, 'Content-Type: multipart/form-data; boundary=x']) {
      const refused = `${head('/api/v1/agents', type, `Content-Length: ${hidden.length}`, 'Connection: close')}${hidden}`;
      expect(answers(await exchange(refused)).map(({ status }) => status)).toEqual([400]);
    }
  });

  it('of methods that the API does not have are a 404', async () => {
    for (const method of ['TRACE', 'OPTIONS', 'PROPFIND', 'PATCH', 'LOCK']) {
      const request = `${method} /api/v1/agents HTTP/1.1\r\nHost: x\r\nx-api-key: ${api.apiKey}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      const [answer] = answers(await exchange(request));
      expect([method, answer?.status, answer?.body.code]).toEqual([method, 404, 'route-not-found']);
    }
  });
});
