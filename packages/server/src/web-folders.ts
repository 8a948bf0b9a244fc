import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the console and the widget lie, as far as they are built (`npm run build`). */
export function builtWebFolders(): { console: string | undefined; widget: string | undefined } {
  const built = (name: string, file: string) => {
    const folder = fileURLToPath(new URL(`../../${name}/dist/web/`, import.meta.url));
    return existsSync(`${folder}${file}`) ? folder : undefined;
  };
  return { console: built('console', 'index.html'), widget: built('widget', 'widget.js') };
}
