/** What the server hands out itself: pictures, stills and clips of avatars, previews of voices. */
const OWN_FILES = /^\/(avatars\/(files|previews)|voices\/preview)\//;

/**
 * The address of a file as this page reaches it. The server names its files by its public address, which may not be the one that the
 * console was opened at (`localhost` instead of `127.0.0.1`), and the page's content security policy allows the latter only.
 */
export function ownAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return OWN_FILES.test(pathname) ? pathname + search : url;
}
