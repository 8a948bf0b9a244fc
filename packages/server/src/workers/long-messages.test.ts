import { expect, it } from 'vitest';
import { parseLong } from './long-messages.ts';

const SECONDS = 60;
const samples = Int16Array.from({ length: 16_000 * SECONDS }, (_, n) => 12_000 * Math.sin(n / 7) + (n % 251));
const audio = Buffer.from(samples.buffer).toString('base64');
const speak = { type: 'agent.speak', audio, sample_rate: 16_000 };
const read = (text: string) => parseLong(Buffer.from(text));
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'read',
    (error) => error.code,
  );

it('reads speech of any length, however it is written', async () => {
  const texts = [
    JSON.stringify(speak),
    JSON.stringify({ sample_rate: 16_000, note: 'a "quoted" \\ one', audio, type: 'agent.speak' }, undefined, 2),
    // As PHP and .NET write it.
    JSON.stringify(speak).replaceAll('/', '\\/'),
    JSON.stringify(speak).replaceAll('+', '\\u002B'),
  ];
  for (const text of texts) {
    const message = (await read(text)) as typeof speak;
    expect([message.type, message.sample_rate]).toEqual(['agent.speak', 16_000]);
    expect(Buffer.from(message.audio as never).equals(Buffer.from(samples as never))).toBe(true);
    expect((message.audio as unknown as Int16Array).length).toBe(samples.length);
  }
});

it('lets others have their turn meanwhile', async () => {
  const long = JSON.stringify({ ...speak, audio: audio.repeat(4) });
  let turns = 0;
  let done = false;
  const count = () => {
    turns++;
    if (!done) setImmediate(count);
  };
  setImmediate(count);
  await read(long);
  done = true;
  expect(turns).toBeGreaterThanOrEqual(Math.floor(long.length / 2 ** 18));
});

it('refuses what is no speech and no JSON', async () => {
  const middle = audio.length / 2;
  const broken = (piece: string) => `${audio.slice(0, middle)}${piece}${audio.slice(middle + piece.length)}`;
  const cases: Array<[string, string]> = [
    [JSON.stringify({ ...speak, audio: broken('=') }), 'audio-invalid'],
    [JSON.stringify({ ...speak, audio: broken('é') }), 'audio-invalid'],
    [JSON.stringify({ ...speak, audio: broken('"') }), 'audio-invalid'],
    [JSON.stringify({ ...speak, audio: `${audio}A` }), 'audio-invalid'],
    // One byte more.
    [JSON.stringify({ ...speak, audio: `${audio}AA==` }), 'audio-invalid'],
    [`${JSON.stringify(speak)}}`, 'event-invalid'],
    [JSON.stringify(speak).slice(0, -20), 'event-invalid'],
    [JSON.stringify({ ...speak, audio: broken('X') }).replace('X', '\n'), 'event-invalid'],
    [`{"audio":"${audio}\\`, 'event-invalid'],
    [`["${'\\'.repeat(200_000)}"]`, 'event-invalid'],
    [JSON.stringify(Array.from({ length: 100_000 }, (_, n) => n)), 'event-invalid'],
    [JSON.stringify(Array.from({ length: 100_000 }, () => 'abc')), 'event-invalid'],
    ['['.repeat(200_000), 'event-invalid'],
  ];
  for (const [text, code] of cases) expect([text.slice(-40), await codeOf(read(text))]).toEqual([text.slice(-40), code]);
});

it('keeps other long texts, and marks that a client wrote itself', async () => {
  const text = 'a\\b"c/'.repeat(2_000);
  const message = { type: 'agent.say', text, more: ['long text number 7', { text }], audio: 'AAAA' };
  expect(await read(JSON.stringify(message))).toEqual(message);
});
