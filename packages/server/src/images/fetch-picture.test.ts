import { execFileSync } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AvatarProblemError } from '../core/avatars/avatar-problem.ts';
import { assertPublicUrl, guardedLookup, type Lookup } from '../providers/private-network.ts';
import { createFetchPicture, type FetchPictureOptions } from './fetch-picture.ts';

/** A certificate for `pictures.example` and `elsewhere.example`, made for these tests alone. */
function makeCertificate(): { key: string; certificate: string } {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-certificate-'));
  try {
    const names = 'subjectAltName=DNS:pictures.example,DNS:elsewhere.example';
    const subject = ['-subj', '/CN=pictures.example', '-addext', names, '-days', '2', '-nodes'];
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'certificate')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', ...subject, ...files], {
      stdio: 'ignore',
    });
    return { key: readFileSync(join(folder, 'key'), 'utf8'), certificate: readFileSync(join(folder, 'certificate'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let server: Server;
let port: number;
let certificate: string;
let asked: string[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  if (!hasOpenssl) return;
  const made = makeCertificate();
  certificate = made.certificate;
  server = createServer({ key: made.key, cert: made.certificate }, (request, response) => {
    asked.push(`${request.headers.host?.replace(/:\d+$/, '')}${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});
beforeEach(() => {
  asked = [];
  answer = (_request, response) => response.end('a picture');
});

/** Every name leads to the server of this test. */
const toLoopback: Lookup = (_name, options, callback) => {
  const address: LookupAddress = { address: '127.0.0.1', family: 4 };
  if (options.all) callback(null, [address]);
  else callback(null, address.address, address.family);
};

const never = new AbortController().signal;
const fetchWith = (options: Partial<FetchPictureOptions>, url: string) =>
  createFetchPicture({ lookup: toLoopback as never, assertPublic: assertPublicUrl, certificate, ...options })(url, never).then(
    (bytes) => Buffer.from(bytes).toString(),
    (error: unknown) => (error instanceof AvatarProblemError ? error.problem : Promise.reject(error)),
  );
const fetched = (path: string, options: Partial<FetchPictureOptions> = {}) =>
  fetchWith(options, `https://pictures.example:${port}${path}`);
const redirecting = (places: Record<string, string>) => {
  answer = (request, response) => {
    const place = places[request.url ?? ''];
    if (place === undefined) return void response.end('a picture');
    response.writeHead(302, { location: place.replace('PORT', String(port)) }).end();
  };
};

describe.skipIf(!hasOpenssl)('a picture at an address', () => {
  it('is fetched over https', async () => {
    expect(await fetched('/face.png')).toBe('a picture');
    expect(asked).toEqual(['pictures.example/face.png']);
  });

  it('is fetched through three redirects, relative ones and to other servers too, not through four', async () => {
    redirecting({ '/1': '/2', '/2': 'https://elsewhere.example:PORT/3', '/3': '/4', '/4': 'there' });
    expect(await fetched('/2')).toBe('a picture');
    expect(asked.at(-1)).toBe('elsewhere.example/there');
    expect(await fetched('/1')).toBe('address-refused');
  });

  it.each([
    ['http://pictures.example/face.png', 'address-not-https'],
    ['https://127.0.0.1:PORT/face.png', 'address-not-public'],
    ['https://[::1]:PORT/face.png', 'address-not-public'],
    ['https://[::ffff:127.0.0.1]:PORT/face.png', 'address-not-public'],
    ['https://2130706433:PORT/face.png', 'address-not-public'],
    ['https://localhost:PORT/face.png', 'address-not-public'],
    ['https://169.254.169.254/latest/meta-data', 'address-not-public'],
    ['ftp://pictures.example/face.png', 'address-not-https'],
    ['file:///etc/passwd', 'address-not-https'],
    ['https://user:secret@pictures.example:PORT/face.png', 'address-refused'],
    ['https://', 'address-refused'],
  ])('is not fetched from %s, not even by a redirect', async (place, problem) => {
    redirecting({ '/start': place });
    expect(await fetched('/start')).toBe(problem);
    expect(asked).toEqual(['pictures.example/start']);
  });

  it.each([
    'http://pictures.example/face.png',
    'https://10.1.2.3/face.png',
    'https://[fd00::1]/face.png',
    'https://[64:ff9b::a01:203]/face.png',
    'https://0x7f.1/face.png',
  ])('is refused before anything is connected to: %s', async (url) => {
    const lookup: Lookup = () => expect.unreachable('looked up');
    expect(await fetchWith({ lookup: lookup as never }, url)).toMatch(/^address-not-(https|public)$/);
  });

  it('is refused where its name leads to a private address', async () => {
    // The system answers 127.0.0.1 for this name; the look-up of the product does not give it out.
    const lookup: Lookup = (_name, options, callback) => guardedLookup('localhost', options, callback);
    expect(await fetched('/face.png', { lookup: lookup as never })).toBe('address-not-public');
    expect(asked).toEqual([]);
  });

  it('is refused where its name changes to a private address in between', async () => {
    redirecting({ '/start': 'https://elsewhere.example:PORT/inside' });
    let times = 0;
    const lookup: Lookup = (name, options, callback) => {
      times++;
      if (times === 1) toLoopback(name, options, callback);
      else guardedLookup('localhost', options, callback);
    };
    expect(await fetched('/start', { lookup: lookup as never })).toBe('address-not-public');
    expect(asked).toEqual(['pictures.example/start']);
  });

  it('is refused where the certificate is for somebody else', async () => {
    expect(await fetchWith({}, `https://stranger.example:${port}/face.png`)).toBe('address-unreachable');
    expect(asked).toEqual([]);
  });

  it.each([404, 403, 500, 204, 206, 304])('is refused where the server answers %i', async (status) => {
    answer = (_request, response) => response.writeHead(status).end();
    expect(await fetched('/face.png')).toBe('address-refused');
  });

  it('is refused when it is announced as too large, or turns out to be', async () => {
    answer = (_request, response) => response.writeHead(200, { 'content-length': 2_000 }).end(Buffer.alloc(2_000));
    expect(await fetched('/announced', { mostBytes: 1_000 })).toBe('picture-too-large');
    let stopped: Promise<void> | undefined;
    answer = (_request, response) => {
      const drip = setInterval(() => response.write(Buffer.alloc(100)), 1);
      stopped = new Promise((resolve) => response.once('close', resolve)).then(() => clearInterval(drip));
    };
    expect(await fetched('/endless', { mostBytes: 1_000 })).toBe('picture-too-large');
    await stopped;
  });

  it('is given up when the server says nothing, or stops in the middle', async () => {
    answer = () => undefined;
    expect(await fetched('/silent', { timeoutMs: 100 })).toBe('address-unreachable');
    answer = (_request, response) => response.writeHead(200, { 'content-length': 500 }).write('begin');
    expect(await fetched('/slow', { timeoutMs: 100 })).toBe('address-unreachable');
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 500 }).write('begin');
      setImmediate(() => response.destroy());
    };
    expect(await fetched('/cut')).toBe('address-unreachable');
  });

  it('is let go when the server stops', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('The server stops'));
    const fetchPicture = createFetchPicture({ lookup: toLoopback as never, assertPublic: assertPublicUrl, certificate });
    await expect(fetchPicture(`https://pictures.example:${port}/face.png`, stop.signal)).rejects.toThrow('The server stops');
  });
});
