import { beforeAll, describe, expect, it, vi } from 'vitest';

let readOrigin: typeof import('./origins.ts').readOrigin;
beforeAll(async () => {
  vi.stubGlobal('navigator', { languages: ['en'] });
  ({ readOrigin } = await import('./origins.ts'));
});

describe('an allowed origin as people write it', () => {
  it('becomes what browsers send', () => {
    const read: Record<string, string> = {
      'https://shop.example.com': 'https://shop.example.com',
      'https://Shop.Example.com/cart?x=1#y': 'https://shop.example.com',
      'shop.example.com': 'https://shop.example.com',
      'shop.example.com:8443/x': 'https://shop.example.com:8443',
      'https://shop.example.com:443': 'https://shop.example.com',
      'http://shop.example.com': 'http://shop.example.com',
      'localhost:8080': 'http://localhost:8080',
      'https://*.example.com/': 'https://*.example.com',
      '*.example.com': 'https://*.example.com',
      'https://bücher.example': 'https://xn--bcher-kva.example',
      'http://192.168.1.7:3000': 'http://192.168.1.7:3000',
    };
    for (const [typed, origin] of Object.entries(read)) expect(readOrigin(typed), typed).toEqual({ origin });
  });

  it('is refused with a reason where it is none, or would let everybody in', () => {
    for (const typed of ['', ' ', '*', 'null', 'shop', 'ftp://example.com', 'https://', 'https://a b.com', 'https://*.com']) {
      expect(readOrigin(typed).problem, typed).toEqual(expect.any(String));
    }
    for (const typed of ['https://sh*p.example.com', 'https://a.*.example.com', 'https://you@example.com', '*.127.0.0.1']) {
      expect(readOrigin(typed).problem, typed).toEqual(expect.any(String));
    }
  });
});
