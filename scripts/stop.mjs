// `npm run stop`: stops the server of the data folder; with `--end-sessions` its live sessions end, too.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const dataDir = resolve(process.env.VISAVIS_DATA_DIR ?? 'data');
const pidFile = join(dataDir, 'server.pid');
const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : undefined;
try {
  if (!pid) throw new Error('no pid');
  process.kill(pid, process.argv.includes('--end-sessions') ? 'SIGUSR2' : 'SIGTERM');
  const deadline = Date.now() + 6_000;
  while (isRunning(pid) && Date.now() < deadline) await new Promise((resume) => setTimeout(resume, 50));
  console.log(isRunning(pid) ? 'The server is still stopping.' : 'Stopped.');
} catch {
  console.error(`No server runs in ${dataDir}; name its folder with VISAVIS_DATA_DIR.`);
  process.exit(1);
}

function isRunning(id) {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
