import { writeFile } from 'node:fs/promises';
import { startTestApi, type TestApi } from './test-api.ts';

/** The OpenAPI document of the running routes, as it is committed. */
export async function openApiText(api: TestApi): Promise<string> {
  return `${JSON.stringify((await api.call('GET', '/openapi.json')).body, null, 2)}\n`;
}

/** `npm run openapi`: the file to write is the one argument. */
const [, script, target] = process.argv;
if (script?.endsWith('write-openapi.ts') && target) {
  const api = await startTestApi();
  await writeFile(target, await openApiText(api));
  await api.close();
}
