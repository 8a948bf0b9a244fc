import { embedTexts as texts } from '../../texts/embeds.ts';

/** What a typed address comes to: an origin as browsers send it, or why it is none. */
export type ReadOrigin = { origin: string; problem?: undefined } | { origin?: undefined; problem: string };

/**
 * Reads an allowed origin as people write it: `shop.example.com/cart` becomes `https://shop.example.com`, `localhost:8080`
 * becomes `http://localhost:8080`, and `*.` at the beginning stands for every subdomain.
 */
export function readOrigin(typed: string): ReadOrigin {
  const text = typed.trim();
  if (text === '') return { problem: texts.originEmpty };
  if (text === '*' || text === 'null') return { problem: texts.originTooWide };
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(text) ?? [];
  if (scheme !== '' && !/^https?$/i.test(scheme)) return { problem: texts.originScheme };
  const isWild = rest.startsWith('*.');
  const host = isWild ? rest.slice(2) : rest;
  if (host.includes('*')) return { problem: texts.originStar };
  if (/\s/.test(host) || host.includes('@')) return { problem: texts.originBad };
  const isLocal = /^(localhost|127\.|\[::1\])/i.test(host);
  const address = `${scheme || (isLocal ? 'http' : 'https')}://${host}`;
  if (!URL.canParse(address)) return { problem: texts.originBad };
  const { origin, hostname } = new URL(address);
  if (!isLocal && !hostname.includes('.') && !hostname.startsWith('[')) return { problem: texts.originDomain };
  if (isWild && (isLocal || !/\.[a-z]/i.test(hostname) || hostname.startsWith('['))) return { problem: texts.originStar };
  return { origin: isWild ? origin.replace('://', '://*.') : origin };
}
