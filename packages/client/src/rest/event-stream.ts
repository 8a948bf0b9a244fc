import { ApiError, UnreachableError } from './errors.ts';
import { waitFor } from './waiting.ts';

/** One server-sent event. */
export interface StreamedEvent {
  /** Of the last event that had one. */
  id: string;
  event: string;
  data: string;
}

/** The server-sent events of a stream (WHATWG HTML, 9.2.6 "Interpreting an event stream"; `retry` says nothing here). */
export async function* readEventStream(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamedEvent, void> {
  const reader = body.getReader();
  // Takes a byte-order mark away, as the standard wants it.
  const decoder = new TextDecoder();
  const lines = createLines();
  let id = '';
  let event = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      for (const line of lines(decoder.decode(value, { stream: true }))) {
        if (line === '') {
          if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') };
          event = '';
          data = [];
          continue;
        }
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
        if (field === 'data') data.push(text);
        else if (field === 'event') event = text;
        else if (field === 'id' && !text.includes('\0')) id = text;
      }
    }
  } finally {
    // Whoever stops reading stops the request; a stream that has ended or failed does not mind.
    await reader.cancel().catch(() => undefined);
  }
}

/** Cuts text into lines, which end with CR LF, LF or CR, and keeps what has no end yet. */
function createLines(): (text: string) => string[] {
  let rest = '';
  let afterReturn = false;
  return (text) => {
    if (text === '') return [];
    // A line feed that belongs to the carriage return before it.
    const added = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    afterReturn = text.endsWith('\r');
    const lines = (rest + added).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    return lines;
  };
}

/** Waits before a lost stream is opened again, in ms; the last one repeats. */
const BACK_OFF_MS = [250, 500, 1_000, 2_000, 5_000];

export interface ResumingOptions {
  /** Opens the stream where it was: with `Last-Event-ID`, which is undefined where nothing came yet. */
  open: (lastEventId: string | undefined) => Promise<Response>;
  /** Nothing comes after this one. */
  isLast: (event: StreamedEvent) => boolean;
  signal?: AbortSignal | undefined;
  /** A stream that cannot be had back in so many attempts in a row is given up; by default 10. */
  attempts?: number;
}

/**
 * The events of a stream, which is opened again where it breaks. Throws what `open` throws where that is an answer of the server (but for
 * 502, 503 and 504, which pass), and `UnreachableError` where the stream cannot be had back.
 */
export async function* resumingEvents({
  open,
  isLast,
  signal,
  attempts = 10,
}: ResumingOptions): AsyncGenerator<StreamedEvent, void> {
  let lastEventId: string | undefined;
  let failed = 0;
  let begun = false;
  for (;;) {
    try {
      const response = await open(lastEventId);
      begun = true;
      if (!response.body) return;
      for await (const event of readEventStream(response.body)) {
        // The same again is no progress.
        if (event.id !== lastEventId) failed = 0;
        if (event.id !== '') lastEventId = event.id;
        yield event;
        if (isLast(event)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!begun || !passes(error)) throw error;
    }
    failed += 1;
    if (failed > attempts) throw new UnreachableError('The connection was lost and cannot be had back.');
    await waitFor(BACK_OFF_MS[Math.min(failed, BACK_OFF_MS.length) - 1] ?? 0, signal);
  }
}

/** A stream that breaks throws a `TypeError`. */
function passes(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 502 && error.status <= 504;
  return error instanceof UnreachableError || error instanceof TypeError;
}
