import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, type Dispatcher, fetch, type Response } from 'undici';
import { describe, ModelError, systemCode } from './model-error.ts';
import type { FetchJob, FileSource } from './source.ts';

/** How patient a download is. */
export interface HttpPatience {
  /** Until the connection stands, in ms. */
  connectMs: number;
  /** Without a byte, in ms. */
  stallMs: number;
  /** Before the first new attempt after a broken connection, in ms; doubled for each further one. */
  retryMs: number;
}

export const DEFAULT_PATIENCE: HttpPatience = { connectMs: 10_000, stallMs: 30_000, retryMs: 1000 };

/** Attempts in a row without one new byte, after which the source counts as dead. */
const FRUITLESS_ATTEMPTS = 3;

/** A web server. Goes on where an earlier download of the same address stopped, if the server can. */
export function httpSource(url: string, patience: HttpPatience = DEFAULT_PATIENCE): FileSource {
  return {
    title: new URL(url).host,
    async fetch(job) {
      const agent = new Agent({
        connect: { timeout: patience.connectMs },
        headersTimeout: patience.stallMs,
        bodyTimeout: patience.stallMs,
      });
      try {
        return await fetchPersistently(url, job, agent, patience);
      } finally {
        await agent.destroy();
      }
    },
  };
}

async function fetchPersistently(url: string, job: FetchJob, agent: Dispatcher, patience: HttpPatience) {
  const result = { resumed: (await partSize(job.partPath)) > 0 };
  let most = await partSize(job.partPath);
  let gained = false;
  let fruitless = 0;
  for (;;) {
    const failure = await attempt(url, job, agent, result);
    if (failure === undefined) return result;
    job.signal.throwIfAborted();
    const size = await partSize(job.partPath);
    const more = size > most; // Bytes that were had before are no progress: a server whose file is too short ends here.
    most = Math.max(most, size);
    gained ||= more;
    fruitless = more ? 0 : fruitless + 1;
    // A host that was never reached is left at once; one that broke off in the middle gets a few more chances.
    if (fruitless >= FRUITLESS_ATTEMPTS || !(gained || failure.retryable)) {
      throw new ModelError('source-failed', describe(failure.error), { cause: failure.error });
    }
    await pause(patience.retryMs * 2 ** fruitless, undefined, { signal: job.signal });
  }
}

interface AttemptFailure {
  error: unknown;
  /** Whether the same address may well answer soon, although it gave no bytes now. */
  retryable: boolean;
}

/** One request. Returns why it did not end with a whole file; throws what no further request can mend. */
async function attempt(
  url: string,
  job: FetchJob,
  agent: Dispatcher,
  result: { resumed: boolean },
): Promise<AttemptFailure | undefined> {
  const offset = await partSize(job.partPath);
  if (offset === job.file.size) return undefined;
  let response: Response;
  try {
    response = await fetch(url, { dispatcher: agent, signal: job.signal, headers: await requestHeaders(url, job, offset) });
  } catch (error) {
    job.signal.throwIfAborted();
    return { error, retryable: false };
  }
  try {
    const start = bodyStart(response, job, offset);
    if (start === undefined) {
      await discardPart(job.partPath); // The server has fewer bytes than we do: what we have is not this file.
      return { error: new Error('the server refused to go on with an earlier download'), retryable: true };
    }
    result.resumed &&= start > 0;
    await rememberOrigin(url, response, job.partPath);
    await receive(response, job, start);
    const size = await partSize(job.partPath);
    return size === job.file.size ? undefined : { error: new Error(`the connection ended after ${size} bytes`), retryable: true };
  } catch (error) {
    job.signal.throwIfAborted();
    if (error instanceof RetryableStatus) return { error, retryable: true };
    if (error instanceof ModelError || isDiskError(error)) throw error;
    return { error, retryable: true };
  } finally {
    if (!response.bodyUsed) await response.body?.cancel().catch(() => undefined);
  }
}

class RetryableStatus extends Error {}

/** At which byte the body begins; undefined when the server refuses the range. Throws for an answer that is no file of the right length. */
function bodyStart(response: Response, job: FetchJob, offset: number): number | undefined {
  if (response.status === 416) return undefined;
  if (response.status === 429 || response.status === 408 || response.status >= 500) {
    throw new RetryableStatus(`the server answered ${response.status}`);
  }
  if (response.status !== 200 && response.status !== 206) {
    throw new ModelError('source-failed', `the server answered ${response.status}`);
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  const start = response.status === 206 ? Number(range?.[1] ?? Number.NaN) : 0;
  if (start !== 0 && start !== offset) throw new ModelError('source-failed', 'the server sent another part than was asked for');
  const length = response.status === 206 ? range?.[2] : response.headers.get('content-length');
  if (length && length !== '*' && Number(length) !== job.file.size) {
    throw new ModelError('source-failed', `the server has a file of ${length} bytes, expected are ${job.file.size}`);
  }
  return start;
}

/** Appends the body to the part file, or starts it again; what has arrived is on disk whatever happens. */
async function receive(response: Response, job: FetchJob, start: number): Promise<void> {
  if (!response.body) return;
  const handle = await open(job.partPath, start === 0 ? 'w' : 'a');
  try {
    let received = start;
    job.onBytes(received);
    for await (const chunk of response.body) {
      const bytes: Uint8Array = chunk;
      received += bytes.length;
      if (received > job.file.size) throw new ModelError('source-failed', `the server sent more than ${job.file.size} bytes`);
      await handle.write(bytes);
      job.onBytes(received);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function requestHeaders(url: string, job: FetchJob, offset: number): Promise<Record<string, string>> {
  const headers = { 'accept-encoding': 'identity' };
  if (offset === 0) return headers;
  const origin = await readOrigin(job.partPath);
  return { ...headers, range: `bytes=${offset}-`, ...(origin?.url === url ? { 'if-range': origin.validator } : {}) };
}

/** Where a part file came from, and the server's mark of that version (a strong ETag, or a date). */
interface Origin {
  url: string;
  validator: string;
}

function originPath(partPath: string): string {
  return `${partPath}.origin`;
}

async function rememberOrigin(url: string, response: Response, partPath: string): Promise<void> {
  const etag = response.headers.get('etag');
  const validator = etag && !etag.startsWith('W/') ? etag : response.headers.get('last-modified');
  if (validator) await writeFile(originPath(partPath), `${url}\n${validator}\n`);
  else await rm(originPath(partPath), { force: true });
}

async function readOrigin(partPath: string): Promise<Origin | undefined> {
  const [url, validator] = (await readFile(originPath(partPath), 'utf8').catch(() => '')).split('\n');
  return url && validator ? { url, validator } : undefined;
}

/** Deletes a part file and what is known about it. */
export async function discardPart(partPath: string): Promise<void> {
  await rm(partPath, { force: true });
  await rm(originPath(partPath), { force: true });
}

async function partSize(partPath: string): Promise<number> {
  return (await stat(partPath).catch(() => undefined))?.size ?? 0;
}

/** Errors of the file system carry the system call that failed; undici's do not, or name a network call. */
function isDiskError(error: unknown): boolean {
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  return (
    systemCode(error) !== undefined && ['open', 'write', 'fsync', 'close', 'rename', 'unlink', 'ftruncate'].includes(String(call))
  );
}
