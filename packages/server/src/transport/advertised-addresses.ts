import { isIPv4, isIPv6 } from 'node:net';

/**
 * The answer with the UDP addresses at which clients find this server. A server behind a 1:1 NAT (a cloud machine, a container
 * with published ports) does not know its public address: each of its own addresses of that family is repeated with
 * `publicIp`, first in rank. The own ones stay, so that clients in the same network need no way through the NAT.
 */
export function withAdvertisedAddresses(answer: string, options: { publicIp?: string | undefined; ipv6: boolean }): string {
  const { publicIp, ipv6 } = options;
  const given = new Set<string>();
  return answer
    .split('\r\n')
    .flatMap((line) => {
      if (!line.startsWith('a=candidate:')) return [line];
      const [foundation = '', component, protocol, priority, address = '', port, ...rest] = line.split(' ');
      if (protocol !== 'udp' || (isIPv6(address) && !ipv6)) return [];
      const ownHost = rest[1] === 'host' && address !== '127.0.0.1' && address !== '::1';
      const sameFamily = publicIp !== undefined && isIPv4(address) === isIPv4(publicIp);
      if (!ownHost || !sameFamily || publicIp === address || given.has(`${port}`)) return [line];
      given.add(`${port}`);
      const first = Number(priority) + PUBLIC_RANK;
      return [[`${foundation}9`, component, protocol, first, publicIp, port, ...rest].join(' '), line];
    })
    .join('\r\n');
}

/** Lifts the local preference (RFC 8445, 5.1.2.1: bits 8 to 23) above that of the host's own addresses. */
const PUBLIC_RANK = 1 << 16;
