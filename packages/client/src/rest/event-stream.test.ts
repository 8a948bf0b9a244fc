import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEventStream, resumingEvents, type StreamedEvent } from './event-stream.ts';

const collected = async <T>(events: AsyncIterable<T>) => {
  const found: T[] = [];
  for await (const event of events) found.push(event);
  return found;
};
const bodyOf = (pieces: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });

const streamText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', '\r\n', '\r', '\n\n', ':', ': comment\n', 'data', 'data:', 'data: ', 'event: a\n', 'id: 7\n', 'id\n'),
      fc.string({ maxLength: 8 }),
      fc.constantFrom('data: {"text":"é😀"}\n\n', 'id: 1\nevent: x\ndata: a\ndata: b\n\n'),
    ),
  )
  .map((parts) => parts.join(''));

describe('an event stream', () => {
  it('is read as a well-known parser reads it, however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(streamText, fc.integer({ min: 1, max: 9 }), async (text, length) => {
        const whole = `${text}\n\n`;
        const expected: Array<{ event: string; data: string }> = [];
        const parser = createParser({
          onEvent: ({ event = 'message', data }) => expected.push({ event: event || 'message', data }),
        });
        parser.feed(whole);
        const bytes = new TextEncoder().encode(whole);
        const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
          bytes.subarray(index * length, (index + 1) * length),
        );
        const found = await collected(readEventStream(bodyOf(pieces)));
        expect(found.map(({ event, data }) => ({ event, data }))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('stops the request when its reader stops', async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
      cancel() {
        cancelled = true;
      },
    });
    for await (const _ of readEventStream(body)) break;
    expect(cancelled).toBe(true);
  });
});

describe('a stream that breaks', () => {
  const isLast = ({ event }: StreamedEvent) => event === 'end';
  const broken = (text: string) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
        pull: (controller) => controller.error(new TypeError('terminated')),
      }),
    );

  it('goes on behind the last event that came', async () => {
    const asked: Array<string | undefined> = [];
    const streams = [
      broken('id: 1\ndata: a\n\nid: 2\nda'),
      new Response('id: 2\ndata: b\n\n'),
      new Response('event: end\ndata:\n\n'),
    ];
    const events = resumingEvents({
      open: async (lastEventId) => {
        asked.push(lastEventId);
        return streams.shift() as Response;
      },
      isLast,
    });
    expect((await collected(events)).map(({ data }) => data)).toEqual(['a', 'b', '']);
    expect(asked).toEqual([undefined, '1', '2']);
  });

  it('is given up when nothing comes of it any more', async () => {
    const events = resumingEvents({ open: async () => new Response(''), isLast, attempts: 1 });
    await expect(collected(events)).rejects.toMatchObject({ name: 'UnreachableError' });
  });

  it('is not opened again for a reader who is gone', async () => {
    const leaving = new AbortController();
    let opened = 0;
    const events = resumingEvents({
      open: async () => {
        opened += 1;
        leaving.abort(new Error('left'));
        return broken('data: a\n\n');
      },
      isLast,
      signal: leaving.signal,
    });
    await expect(collected(events)).rejects.toThrow('left');
    expect(opened).toBe(1);
  });
});
