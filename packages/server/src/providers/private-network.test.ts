import { describe, expect, it } from 'vitest';
import { AddressNotAllowedError, assertPublicUrl, guardLookup, isPrivateAddress, type Lookup } from './private-network.ts';

describe('a private address', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd12:3456::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'not an address',
    '',
  ])('is %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
    'is not %s',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});

describe('a guarded look-up', () => {
  const answering = (...addresses: string[]): Lookup =>
    guardLookup((_name, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );
  const ask = (lookup: Lookup, all: boolean) =>
    new Promise<unknown>((resolve, reject) => {
      lookup('api.example.com', { all }, (error, address) => (error ? reject(error) : resolve(address)));
    });

  it('lets public answers through, one or all', async () => {
    expect(await ask(answering('8.8.8.8', '1.1.1.1'), false)).toBe('8.8.8.8');
    expect(await ask(answering('8.8.8.8', '1.1.1.1'), true)).toHaveLength(2);
  });

  it('refuses a name of which one answer is private', async () => {
    await expect(ask(answering('8.8.8.8', '127.0.0.1'), true)).rejects.toThrow(AddressNotAllowedError);
    await expect(ask(answering('::ffff:10.0.0.1'), false)).rejects.toMatchObject({ code: 'address-not-allowed' });
    await expect(ask(answering(), true)).rejects.toThrow(AddressNotAllowedError);
  });
});

describe('a URL that somebody enters', () => {
  it.each([
    'http://localhost:11434/v1',
    'http://LOCALHOST./v1',
    'http://api.localhost/v1',
    'http://127.0.0.1/v1',
    'http://127.1/v1',
    'http://2130706433/v1',
    'http://0x7f.0.0.1/v1',
    'http://[::1]/v1',
    'http://[::ffff:127.0.0.1]/v1',
    'http://printer.local/v1',
    'http://metadata.google.internal/v1',
    'ftp://example.com/v1',
    'file:///etc/passwd',
  ])('is refused: %s', (url) => {
    expect(() => assertPublicUrl(url)).toThrow(AddressNotAllowedError);
  });

  it.each(['https://api.openai.com/v1', 'http://8.8.8.8:8080/v1', 'https://[2606:4700:4700::1111]/v1'])('is taken: %s', (url) => {
    expect(() => assertPublicUrl(url)).not.toThrow();
  });
});
