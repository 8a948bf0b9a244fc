import { Agent, request } from 'undici';
import { type AvatarProblem, AvatarProblemError } from '../core/avatars/avatar-problem.ts';

/** Node's `dns.lookup` in its callback form. */
type Lookup = NonNullable<NonNullable<Agent.Options['connect']> & { lookup?: unknown }>['lookup'];

export interface FetchPictureOptions {
  /** Resolves names for connections, to public addresses only: what it answers is what is connected to, so no name can change in between. */
  lookup: Lookup;
  /** Throws for an address that can be told by its text not to be public; a literal IP address is not looked up. */
  assertPublic: (url: URL) => void;
  /** Besides the system's; for tests. */
  certificate?: string;
  mostBytes?: number;
  timeoutMs?: number;
}

/** As much as an upload may have. */
const MOST_BYTES = 10 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
const MOST_REDIRECTS = 3;

/**
 * Gets the picture at an address that a user has entered, over https and from the public internet only; redirects are followed and checked
 * in the same way. What the bytes are is told by `cleanPicture`, not by what the server says of them.
 * @throws AvatarProblemError
 */
export function createFetchPicture(options: FetchPictureOptions): (url: string, signal: AbortSignal) => Promise<Uint8Array> {
  const { mostBytes = MOST_BYTES, timeoutMs = TIMEOUT_MS } = options;
  return async (address, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const dispatcher = createAgent(options);
    try {
      return await follow(address, { ...options, mostBytes, dispatcher, signal: AbortSignal.any([signal, deadline]) });
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof AvatarProblemError ? error : new AvatarProblemError(problemOf(error), { cause: error });
    } finally {
      await dispatcher.destroy();
    }
  };
}

/** One for each picture: no connection outlives it. */
function createAgent({ lookup, certificate, timeoutMs = TIMEOUT_MS }: FetchPictureOptions): Agent {
  const connect = { lookup, timeout: timeoutMs, ...(certificate !== undefined && { ca: certificate }) };
  return new Agent({ connect, pipelining: 0, maxHeaderSize: 16_384 } as Agent.Options);
}

interface Fetching {
  assertPublic: FetchPictureOptions['assertPublic'];
  mostBytes: number;
  dispatcher: Agent;
  signal: AbortSignal;
}

async function follow(address: string, fetching: Fetching): Promise<Uint8Array> {
  let url = new URL(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    check(url, fetching);
    const { statusCode, headers, body } = await request(url, {
      dispatcher: fetching.dispatcher,
      signal: fetching.signal,
      headers: { accept: 'image/png, image/jpeg, image/webp, image/gif', 'user-agent': 'Visavis' },
    });
    // What was cut off is reported by the one who reads.
    body.on('error', () => undefined);
    if ([301, 302, 303, 307, 308].includes(statusCode) && typeof headers.location === 'string') {
      body.destroy();
      if (!URL.canParse(headers.location, url.href)) throw new AvatarProblemError('address-refused');
      url = new URL(headers.location, url.href);
      continue;
    }
    if (statusCode !== 200) {
      body.destroy();
      throw new AvatarProblemError('address-refused');
    }
    return read(body, Number(headers['content-length'] ?? 0), fetching.mostBytes);
  }
  throw new AvatarProblemError('address-refused');
}

function check(url: URL, { assertPublic }: Fetching): void {
  if (url.protocol !== 'https:') throw new AvatarProblemError('address-not-https');
  // Nobody's password is sent anywhere.
  if (url.username !== '' || url.password !== '') throw new AvatarProblemError('address-refused');
  try {
    assertPublic(url);
  } catch (error) {
    throw new AvatarProblemError('address-not-public', { cause: error });
  }
}

async function read(body: AsyncIterable<Uint8Array> & { destroy(): unknown }, announced: number, most: number) {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    if (announced > most) throw new AvatarProblemError('picture-too-large');
    for await (const piece of body) {
      length += piece.length;
      if (length > most) throw new AvatarProblemError('picture-too-large');
      pieces.push(piece);
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(pieces);
}

function problemOf(error: unknown): AvatarProblem {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && cause.code === 'address-not-allowed') return 'address-not-public';
  }
  return 'address-unreachable';
}
