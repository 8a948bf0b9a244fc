/**
 * The server that the widget came from: the origin of its own script. Asked while the script runs, because the browser forgets it then;
 * a module has no `currentScript`, so it is looked for among the page's scripts.
 */
export function serverOfScript(): string | undefined {
  const own = document.currentScript;
  const source = own instanceof HTMLScriptElement && own.src !== '' ? own.src : sourceByName();
  return source === undefined ? undefined : folderOf(source);
}

function sourceByName(): string | undefined {
  return [...document.scripts].map(({ src }) => src).find((src) => /\/widget\.js(\?|$)/.test(src));
}

/** Servers may live behind a path: `https://example.com/agents/widget.js`. */
function folderOf(source: string): string | undefined {
  if (!URL.canParse(source)) return undefined;
  const { origin, pathname, protocol } = new URL(source);
  return protocol.startsWith('http') ? origin + pathname.replace(/\/[^/]*$/, '') : undefined;
}
