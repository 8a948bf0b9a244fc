import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a thread: from TypeScript in tests and development, from compiled JavaScript in production. `entry` is the module, named as it is
 * in the sources (`.ts`); it finds `workerData` under that name in `node:worker_threads`.
 */
export function startEngineThread(entry: URL, resourceLimits: ResourceLimits = {}, workerData?: unknown): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL(entry.href.replace(/\.ts$/, '.js')), { resourceLimits, workerData });
  // `--import` does not reach the modules of a thread in Node 20, so the loader is registered by the thread itself.
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const load = `import(${JSON.stringify(pathToFileURL(loader).href)}).then(({ register }) => {
    register();
    return import(${JSON.stringify(entry.href)});
  })`;
  return new Worker(load, { eval: true, execArgv: ['--conditions=source'], resourceLimits, workerData });
}
