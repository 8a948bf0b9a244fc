import type { Message, Session } from '@visavis/client';
import { describe, expect, it } from 'vitest';
import { messageAt, placesOf } from './message-places.ts';
import { asJson, asSubtitles, asText } from './transcript-export.ts';

const SPEAKERS = { user: 'User', tool: 'Tool', system: 'System', interrupted: 'Interrupted' };
const session = { session_id: 7, agent_name: 'Clara & Co', started_at: '2026-11-28T10:00:00Z' } as Session;
const said = (
  message_id: number,
  role: Message['role'],
  seconds: number,
  content: string,
  more: Partial<Message> = {},
): Message => ({
  message_id,
  role,
  content,
  created_at: new Date(Date.parse(session.started_at) + seconds * 1000).toISOString().replace('.000', ''),
  source: 'text',
  answered: true,
  interrupted: false,
  ...more,
});
const STARTED_AT = Date.parse(session.started_at);
const SPOKEN = [
  said(1, 'assistant', 4, 'Welcome!', { source: 'speech', said_at_ms: STARTED_AT + 2_000, spoken_ms: 2_000 }),
  said(2, 'user', 8, 'When do you open?', { source: 'speech', said_at_ms: STARTED_AT + 5_250 }),
  said(3, 'assistant', 15, 'At nine <in the morning>,\nand', {
    source: 'speech',
    said_at_ms: STARTED_AT + 9_500,
    spoken_ms: 5_500,
    interrupted: true,
  }),
  said(4, 'user', 16, 'Stop!', { source: 'speech', said_at_ms: STARTED_AT + 14_400 }),
];
const RECORDED_FROM = STARTED_AT + 1_000;

describe('the place of a message in the recording', () => {
  const places = placesOf(SPOKEN, RECORDED_FROM);

  it('of a reply is as long as it was heard, and no longer than until the user talks', () => {
    expect(places.get(1)).toEqual({ startMs: 1_000, endMs: 3_000 });
    expect(places.get(3)).toEqual({ startMs: 8_500, endMs: 13_400 });
  });

  it('of the user is from the first sound until it was stored', () => {
    expect(places.get(2)).toEqual({ startMs: 4_250, endMs: 7_000 });
  });

  it('is found by the time of the recording', () => {
    expect([0, 1_500, 5_000, 7_500, 9_000, 14_000, 20_000].map((at) => messageAt(places, at))).toEqual([
      undefined,
      1,
      2,
      undefined,
      3,
      4,
      undefined,
    ]);
  });

  it('is none for what was written', () => {
    expect(placesOf([said(1, 'user', 4, 'Hello')], RECORDED_FROM).size).toBe(0);
  });
});

describe('an export', () => {
  const exported = { session, messages: SPOKEN, places: placesOf(SPOKEN, RECORDED_FROM) };

  it('as text says who said what, when, and what was cut off', () => {
    expect(asText(exported, SPEAKERS)).toBe(
      [
        'Clara & Co, 2026-11-28T10:00:00Z',
        '',
        '[0:01] Clara & Co: Welcome!',
        '[0:04] User: When do you open?',
        '[0:08] Clara & Co: At nine <in the morning>,\nand [Interrupted]',
        '[0:13] User: Stop!',
        '',
      ].join('\n'),
    );
  });

  it('as subtitles runs along the recording, with no sign that a player would take for a tag', () => {
    expect(asSubtitles(exported, SPEAKERS)).toBe(
      [
        'WEBVTT',
        '',
        '1\n00:00:01.000 --> 00:00:03.000\n<v Clara &amp; Co>Welcome!',
        '',
        '2\n00:00:04.250 --> 00:00:07.000\n<v User>When do you open?',
        '',
        '3\n00:00:08.500 --> 00:00:13.400\n<v Clara &amp; Co>At nine &lt;in the morning&gt;, and',
        '',
        '4\n00:00:13.400 --> 00:00:15.000\n<v User>Stop!',
        '',
      ].join('\n'),
    );
  });

  it('of a chat shows each message until it is read, or the next one comes', () => {
    const messages = [said(1, 'user', 1, 'Hi'), said(2, 'assistant', 3, 'x'.repeat(150)), said(3, 'user', 8, 'Thanks')];
    const cues = asSubtitles({ session, messages, places: new Map() }, SPEAKERS).match(/.* --> .*/g);
    expect(cues).toEqual(['00:00:01.000 --> 00:00:02.000', '00:00:03.000 --> 00:00:08.000', '00:00:08.000 --> 00:00:09.000']);
  });

  it('as JSON is what the API said', () => {
    expect(JSON.parse(asJson(exported))).toEqual({ session, messages: SPOKEN });
  });
});
