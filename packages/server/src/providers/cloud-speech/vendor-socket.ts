import { isIP } from 'node:net';
import { AsyncIterableQueue } from '@livekit/agents';
import { WebSocket } from 'ws';
import { SpeechFailure } from '../../core/speech/callable-speech.ts';
import { guardedLookup, isPrivateAddress } from '../private-network.ts';
import { failureOfConnection, failureOfStatus } from './vendor-failure.ts';

/** A connection to a vendor of speech: JSON comes in, JSON and audio go out. */
export interface VendorSocket {
  /** Objects go as JSON, bytes as they are. What is sent after the end is dropped. */
  send(message: object | Uint8Array): void;
  /** Parsed messages; they end when the signal fires, and throw `SpeechFailure` when the vendor closes or sends what is no JSON. To be read once. */
  messages: AsyncIterable<unknown>;
  close(): void;
}

export interface VendorSocketOptions {
  /** `http` and `https` will do. The key is never part of it: addresses get logged. */
  url: URL;
  /** Where the key goes. */
  headers: Record<string, string>;
  /** Whether the address may lead to this machine or its network. */
  privateNetwork: boolean;
  signal: AbortSignal;
}

const HANDSHAKE_MS = 10_000;
/** Audio in base64 is a third larger; nobody sends a minute of it at once. */
const MOST_BYTES = 8 * 1024 * 1024;
/** A vendor that takes nothing any more. 2 MB: a minute of audio. */
const MOST_UNSENT = 2 * 1024 * 1024;
/** A peer that is gone without a word is noticed after two of these. */
const PING_MS = 5_000;

/** Connects. @throws SpeechFailure, or the signal's reason */
export async function openVendorSocket({ url, headers, privateNetwork, signal }: VendorSocketOptions): Promise<VendorSocket> {
  signal.throwIfAborted();
  const address = new URL(url);
  address.protocol = address.protocol.replace('http', 'ws');
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (!privateNetwork && isIP(host) !== 0 && isPrivateAddress(host)) throw new SpeechFailure('not-allowed');
  const client = new WebSocket(address, {
    headers,
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MOST_BYTES,
    perMessageDeflate: false,
    ...(!privateNetwork && { lookup: guardedLookup as never }),
  });
  const received = new AsyncIterableQueue<unknown>();
  let failure: SpeechFailure | undefined;
  let answered = true;
  let pings: NodeJS.Timeout | undefined;
  const fail = (reason: SpeechFailure) => {
    failure ??= reason;
    client.terminate();
  };
  const leave = () => client.terminate();
  signal.addEventListener('abort', leave, { once: true });
  // Kept until the socket is closed: an `error` without a listener would end the process.
  client.on('error', (error) => fail(failureOfConnection(error)));
  client.on('unexpected-response', (request, response) => {
    response.resume();
    fail(failureOfStatus(response.statusCode ?? 0));
    request.destroy();
  });
  client.on('message', (data, binary) => {
    if (binary || received.closed) return;
    try {
      received.put(JSON.parse(data.toString()));
    } catch {
      fail(new SpeechFailure('bad-answer', 'The vendor sent what is no JSON'));
    }
  });
  client.on('pong', () => {
    answered = true;
  });
  client.on('close', () => {
    clearInterval(pings);
    signal.removeEventListener('abort', leave);
    failure ??= new SpeechFailure('closed', 'The vendor closed the connection');
    if (!received.closed) received.close();
  });

  await new Promise<void>((resolve, reject) => {
    client.once('open', resolve);
    client.once('close', () => reject(signal.aborted ? signal.reason : failure));
  });
  pings = setInterval(() => {
    if (!answered) return fail(new SpeechFailure('timeout', 'The vendor is gone'));
    answered = false;
    client.ping();
  }, PING_MS);

  return {
    send(message) {
      if (client.readyState !== WebSocket.OPEN) return;
      if (client.bufferedAmount > MOST_UNSENT) return fail(new SpeechFailure('timeout', 'The vendor takes nothing any more'));
      client.send(message instanceof Uint8Array ? message : JSON.stringify(message), () => undefined);
    },
    messages: read(),
    close: () => client.terminate(),
  };

  async function* read(): AsyncGenerator<unknown> {
    try {
      yield* received;
    } finally {
      client.terminate();
    }
    if (!signal.aborted) throw failure;
  }
}
