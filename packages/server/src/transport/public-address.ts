/**
 * An answer whose host candidates name the address at which this machine is reached from outside (1:1 NAT), as well as its own.
 * Candidate lines: RFC 8839, section 5.1.
 */
export function withPublicAddress(sdp: string, publicIp: string): string {
  const wantsV6 = publicIp.includes(':');
  return sdp.replace(
    /^a=candidate:(\S+) (\d+) (udp) (\d+) (\S+) (\d+) typ host(.*)$/gim,
    (
      line,
      foundation: string,
      component: string,
      protocol: string,
      priority: string,
      address: string,
      port: string,
      rest: string,
    ) => {
      if (address.includes(':') !== wantsV6 || address === publicIp) return line;
      // A foundation of its own, for it is another candidate; tried before the inner one.
      const outer = `a=candidate:${foundation}1 ${component} ${protocol} ${Number(priority) + 1} ${publicIp} ${port} typ host${rest}`;
      return `${outer}\r\n${line}`;
    },
  );
}
