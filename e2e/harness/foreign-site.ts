import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a page of the site holds. */
export interface ForeignPage {
  /** The server of the widget. */
  server: string;
  embed: string;
  /** More attributes of the element. */
  attributes?: string | undefined;
  /** In place of the element. */
  body?: string | undefined;
  /** The strictest policy that docs/embeds.md says is enough. */
  strict?: boolean | undefined;
  /** A directive that it lacks. */
  without?: string | undefined;
}

/** A site of somebody else, on an origin of its own: whichever path is asked for, its page holds the two lines of the widget. */
export interface ForeignSite {
  origin: string;
  /** The address of a page. */
  page(page: ForeignPage): string;
  close(): Promise<void>;
}

/** Starts it on `localhost`, which is another origin than `127.0.0.1`, and a secure one, too. */
export async function startForeignSite(): Promise<ForeignSite> {
  const pages = new Map<string, ForeignPage>();
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    if (!page) return void response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      ...(page.strict && { 'content-security-policy': policyFor(page) }),
    });
    response.end(htmlOf(page));
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    page(page) {
      const path = `/page-${pages.size}`;
      pages.set(path, page);
      return origin + path;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function policyFor({ server, without }: ForeignPage): string {
  return [
    "default-src 'none'",
    `script-src ${server}`,
    `connect-src ${server}`,
    // `data:` is for the page’s own icon, not for the widget.
    `img-src ${server} data:`,
    'worker-src blob:',
    "require-trusted-types-for 'script'",
  ]
    .filter((directive) => without === undefined || !directive.startsWith(without))
    .join('; ');
}

function htmlOf({ server, embed, attributes = '', body }: ForeignPage): string {
  return `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>A shop</title>
<main><h1>A shop</h1><p>What somebody else wrote.</p></main>
<script src="${server}/widget.js" async></script>
${body ?? `<visavis-agent embed="${embed}"${attributes === '' ? '' : ` ${attributes}`}></visavis-agent>`}
</html>`;
}
