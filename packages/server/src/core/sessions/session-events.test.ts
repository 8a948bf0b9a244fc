import { describe, expect, it } from 'vitest';
import { createSessionEvents, type SessionEvents } from './session-events.ts';

const notice = (code: string) => ({ type: 'notice', code, text: '' }) as const;

/** The codes of what a reader gets, up to the end. */
async function codes(events: SessionEvents, lastId?: number, signal = new AbortController().signal): Promise<string[]> {
  const read: string[] = [];
  for await (const { event } of events.read(1, lastId, signal)) if (event.type === 'notice') read.push(event.code);
  return read;
}

describe('the events of a session', () => {
  it('reach every reader in order, from when they begin to the end of the session', async () => {
    const events = createSessionEvents();
    events.publish(1, notice('before'));
    const [one, two] = [codes(events), codes(events)];
    for (const code of ['a', 'b']) events.publish(1, notice(code));
    events.publish(2, notice('of another session'));
    await Promise.resolve();
    events.publish(1, notice('c'));
    events.end(1);
    expect(await Promise.all([one, two])).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
  });

  it('are told again to a reader that comes back', async () => {
    const events = createSessionEvents();
    for (const code of ['a', 'b', 'c']) events.publish(1, notice(code));
    const reading = codes(events, 1);
    events.end(1);
    expect(await reading).toEqual(['b', 'c']);
  });

  it('are kept up to 500', async () => {
    const events = createSessionEvents();
    for (let n = 1; n <= 600; n++) events.publish(1, notice(String(n)));
    const reading = codes(events, 0);
    events.end(1);
    const read = await reading;
    expect([read.length, read[0], read.at(-1)]).toEqual([500, '101', '600']);
  });

  it('are let go by a reader that leaves', async () => {
    const events = createSessionEvents();
    const leaving = new AbortController();
    const reading = codes(events, undefined, leaving.signal);
    leaving.abort();
    expect(await reading).toEqual([]);
  });
});
