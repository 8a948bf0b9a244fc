import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** An address leads to a place that its user may not reach: this machine, its network, or no single host at all. */
export class AddressNotAllowedError extends Error {
  readonly code = 'address-not-allowed';

  constructor(host: string) {
    super(`The address ${host} is not allowed: it leads to this machine or a private network`);
    this.name = 'AddressNotAllowedError';
  }
}

/** Special-purpose ranges of the IANA registries (https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-). */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, cloud metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relay
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv4');
}
/** The only IPv6 range that is routed in public; what is special inside it is listed below. */
const GLOBAL_UNICAST = new BlockList();
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [
  ['2001::', 23], // Teredo, ORCHID, benchmarks: protocol assignments
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: carries any IPv4 address
  ['3fff::', 20], // documentation
] as const) {
  PRIVATE.addSubnet(net, prefix, 'ipv6');
}

/**
 * Whether an IP address is anything but a public unicast address. IPv6 addresses that carry an IPv4 address (mapped,
 * NAT64, 6to4) count as private, whatever they carry. What is no IP address at all counts as private too.
 */
export function isPrivateAddress(ip: string): boolean {
  const address = ip.replace(/%.*$/, '');
  if (isIP(address) === 0) return true;
  if (isIPv4(address)) return PRIVATE.check(address, 'ipv4');
  return !GLOBAL_UNICAST.check(address, 'ipv6') || PRIVATE.check(address, 'ipv6');
}

/** Node's `dns.lookup` in its callback form: what `net.connect` takes as `lookup`. */
export type Lookup = (
  hostname: string,
  options: { all?: boolean | undefined; family?: number | 'IPv4' | 'IPv6' | undefined; hints?: number | undefined },
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * A look-up for connections that may only go to the public internet. It checks the very answer that is connected to, so
 * a name that changes its address between a check and its use gains nothing. One private answer refuses the name.
 */
export function guardLookup(resolve: Lookup): Lookup {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, answer) => {
      if (error) return callback(error, []);
      const addresses = Array.isArray(answer) ? answer : [{ address: answer, family: isIP(answer) }];
      const first = addresses[0];
      if (!first || addresses.some(({ address }) => isPrivateAddress(address))) {
        return callback(new AddressNotAllowedError(hostname), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** The system's look-up, for public addresses only. `net.connect` skips it for a literal address: check that with `assertPublicUrl`. */
export const guardedLookup: Lookup = guardLookup((hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, callback);
});

/**
 * Refuses an address that can be told to be private, or no HTTP address, by its text alone: for the moment it is entered.
 * Throws `AddressNotAllowedError`. A name is judged when it is connected to, by `guardedLookup`.
 */
export function assertPublicUrl(url: string | URL): void {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const local = /^(localhost|.*\.localhost|.*\.local|.*\.internal|.*\.home\.arpa)$/i.test(host);
  if (!/^https?:$/.test(protocol) || host === '' || local || (isIP(host) !== 0 && isPrivateAddress(host))) {
    throw new AddressNotAllowedError(host || protocol);
  }
}
