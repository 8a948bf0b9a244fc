/** What this server serves to everybody who knows the address. */
const SERVED = /^\/(avatars\/(files|previews|faces)|voices\/preview)\//;

/**
 * The address of a picture or a sound as this page can load it. The API gives addresses under the server's public name; a page that was
 * opened under another name of the same server (`localhost`, an address in the local network) asks the server that it came from.
 */
export function ownAddress(url: string): string {
  if (!URL.canParse(url, location.origin)) return url;
  const { pathname, search } = new URL(url, location.origin);
  return SERVED.test(pathname) ? pathname + search : url;
}
