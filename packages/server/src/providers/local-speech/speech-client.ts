import { on } from 'node:events';
import { WebSocket } from 'ws';
import type { SpokenPart } from '../../core/speech/speech.ts';
import { type Failure, ListenEvent, type ListenRequest, SpeakEvent, type SpeakRequest } from './server/wire.ts';

/** Where the speech process answers. */
export interface SpeechEndpoint {
  /** As in `ws://127.0.0.1:40000`. */
  url: string;
  apiKey: string;
}

/** What the speech process says it cannot do. */
export class SpeechError extends Error {
  readonly code: Failure['code'];
  constructor(code: Failure['code'], message: string) {
    super(message);
    this.name = 'SpeechError';
    this.code = code;
  }
}

/** The audio rates of the wire, in Hz. */
export const LISTENING_RATE = 16_000;
export const SPEAKING_RATE = 24_000;

/** More than so much unsent audio and the sender is asked to wait, in bytes. */
const MOST_UNSENT = 256 * 1024;
/** Longer audio is sent in several messages: 1 s. */
const MOST_PER_MESSAGE = LISTENING_RATE * 2;

export type HeardEvent = Exclude<ListenEvent, Failure | { type: 'end' }>;

/** A stream of speech to be recognised. */
export interface Listening {
  /** Audio at `LISTENING_RATE`. Resolves when more may come: awaiting it is what holds a fast sender back. */
  send(audio: Uint8Array): Promise<void>;
  /** Ends the utterance in hand without waiting for a pause. */
  flush(): void;
  /** No more audio; the events end when everything has been recognised. */
  end(): void;
  /** What is heard. Ends after `end`; throws SpeechError, or the signal's reason. To be read once. */
  events: AsyncIterable<HeardEvent>;
}

/** A stream of text to be spoken. */
export interface Speaking {
  /** The voice that speaks. */
  voice: string;
  say(text: string): void;
  /** Says what has come so far; answered with `flushed`. */
  flush(): void;
  /** No more text. */
  end(): void;
  /** The speech, clause by clause. Ends after `end`; throws SpeechError, or the signal's reason. To be read once. */
  events: AsyncIterable<({ type: 'part' } & SpokenPart) | { type: 'flushed' }>;
}

/** Opens a stream of `/listen`, `live` for a conversation and not for a recording; closed when `signal` fires. @throws SpeechError, or the signal's reason. */
export async function startListening(
  endpoint: SpeechEndpoint,
  options: { language: string | undefined; live: boolean; signal: AbortSignal },
): Promise<Listening> {
  const socket = await connect(endpoint, '/listen', options.signal);
  const send = (request: ListenRequest) => socket.client.send(JSON.stringify(request));
  const { language, live } = options;
  send({ type: 'start', live, ...(language !== undefined && { language }) });
  return {
    async send(audio) {
      for (let at = 0; at < audio.length; at += MOST_PER_MESSAGE) {
        const sent = new Promise((resolve) => socket.client.send(audio.subarray(at, at + MOST_PER_MESSAGE), resolve));
        if (socket.client.bufferedAmount > MOST_UNSENT) await sent;
      }
    },
    flush: () => send({ type: 'flush' }),
    end: () => send({ type: 'end' }),
    events: heard(socket.messages),
  };
}

async function* heard(messages: AsyncIterable<Message>): AsyncGenerator<HeardEvent> {
  for await (const { data } of messages) {
    const event = ListenEvent.parse(JSON.parse(data.toString()));
    if (event.type === 'error') throw new SpeechError(event.code, event.message);
    if (event.type === 'end') return;
    yield event;
  }
  throw new SpeechError('failed', 'The speech process went away');
}

/** Opens a stream of `/speak`; closed when `signal` fires. Resolves when the voice is known. @throws SpeechError, or the signal's reason. */
export async function startSpeaking(
  endpoint: SpeechEndpoint,
  options: { voice: string | undefined; speed: number; signal: AbortSignal },
): Promise<Speaking> {
  const socket = await connect(endpoint, '/speak', options.signal);
  const send = (request: SpeakRequest) => socket.client.send(JSON.stringify(request));
  const { voice, speed } = options;
  send({ type: 'start', speed, ...(voice !== undefined && { voice }) });
  const events = spoken(socket.messages);
  const first = await events.next();
  if (first.done || first.value.type !== 'voice') throw new SpeechError('failed', 'The speech process did not name a voice');
  return {
    voice: first.value.voice,
    say: (text) => send({ type: 'text', text }),
    flush: () => send({ type: 'flush' }),
    end: () => send({ type: 'end' }),
    events: events as AsyncIterable<({ type: 'part' } & SpokenPart) | { type: 'flushed' }>,
  };
}

type SpokenEvent = ({ type: 'part' } & SpokenPart) | { type: 'flushed' } | { type: 'voice'; voice: string };

async function* spoken(messages: AsyncIterable<Message>): AsyncGenerator<SpokenEvent> {
  let words: SpokenPart['words'] = [];
  for await (const { data, binary } of messages) {
    if (binary) {
      yield { type: 'part', words, samples: new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)) };
      continue;
    }
    const event = SpeakEvent.parse(JSON.parse(data.toString()));
    if (event.type === 'error') throw new SpeechError(event.code, event.message);
    if (event.type === 'end') return;
    if (event.type === 'part') words = event.words as SpokenPart['words'];
    else yield event;
  }
  throw new SpeechError('failed', 'The speech process went away');
}

interface Message {
  data: Buffer;
  binary: boolean;
}

async function connect(
  endpoint: SpeechEndpoint,
  path: string,
  signal: AbortSignal,
): Promise<{ client: WebSocket; messages: AsyncIterable<Message> }> {
  signal.throwIfAborted();
  const client = new WebSocket(endpoint.url + path, {
    headers: { authorization: `Bearer ${endpoint.apiKey}` },
    perMessageDeflate: false,
  });
  const leave = () => client.terminate();
  signal.addEventListener('abort', leave, { once: true });
  client.once('close', () => signal.removeEventListener('abort', leave));
  const raw = on(client, 'message', { close: ['close'], signal }) as AsyncGenerator<[Buffer, boolean]>;
  try {
    await new Promise((resolve, reject) => {
      client.once('open', resolve);
      client.once('error', reject);
    });
  } catch (error) {
    await raw.return(undefined);
    signal.throwIfAborted();
    throw new SpeechError('failed', `The speech process cannot be reached: ${error instanceof Error ? error.message : error}`);
  }
  client.on('error', () => undefined); // Followed by `close`, which ends the messages.
  return { client, messages: readMessages(raw, client, signal) };
}

async function* readMessages(
  raw: AsyncIterable<[Buffer, boolean]>,
  client: WebSocket,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  try {
    for await (const [data, binary] of raw) yield { data, binary };
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    client.terminate();
  }
}
