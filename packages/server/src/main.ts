import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startServer } from './compose.ts';
import { loadConfig } from './config.ts';
import { showProgress } from './providers/models/progress.ts';
import { startProblem } from './start-error.ts';

/** After this a stop is no longer waited for, in ms. */
const STOP_WITHIN_MS = 4_500;

/** The command line's entry: starts the server, prints what a person needs, stops it on signals. */
async function main(): Promise<void> {
  const config = loadConfig();
  const server = await startServer(config).catch((error: unknown) => {
    const problem = startProblem(error, config);
    if (problem === undefined) throw error;
    return fail(problem);
  });

  const pidFile = join(config.dataDir, 'server.pid');
  await writeFile(pidFile, `${process.pid}\n`);
  let stopping = false;
  const stop = async (endSessions: boolean): Promise<void> => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    progress.stop();
    process.stdout.write('\nStopping: finishing the replies in hand …\n');
    await server.stop({ endSessions });
    await rm(pidFile, { force: true });
    process.exit(0);
  };
  process.on('SIGINT', () => void stop(false));
  process.on('SIGTERM', () => void stop(false));
  // Sent by `npm run stop -- --end-sessions`.
  process.on('SIGUSR2', () => void stop(true));

  process.stdout.write(welcome(server));
  const progress = showProgress(server.models, process.stdout);
}

function welcome(server: { address: string; newApiKey: string | undefined; setUpUrl: string | undefined }): string {
  const lines = ['', `  Visavis is ready:  ${server.address}`, `  API reference:     ${server.address}/docs`];
  if (server.newApiKey) lines.push('', `  Your API key, shown this once:  ${server.newApiKey}`);
  if (server.setUpUrl) lines.push('', '  Set your e-mail and password within 15 minutes:', `  ${server.setUpUrl}`);
  return `${lines.join('\n')}\n\n`;
}

function fail(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

main().catch((error: unknown) => {
  const problem = startProblem(error, { dataDir: '', host: '', port: 0 });
  if (problem !== undefined) fail(problem);
  console.error(error);
  process.exit(1);
});
