import { loadConfig } from './config.ts';
import { runModelsCommand } from './providers/models/command.ts';
import { startProblem } from './start-error.ts';

/** Entry of `npm run models`. */
const interrupted = new AbortController();
process.on('SIGINT', () => interrupted.abort());
process.on('SIGTERM', () => interrupted.abort());
try {
  const { modelsDir, modelFolders } = loadConfig();
  const { stdout, stderr } = process;
  process.exitCode = await runModelsCommand(
    process.argv.slice(2),
    { modelsDir, folders: modelFolders },
    { stdout, stderr, signal: interrupted.signal },
  );
} catch (error) {
  const problem = startProblem(error, { dataDir: '', host: '', port: 0 });
  if (problem === undefined) throw error;
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
